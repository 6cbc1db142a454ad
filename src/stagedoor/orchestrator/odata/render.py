"""How values look in JSON, and which columns a row needs to be shown."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.orchestrator.entity import (
    Borrowed,
    Computed,
    EdmType,
    EntityType,
    EnumType,
    Expression,
    Navigation,
    Property,
    Revealed,
)
from stagedoor.orchestrator.odata.bound import Field
from stagedoor.orchestrator.odata.choice import Paths, narrowed
from stagedoor.orchestrator.odata.coercion import kind_of
from stagedoor.orchestrator.odata.to_sql import SqlWriter

_WHOLE: Mapping[str, Paths] = {}


class RowShape:
    """Which columns to read for some properties of an entity, and how a row of them becomes a JSON object.

    ``writer`` is the one of the statement that will read them. Of the properties named in ``within`` only what these
    paths lead to is shown.
    """

    def __init__(
        self,
        writer: SqlWriter,
        entity_type: EntityType,
        properties: Iterable[Property],
        within: Mapping[str, Paths] = _WHOLE,
    ) -> None:
        self.columns: list[ColumnElement[Any]] = []
        self._writer = writer
        self._entity_type = entity_type
        self._within = within
        self._places: dict[str, int] = {}
        self._fields = [self._field(part) for part in properties]

    def render(self, row: Row[Any]) -> dict[str, Any]:
        """Return the JSON object of one row."""
        return {name: read(row) for name, read in self._fields}

    def place_of(self, attribute: InstrumentedAttribute[Any]) -> int:
        """Return where in a row the column stands, adding it to what is read."""
        place = self._places.get(attribute.key)
        if place is None:
            place = self._places[attribute.key] = len(self.columns)
            self.columns.append(getattr(self._writer.entity, attribute.key))
        return place

    def _field(self, part: Property) -> tuple[str, Callable[[Row[Any]], Any]]:
        source = part.source
        show = _shower(part)
        if part.name in self._within:
            show = partial(narrowed, paths=self._within[part.name])
        if isinstance(source, InstrumentedAttribute):
            place = self.place_of(source)
            return part.name, lambda row: None if row[place] is None else show(row[place])
        if isinstance(source, Expression | Borrowed):
            place = len(self.columns)
            self.columns.append(self._looked_up(source))
            return part.name, lambda row: None if row[place] is None else show(row[place])
        if isinstance(source, Computed):
            function = source.function
            if isinstance(source, Revealed):
                function = partial(function, self._writer.call)
            places = [self.place_of(attribute) for attribute in source.attributes]

            def compute(row: Row[Any]) -> Any:
                value = function(*(row[place] for place in places))
                return None if value is None else show(value)

            return part.name, compute
        value = None if source.value is None else show(source.value)
        return part.name, lambda row: value

    def _looked_up(self, source: Expression | Borrowed) -> ColumnElement[Any]:
        if isinstance(source, Expression):
            return source.build(self._writer.entity)
        steps: tuple[Navigation, ...] = ()
        owner, lent = self._entity_type, source
        while True:
            navigation, part = owner.lender_of(lent)
            steps, owner = (*steps, navigation), navigation.target()
            if not isinstance(part.source, Borrowed):
                return self._writer.value(Field(0, steps, part, kind_of(part)))
            lent = part.source


def show_time(value: datetime) -> str:
    """Return a time as the API writes it: UTC with a ``Z``, fractions only as long as they need be."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def show_duration(value: timedelta) -> str:
    """Return a duration in the form of ISO 8601, days and shorter (``P1DT2H3M4.5S``)."""
    total = abs(value)
    seconds = total.seconds % 60 + total.microseconds / 1_000_000
    clock = f"{total.seconds // 3600}H{total.seconds // 60 % 60}M{seconds:.6f}".rstrip("0").rstrip(".")
    return f"{'-' if value < timedelta(0) else ''}P{total.days}DT{clock}S"


def _shower(part: Property) -> Callable[[Any], Any]:
    if part.collection:
        return lambda value: value
    if isinstance(part.type, EnumType):
        word = part.type.word
        return lambda value: value if isinstance(value, str) else word(int(value))
    if part.type is EdmType.DATE_TIME_OFFSET:
        return lambda value: value if isinstance(value, str) else show_time(value)
    if part.type is EdmType.DURATION:
        return lambda value: value if isinstance(value, str) else show_duration(value)
    if part.type in (EdmType.DOUBLE, EdmType.DECIMAL):
        return lambda value: float(value) if isinstance(value, Decimal) else value
    if part.type is EdmType.GUID:
        return lambda value: str(value).lower()
    return lambda value: value
