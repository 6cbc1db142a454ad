"""The names of types as ``cast`` and ``isof`` write them (OData URL conventions 4.01, section 5.1.1.12)."""

from stagedoor.orchestrator.entity import EdmType, EnumType, Property
from stagedoor.orchestrator.odata.bound import Kind
from stagedoor.orchestrator.odata.problem import query_problem
from stagedoor.orchestrator.odata.tree import Literal, Node, Path

_KINDS = {
    "edm.string": Kind.TEXT,
    **dict.fromkeys(("edm.int64", "edm.int32", "edm.int16", "edm.byte", "edm.sbyte"), Kind.INTEGER),
    **dict.fromkeys(("edm.double", "edm.decimal", "edm.single"), Kind.NUMBER),
    "edm.boolean": Kind.BOOLEAN,
    "edm.datetimeoffset": Kind.TIME,
    "edm.date": Kind.DAY,
    "edm.timeofday": Kind.CLOCK,
    "edm.guid": Kind.GUID,
    "edm.duration": Kind.DURATION,
}


def type_name_of(node: Node, option: str) -> str:
    """Return the name of a type, written as a name or, as version 3 had it, in quotes."""
    if isinstance(node, Path) and len(node.names) == 1:
        return node.names[0]
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value
    raise query_problem(option, "the name of a type is expected here.", at=node.at, hint="Write cast(Id,Edm.String).")


def find_kind(name: str) -> Kind | None:
    """Return what values of a primitive type can be compared with, or ``None`` for another type."""
    return _KINDS.get(name.lower())


def is_type(part: Property, name: str) -> bool:
    """Tell whether a property is declared with this type."""
    if isinstance(part.type, EdmType):
        return part.type.value.lower() == name.lower()
    return isinstance(part.type, EnumType) and is_called(part.type.name, name)


def is_called(own_name: str, name: str) -> bool:
    """Tell whether a type's own name is what stands after the namespace of a name."""
    return name.rpartition(".")[2].lower() == own_name.lower()
