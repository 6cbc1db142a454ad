"""Rows of one entity, read with what is expanded: one statement a level, however many rows there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, select

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import EntitySet, EntityType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.bounds import EXPANDED_ROWS_MAX
from stagedoor.orchestrator.odata.joining import Conditions, Joint, within_tenant
from stagedoor.orchestrator.odata.options import Expansion, QueryOptions, SortKey
from stagedoor.orchestrator.odata.problem import query_problem
from stagedoor.orchestrator.odata.render import RowShape
from stagedoor.orchestrator.odata.to_sql import SqlWriter

# Keys in one IN (…) of an expansion; a page has a thousand rows at most.
_KEYS_AT_ONCE = 1_000

_MANY_SKIPPED = 1_000
"""Rows before a page from which on it pays to find the page's keys first."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the JSON objects, the number of all if it was asked for, and whether more follow.

    ``more_follow`` is looked at only where the caller named no ``$top``.
    """

    values: list[dict[str, Any]]
    count: int | None
    more_follow: bool


def read_page(call: Call, entity_set: EntitySet, options: QueryOptions, where: Conditions) -> Page:
    """Read the page that ``options`` ask for, of the tenant's rows that meet ``where``."""
    entity_type = entity_set.entity_type
    writer = SqlWriter(call, entity_type)
    conditions = within_tenant(call, entity_type.model, where)
    if options.filter is not None:
        conditions.append(writer.condition(options.filter))
    size = entity_set.top_max if options.top is None else options.top
    # One row more than the page shows whether another page follows.
    limit = size + 1 if options.top is None else size
    shape = RowShape(writer, entity_type, _chosen(entity_type, options), options.within)
    # A choice of constants alone would leave nothing to read.
    shape.place_of(entity_type.key_attribute)
    reader = _Expander(call)
    places = reader.places(shape, options.expand)
    order = _order(writer, entity_type, options.orderby, newest_first=entity_set.newest_first)
    if not options.orderby and entity_set.first_by:
        # A list of several parts is read in its order by SQLite only if it shows the columns of the order.
        first = [shape.columns[shape.place_of(attribute)] for attribute in entity_set.first_by]
        order = [*(column.desc() if entity_set.newest_first else column for column in first), *order]
    statement = select(*shape.columns).order_by(*order)
    if options.skip < _MANY_SKIPPED or not isinstance(entity_type.model.__table__, Table):
        statement = statement.where(*conditions).limit(limit).offset(options.skip or None)
    else:
        # What is skipped is then walked over in an index alone, and not row by row.
        keys = select(entity_type.key_attribute).where(*conditions).order_by(*order).limit(limit).offset(options.skip)
        statement = statement.where(entity_type.key_attribute.in_(select(keys.subquery())))
    rows: Sequence[Row[Any]] = call.session.execute(statement).all() if limit else ()
    values = [shape.render(row) for row in rows[:size]]
    reader.expand(options.expand, places, rows[:size], values)
    count = None
    if options.count or (options.count is None and entity_set.counts_always):
        whole = not options.skip and len(rows) < limit
        count = len(rows) if whole else _count(call, entity_type, conditions)
    return Page(values, count, options.top is None and len(rows) > size)


def _count(call: Call, entity_type: EntityType, conditions: Sequence[ColumnElement[bool]]) -> int:
    statement = select(func.count()).select_from(entity_type.model).where(*conditions)
    return call.session.scalar(statement) or 0


def _chosen(entity_type: EntityType, options: QueryOptions) -> Iterable[Any]:
    return entity_type.properties if options.select is None else options.select


def _order(
    writer: SqlWriter, entity_type: EntityType, keys: tuple[SortKey, ...], *, newest_first: bool = False
) -> list[ColumnElement[Any]]:
    order = [writer.sort_key(key.term, descending=key.descending) for key in keys]
    key_column: ColumnElement[Any] = getattr(writer.entity, entity_type.key_attribute.key)
    # The key settles ties, so that pages neither repeat nor lose a row. It goes the way of the first sort key, which
    # lets one index be read from either end.
    descending = keys[0].descending if keys else newest_first
    return [*order, key_column.desc() if descending else key_column.asc()]


