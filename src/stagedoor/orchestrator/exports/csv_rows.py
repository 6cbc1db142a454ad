"""Rows as a CSV file (RFC 4180), and the entities of a set as rows."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import TextIOWrapper
from typing import Any, BinaryIO

import orjson

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import TOP_MAX, EntitySet
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.joining import Conditions
from stagedoor.orchestrator.odata.options import QueryOptions
from stagedoor.orchestrator.odata.page import read_page
from stagedoor.orchestrator.odata.read import options_of

ROWS_MAX = 20_000
"""Rows of one file: it is written in one go, while the caller waits."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = Sequence[Any]


def write_csv(rows: Iterable[Row], out: BinaryIO) -> None:
    """Write rows, the first of them the names of the columns, in UTF-8 with a mark that spreadsheets look for.

    A text that a spreadsheet would take for a formula gets an apostrophe in front: what is in a log or a queue item
    was often written by strangers.
    """
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    text.flush()
    # The file stays open for whoever reads it now.
    text.detach()


def rows_of_set(
    call: Call, entity_set: EntitySet, columns: Sequence[str], where: Conditions = (), *, rows_max: int = ROWS_MAX
) -> Iterator[Row]:
    """Yield the names of the columns, then the entities that the call's ``$filter`` picks, in its ``$orderby``.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` where these are more than ``rows_max``.
    """
    asked = options_of(call, entity_set)
    chosen = tuple(part for part in entity_set.entity_type.properties if part.name in columns)
    yield columns
    for skip in range(0, rows_max + 1, TOP_MAX):
        options = QueryOptions(
            filter=asked.filter, orderby=asked.orderby, select=chosen, top=TOP_MAX, skip=skip, count=False
        )
        values = read_page(call, entity_set, options, where).values
        if values and skip >= rows_max:
            raise InvalidRequest(
                f"More than {rows_max} rows would be exported.",
                hint="Narrow the export with $filter, such as a range of time.",
                details={"field": "$filter"},
            )
        for value in values:
            yield [value.get(name) for name in columns]
        if len(values) < TOP_MAX:
            return


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case bool() | int() | float():
            return str(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()
