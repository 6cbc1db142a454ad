"""What one thing of the vendor's API is, declared once: storage, OData, ``$metadata`` and documents follow from it.

A room writes one :class:`EntityType` for each thing it shows and one :class:`EntitySet` for each list it offers. A
property takes its value from one of five sources, so that a declaration bends to the rules of its domain:

- a column of the model (``Job.id``): read, filtered and sorted by the database;
- :class:`Borrowed`: a property of the entity that a navigation leads to, such as a job's process name; filtered and
  sorted alike, through the other table's index where it has one;
- :class:`Expression`: SQL of the room's own; filtered and sorted alike, row by row;
- :class:`Computed`: Python over columns that it names; shown, but neither filtered nor sorted;
- :class:`Revealed`: the same with the call at hand, for what is sealed in the store;
- :class:`Constant`: the same value on every row, for what the embedded Orchestrator never has; filtered and sorted.

Declarations are told apart by identity: two columns compare to SQL and not to true or false.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

if TYPE_CHECKING:
    from stagedoor.orchestrator.call import Call

TOP_MAX = 1000
"""Rows of one page, as the vendor bounds them everywhere but in queue items."""

Attribute = InstrumentedAttribute[Any]


class EdmType(StrEnum):
    """The primitive types of the vendor's model, by their names in ``$metadata`` (OData CSDL 4.01, section 3.3)."""

    STRING = "Edm.String"
    INT32 = "Edm.Int32"
    INT64 = "Edm.Int64"
    BOOLEAN = "Edm.Boolean"
    DOUBLE = "Edm.Double"
    DECIMAL = "Edm.Decimal"
    DATE_TIME_OFFSET = "Edm.DateTimeOffset"
    GUID = "Edm.Guid"
    """Stored as text of 36 characters in lower case."""
    DURATION = "Edm.Duration"
    STREAM = "Edm.Stream"
    UNTYPED = "Edm.Untyped"
    """Any JSON value, shown as it is stored."""