class _Expander:
    """Adds what is expanded to rows that were read, a level at a time."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def places(self, shape: RowShape, expansions: tuple[Expansion, ...]) -> list[int]:
        """Make the shape read the columns that the expansions start from, and return where they stand."""
        return [shape.place_of(expansion.navigation.local) for expansion in expansions]

    def expand(
        self,
        expansions: tuple[Expansion, ...],
        places: Sequence[int],
        rows: Sequence[Row[Any]],
        values: Sequence[dict[str, Any]],
    ) -> list[int]:
        """Put each expansion's things into the JSON objects of the rows; return how many objects each of them is now.

        Many rows may show the same thing, which is read once but written many times: the bound is on what is written.
        """
        sizes = [1] * len(values)
        for expansion, place in zip(expansions, places, strict=True):
            keys = list(dict.fromkeys(row[place] for row in rows if row[place] is not None))
            found = self._read(expansion, keys)
            navigation = expansion.navigation
            for at, (row, value) in enumerate(zip(rows, values, strict=True)):
                things = found.get(row[place]) or _Things()
                sizes[at] += things.size
                if not navigation.collection:
                    value[navigation.name] = things.values[0] if things.values else None
                    continue
                if expansion.options.count:
                    value[f"{navigation.name}@odata.count"] = things.count
                value[navigation.name] = things.values
            if sum(sizes) > len(sizes) + EXPANDED_ROWS_MAX:
                raise _too_many(navigation.name)
        return sizes

    def _read(self, expansion: Expansion, keys: Sequence[Any]) -> Mapping[Any, "_Things"]:
        options = expansion.options
        target = expansion.navigation.target()
        joint = Joint(self._call, expansion.navigation)
        writer = SqlWriter(self._call, target, joint.entity)
        shown = (part for part in _chosen(target, options) if not part.confidential)
        shape = RowShape(writer, target, shown, options.within)
        places = self.places(shape, options.expand)
        order = _order(writer, target, options.orderby)
        conditions = list(joint.links)
        if options.filter is not None:
            conditions.append(writer.condition(options.filter))
        found: dict[Any, _Things] = {}
        rows: list[Row[Any]] = []
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[start : start + _KEYS_AT_ONCE]
            wanted = [*conditions, joint.near.in_(some)]
            statement = _some_of_each(joint, shape.columns, wanted, order, options)
            rows += self._call.session.execute(statement.limit(EXPANDED_ROWS_MAX + 1 - len(rows))).all()
            if len(rows) > EXPANDED_ROWS_MAX:
                raise _too_many(expansion.navigation.name)
            if options.count:
                per_key = joint.select(joint.near, func.count()).where(*wanted).group_by(joint.near)
                for key, count in self._call.session.execute(per_key):
                    found.setdefault(key, _Things()).count = count
        values = [shape.render(row) for row in rows]
        sizes = self.expand(options.expand, places, rows, values)
        for row, value, size in zip(rows, values, sizes, strict=True):
            things = found.setdefault(row[-1], _Things())
            things.values.append(value)
            things.size += size
        return found


@dataclass(slots=True)
class _Things:
    """What one owner is shown of an expansion; ``size`` counts the objects, those inside them too."""

    values: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0
    count: int = 0


def _too_many(name: str) -> InvalidRequest:
    return query_problem(
        "$expand",
        f"{name} would add more than {EXPANDED_ROWS_MAX} rows.",
        hint=f"Take fewer rows, or bound it: $expand={name}($top=10).",
    )


def _some_of_each(
    joint: Joint,
    columns: Sequence[ColumnElement[Any]],
    wanted: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    options: QueryOptions,
) -> Select[Any]:
    """Return the statement for the things of many owners, the owner's value last; ``$top`` counts for each owner."""
    if options.top is None and not options.skip:
        return joint.select(*columns, joint.near.label("owner")).where(*wanted).order_by(*order)
    labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
    rank = func.row_number().over(partition_by=joint.near, order_by=list(order)).label("rank")
    ranked = joint.select(*labelled, joint.near.label("owner"), rank).where(*wanted).subquery()
    statement = select(*(column for column in ranked.c if column.key != "rank")).where(ranked.c.rank > options.skip)
    if options.top is not None:
        statement = statement.where(ranked.c.rank <= options.skip + options.top)
    return statement.order_by(ranked.c.owner, ranked.c.rank)
