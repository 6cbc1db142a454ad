"""The documents that describe the service, made from the declarations: ``$metadata`` and the service document."""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from stagedoor.orchestrator.entity import ComplexType, EntitySet, EntityType, EnumType, Property

NAMESPACE = "UiPath.Server.Configuration.OData"
"""The vendor's namespace, which clients write in front of the names of functions and lists of words."""

_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_CORE = "Org.OData.Core.V1"
_CORE_URI = "https://docs.oasis-open.org/odata/odata/v4.0/os/vocabularies/Org.OData.Core.V1.xml"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"


def service_document(base_url: str, sets: Iterable[EntitySet]) -> dict[str, Any]:
    """Return the JSON object that ``GET /odata`` answers (OData JSON format 4.01, section 5): one entry a set."""
    entries = [
        {"name": each.name, "kind": "EntitySet", "url": each.name} for each in sorted(sets, key=lambda each: each.name)
    ]
    return {"@odata.context": f"{base_url}/odata/$metadata", "value": entries}


def metadata_document(sets: Iterable[EntitySet]) -> bytes:
    """Return the CSDL document (OData CSDL XML 4.01) of the sets and of every type that they lead to, in UTF-8."""
    listed = sorted(sets, key=lambda each: each.name)
    types = _Types()
    for each in listed:
        types.add_entity(each.entity_type)
    # Names are written with their prefixes by hand: the serialiser would put a prefix before every element of the
    # default namespace, which strict readers of CSDL do not expect.
    document = ElementTree.Element("edmx:Edmx", {"Version": "4.0", "xmlns:edmx": _EDMX})
    reference = ElementTree.SubElement(document, "edmx:Reference", {"Uri": _CORE_URI})
    ElementTree.SubElement(reference, "edmx:Include", {"Namespace": _CORE})
    services = ElementTree.SubElement(document, "edmx:DataServices")
    schema = ElementTree.SubElement(services, "Schema", {"Namespace": NAMESPACE, "xmlns": _EDM})
    for entity_type in types.entities():
        _write_entity(schema, entity_type)
    for complex_type in types.complexes():
        attributes = {"Name": complex_type.name} | ({"OpenType": "true"} if complex_type.open else {})
        element = ElementTree.SubElement(schema, "ComplexType", attributes)
        _write_properties(element, complex_type.properties)
    for enum in types.enums():
        element = ElementTree.SubElement(schema, "EnumType", {"Name": enum.name})
        for word, number in sorted(enum.members.items(), key=lambda member: member[1]):
            ElementTree.SubElement(element, "Member", {"Name": word, "Value": str(number)})
    _write_container(schema, listed)
    ElementTree.indent(document)
    written: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


class _Types:
    """Every type that some entities lead to, each once by its name."""

    def __init__(self) -> None:
        self._entities: dict[str, EntityType] = {}
        self._complexes: dict[str, ComplexType] = {}
        self._enums: dict[str, EnumType] = {}

    def add_entity(self, entity_type: EntityType) -> None:
        """Add an entity and all that it leads to; navigations may form rings."""
        waiting = [entity_type]
        while waiting:
            each = waiting.pop()
            if each.name in self._entities:
                continue
            self._entities[each.name] = each
            self._add_properties(each.properties)
            waiting += [navigation.target() for navigation in each.navigations]

    def entities(self) -> list[EntityType]:
        """Return the entities by name."""
        return [self._entities[name] for name in sorted(self._entities)]

    def complexes(self) -> list[ComplexType]:
        """Return the complex types by name."""
        return [self._complexes[name] for name in sorted(self._complexes)]

    def enums(self) -> list[EnumType]:
        """Return the lists of words by name."""
        return [self._enums[name] for name in sorted(self._enums)]

    def _add_properties(self, properties: Sequence[Property]) -> None:
        for part in properties:
            if isinstance(part.type, EnumType):
                self._enums[part.type.name] = part.type
            elif isinstance(part.type, ComplexType) and part.type.name not in self._complexes:
                self._complexes[part.type.name] = part.type
                self._add_properties(part.type.properties)


def _write_entity(schema: ElementTree.Element, entity_type: EntityType) -> None:
    element = ElementTree.SubElement(schema, "EntityType", {"Name": entity_type.name})
    key = ElementTree.SubElement(element, "Key")
    ElementTree.SubElement(key, "PropertyRef", {"Name": entity_type.key})
    _write_properties(element, entity_type.properties, key=entity_type.key)
    for navigation in entity_type.navigations:
        name = f"{NAMESPACE}.{navigation.target().name}"
        kind = f"Collection({name})" if navigation.collection else name
        ElementTree.SubElement(element, "NavigationProperty", {"Name": navigation.name, "Type": kind})


def _write_properties(element: ElementTree.Element, properties: Sequence[Property], key: str | None = None) -> None:
    for part in properties:
        name = str(part.type.value) if not isinstance(part.type, EnumType | ComplexType) else ""
        name = name or f"{NAMESPACE}.{part.type.name}"
        attributes = {"Name": part.name, "Type": f"Collection({name})" if part.collection else name}
        if part.name == key or not (part.nullable or part.collection):
            attributes["Nullable"] = "false"
        written = ElementTree.SubElement(element, "Property", attributes)
        if not part.writable:
            ElementTree.SubElement(written, "Annotation", {"Term": f"{_CORE}.Computed", "Bool": "true"})


def _write_container(schema: ElementTree.Element, sets: Sequence[EntitySet]) -> None:
    container = ElementTree.SubElement(schema, "EntityContainer", {"Name": "Default"})
    by_type = {each.entity_type.name: each.name for each in reversed(sets)}
    for each in sets:
        entity_type = each.entity_type
        attributes = {"Name": each.name, "EntityType": f"{NAMESPACE}.{entity_type.name}"}
        element = ElementTree.SubElement(container, "EntitySet", attributes)
        for navigation in entity_type.navigations:
            target = by_type.get(navigation.target().name)
            if target is not None:
                binding = {"Path": navigation.name, "Target": target}
                ElementTree.SubElement(element, "NavigationPropertyBinding", binding)