class EnumType:
    """A list of words with a number each, such as the states of a job; the API shows the words.

    ``name`` is the word after the namespace (``JobState``). Words are found in any letter case. The store keeps the
    numbers, or the words where the column is a text. ``sent`` are the numbers that callers write, where they are
    others than those of the store.
    """

    def __init__(self, name: str, members: Mapping[str, int], *, sent: Mapping[str, int] | None = None) -> None:
        self.name = name
        self.members = dict(members)
        self._by_folded_word = {word.lower(): number for word, number in members.items()}
        self._words = {number: word for word, number in members.items()}
        self._by_sent = {number: members[word] for word, number in (sent or members).items()}

    def find_number(self, word: str) -> int | None:
        """Return the number of a word, of a number, or of a number in quotes; ``None`` if it is no member."""
        number = self._by_folded_word.get(word.strip().lower())
        if number is None and word.strip().isascii() and word.strip().isdecimal() and len(word) < 12:
            return self._by_sent.get(int(word))
        return number

    def word(self, number: int) -> str:
        """Return the word of a stored number; the number itself in digits if a later version wrote it."""
        return self._words.get(number, str(number))

    def __repr__(self) -> str:
        return f"EnumType({self.name!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A value that the database works out. ``build`` is given the model or an alias of it and returns SQL."""

    build: Callable[[Any], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The value of property ``property`` of what the entity's single-valued ``navigation`` leads to, by their names."""

    navigation: str
    property: str


class Computed:
    """A value that Python works out from the columns it names, given in that order: ``Computed(f, Job.a, Job.b)``."""

    __slots__ = ("attributes", "function")

    def __init__(self, function: Callable[..., Any], *attributes: Attribute) -> None:
        self.function = function
        self.attributes = attributes


class Revealed(Computed):
    """A value that Python opens with the vault of the call: its function is given the call before the columns."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value on every row."""

    value: Any = None


Source = InstrumentedAttribute[Any] | Borrowed | Expression | Computed | Constant


@dataclass(frozen=True, slots=True, eq=False)
class ComplexType:
    """A thing without a key of its own, such as the details of an exception; ``open`` admits further names.

    Its properties' sources are not read: the property that holds it delivers the whole (a ``JsonText`` column or
    :class:`Computed`).
    """

    name: str
    properties: tuple["Property", ...] = ()
    open: bool = False


PropertyType = EdmType | EnumType | ComplexType


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """One property: its name, its type and where its value comes from.

    ``filterable`` false keeps a column out of ``$filter`` and ``$orderby`` (long texts, secrets' neighbours).
    ``confidential`` marks what opens something elsewhere, such as a machine's licence key: it is shown only by the
    operations of its own entity, never by ``$expand`` from another one, and nobody finds it by filtering or sorting.
    ``collection`` marks a list of values kept as JSON. ``case_matters`` is for texts that differ by letter case;
    everything else compares as on the vendor's database, without regard to it. ``folded`` is a column that holds
    ``str.casefold()`` of the value; comparisons use it, and so its index.
    """

    name: str
    type: PropertyType
    source: Source = Constant()
    nullable: bool = True
    filterable: bool = True
    writable: bool = True
    collection: bool = False
    case_matters: bool = False
    confidential: bool = False
    folded: Attribute | None = None

    @property
    def is_searchable(self) -> bool:
        """Tell whether ``$filter`` and ``$orderby`` may use it."""
        return (
            self.filterable
            and not self.confidential
            and not self.collection
            and not isinstance(self.type, ComplexType)
            and self.type not in (EdmType.UNTYPED, EdmType.STREAM)
            and not isinstance(self.source, Computed)
        )

    @property
    def stores_words(self) -> bool:
        """Tell whether an enumerated value is kept as its word and not as its number."""
        return isinstance(self.source, InstrumentedAttribute) and isinstance(self.source.type, String)


@dataclass(frozen=True, slots=True, eq=False)
class Through:
    """The table between two ends of a many-to-many navigation, by its two columns."""

    near: Attribute
    far: Attribute


@dataclass(frozen=True, slots=True, eq=False)
class Navigation:
    """The way from one entity to another: rows of ``target`` whose ``remote`` column equals our ``local`` column.

    ``target`` is asked for late, so that two declarations may point at each other. With ``through``, ``local``
    meets ``through.near`` and ``remote`` meets ``through.far``. The tenant's line is never crossed; ``visible``
    narrows the target further to what this call may see (given the call and the model or an alias of it).
    """

    name: str
    target: "Callable[[], EntityType]"
    local: Attribute
    remote: Attribute
    collection: bool = False
    through: Through | None = None
    visible: "Callable[[Call, Any], Sequence[ColumnElement[bool]]] | None" = None


@dataclass(frozen=True, eq=False)
class EntityType:
    """One thing of the vendor's API. ``name`` is the vendor's (``JobDto``), ``key`` the name of its key property.

    ``model`` has a column ``tenant_id``; nothing of another tenant is ever read.
    """

    name: str
    model: type[DeclarativeBase]
    properties: tuple[Property, ...]
    key: str = "Id"
    navigations: tuple[Navigation, ...] = ()

    def __post_init__(self) -> None:
        names = [part.name.lower() for part in self.properties] + [part.name.lower() for part in self.navigations]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name} declares a name twice")
        if not isinstance(self.key_property.source, InstrumentedAttribute):
            raise TypeError(f"the key of {self.name} is a column")
        if not hasattr(self.model, "tenant_id"):
            raise TypeError(f"the table of {self.name} has no tenant_id")
        for attribute in self._own_attributes():
            owner = attribute.class_
            if not (isinstance(owner, type) and issubclass(self.model, owner)):
                raise TypeError(f"{self.name} reads {attribute}, which is no column of {self.model.__name__}")
        for part in self.properties:
            if isinstance(part.source, Borrowed):
                navigation = self.find_navigation(part.source.navigation)
                if navigation is None or navigation.collection:
                    raise TypeError(f"{self.name}.{part.name} borrows through a navigation that leads to one thing")

    def _own_attributes(self) -> Iterator[Attribute]:
        for part in self.properties:
            if isinstance(part.source, InstrumentedAttribute):
                yield part.source
            elif isinstance(part.source, Computed):
                yield from part.source.attributes
            if part.folded is not None:
                yield part.folded
        for navigation in self.navigations:
            yield navigation.local

    @cached_property
    def key_property(self) -> Property:
        """The property that tells one row from another."""
        return next(part for part in self.properties if part.name == self.key)

    @cached_property
    def key_attribute(self) -> Attribute:
        """The column of the key."""
        source = self.key_property.source
        assert isinstance(source, InstrumentedAttribute)  # noqa: S101  # held by __post_init__
        return source

    @cached_property
    def _properties_by_name(self) -> dict[str, Property]:
        return {part.name.lower(): part for part in self.properties}

    @cached_property
    def _navigations_by_name(self) -> dict[str, Navigation]:
        return {part.name.lower(): part for part in self.navigations}

    def find_property(self, name: str) -> Property | None:
        """Return the property of this name, in any letter case."""
        return self._properties_by_name.get(name.lower())

    def find_navigation(self, name: str) -> Navigation | None:
        """Return the navigation of this name, in any letter case."""
        return self._navigations_by_name.get(name.lower())

    def lender_of(self, source: Borrowed) -> tuple[Navigation, Property]:
        """Return the navigation and the property over there that a :class:`Borrowed` names.

        Raises ``LookupError`` for a declaration that names what is not there.
        """
        navigation = self.find_navigation(source.navigation)
        lent = None if navigation is None else navigation.target().find_property(source.property)
        if navigation is None or lent is None:
            raise LookupError(f"{self.name} borrows {source.navigation}/{source.property}, which is not declared")
        return navigation, lent


@dataclass(frozen=True, slots=True, eq=False)
class EntitySet:
    """A list that the vendor's API offers, such as ``Jobs``.

    ``top_max`` bounds ``$top`` and is the page where a call names none. ``counts_always`` adds ``@odata.count`` to
    every list; false adds it only for ``$count=true`` (large tables). Rows come by key, ``newest_first`` or not,
    where a call names no order; ``first_by`` are columns that go before the key and the same way, such as a time by
    which most lists of many rows are narrowed.
    """

    name: str
    entity_type: EntityType
    top_max: int = TOP_MAX
    counts_always: bool = True
    newest_first: bool = False
    first_by: tuple[Attribute, ...] = ()
