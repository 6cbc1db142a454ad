"""What stands inside a value that the store keeps as JSON: a complex property, or the items of a list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, literal
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.kit.db import JsonText
from stagedoor.orchestrator.entity import (
    ComplexType,
    Constant,
    EdmType,
    EntityType,
    EnumType,
    Expression,
    Navigation,
    Property,
    PropertyType,
)
from stagedoor.orchestrator.odata.sql_functions import json_member

Build = Callable[[Any], ColumnElement[Any]]

_READ_AS = {
    EdmType.STRING: "text",
    EdmType.GUID: "text",
    EdmType.INT32: "number",
    EdmType.INT64: "number",
    EdmType.DOUBLE: "number",
    EdmType.DECIMAL: "number",
    EdmType.BOOLEAN: "boolean",
}


@dataclass(frozen=True, slots=True)
class JsonList:
    """A list kept as JSON. ``build`` is given the model, or an alias of it, and returns the column."""

    build: Build


@dataclass(frozen=True, slots=True)
class JsonThing:
    """An owner of properties that has no table: what a complex property holds, or one item of a list.

    ``build`` returns the JSON in which ``path`` leads to it. It offers what :class:`EntityType` offers to whoever
    looks for names. An item that is a plain value has one property without a name.
    """

    type: PropertyType
    build: Build
    path: tuple[str, ...] = ()
    navigations: ClassVar[tuple[Navigation, ...]] = ()

    @property
    def name(self) -> str:
        """The name of its type."""
        return self.type.value if isinstance(self.type, EdmType) else self.type.name

    @property
    def properties(self) -> tuple[Property, ...]:
        """What its type declares."""
        return self.type.properties if isinstance(self.type, ComplexType) else ()

    def find_property(self, name: str) -> Property | None:
        """Return the property of this name, in any letter case, as SQL that reads it."""
        if not isinstance(self.type, ComplexType):
            return self._read(name, self.type, self.path) if name == "" else None
        part = self._find_declared(name)
        return None if part is None else self._read(part.name, part.type, (*self.path, part.name), part)

    def find_navigation(self, name: str) -> Navigation | None:
        """Return nothing: JSON leads nowhere."""

    def look_into(self, name: str) -> "JsonThing | None":
        """Return what a complex property of it holds, or ``None`` where it has none of this name."""
        part = self._find_declared(name)
        if part is None or part.collection or not isinstance(part.type, ComplexType):
            return None
        return JsonThing(part.type, self.build, (*self.path, part.name))

    def _find_declared(self, name: str) -> Property | None:
        return next((part for part in self.properties if part.name.lower() == name.lower()), None)

    def _read(self, name: str, kind: PropertyType, path: tuple[str, ...], declared: Property | None = None) -> Property:
        # A word of a list is kept as its word.
        edm = EdmType.STRING if isinstance(kind, EnumType) else kind
        read_as = _READ_AS.get(edm) if isinstance(edm, EdmType) else None
        searchable = read_as is not None and (declared is None or (declared.filterable and not declared.collection))
        source = Expression(lambda owner: json_member(self.build(owner), path, read_as or "text"))
        return Property(name, edm, source, filterable=searchable)


Owner = EntityType | JsonThing
"""Whose names a path may speak of."""


def look_into(owner: Owner, name: str) -> JsonThing | None:
    """Return what a complex property holds, or ``None`` where the database cannot look into it."""
    if isinstance(owner, JsonThing):
        return owner.look_into(name)
    part = owner.find_property(name)
    if part is None or part.collection or not isinstance(part.type, ComplexType):
        return None
    build = _build_of(owner, part)
    return None if build is None else JsonThing(part.type, build)


def items_of(owner: Owner, part: Property) -> tuple[JsonList, JsonThing] | None:
    """Return a list kept as JSON and one item of it, whose SQL is the ``value`` column of the list's table; or
    ``None`` where the database cannot look into the list.
    """
    build = _build_of(owner, part) if isinstance(owner, EntityType) else None
    return None if build is None else (JsonList(build), JsonThing(part.type, lambda items: items.c.value))


def _build_of(owner: EntityType, part: Property) -> Build | None:
    if not part.filterable or part.confidential:
        return None
    source = part.source
    if isinstance(source, InstrumentedAttribute):
        return (lambda entity: getattr(entity, source.key)) if isinstance(source.type, JsonText) else None
    if isinstance(source, Expression):
        return source.build if isinstance(source.build(owner.model).type, JsonText) else None
    if isinstance(source, Constant):
        return lambda entity: literal(source.value, JsonText())
    return None
