"""The few pieces of SQL that SQLite and PostgreSQL spell differently."""

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

TIME_PARTS = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}


class position_of(FunctionElement[int]):  # noqa: N801  # reads as the SQL function that it is
    """Where the second text begins in the first, from 1; 0 if nowhere."""

    type = BigInteger()
    inherit_cache = True
    name = "position_of"


class starts_with(FunctionElement[bool]):  # noqa: N801  # reads as the SQL function that it is
    """Whether the first text starts with the second; on SQLite as a range, so that an index over the text serves."""

    type = Boolean()
    inherit_cache = True
    name = "starts_with"

    def self_group(self, against: OperatorType | None = None) -> Self:
        # Left alone: where there is no boolean type SQLAlchemy would add ``= 1``, and the index would be lost.
        return self


class time_part(FunctionElement[int]):  # noqa: N801  # reads as the SQL function that it is
    """One part of a time in UTC, as a whole number."""

    type = BigInteger()
    inherit_cache = False
    name = "time_part"

    def __init__(self, part: str, moment: ColumnElement[Any]) -> None:
        self.part = part
        super().__init__(moment)


class seconds_between(FunctionElement[float]):  # noqa: N801  # reads as the SQL function that it is
    """How many seconds the second time is after the first."""

    type = Float()
    inherit_cache = True
    name = "seconds_between"


class day_of(FunctionElement[str]):  # noqa: N801  # reads as the SQL function that it is
    """The day of a time in UTC, as ten characters that sort as days do."""

    type = String()
    inherit_cache = True
    name = "day_of"


class clock_of(FunctionElement[str]):  # noqa: N801  # reads as the SQL function that it is
    """The time of day of a time in UTC, as fifteen characters that sort as times do."""

    type = String()
    inherit_cache = True
    name = "clock_of"


class second_fraction(FunctionElement[float]):  # noqa: N801  # reads as the SQL function that it is
    """What a time has beyond its whole second."""

    type = Float()
    inherit_cache = True
    name = "second_fraction"


class seconds_of(FunctionElement[float]):  # noqa: N801  # reads as the SQL function that it is
    """How many seconds a stored duration has."""

    type = Float()
    inherit_cache = True
    name = "seconds_of"


class rounded(FunctionElement[float]):  # noqa: N801  # reads as the SQL function that it is
    """A number without its fraction: ``way`` is ``round`` (halves away from zero), ``floor``, ``ceil`` or ``trunc``."""

    type = Float()
    inherit_cache = False
    name = "rounded"

    def __init__(self, way: str, number: ColumnElement[Any]) -> None:
        self.way = way
        super().__init__(number)


class json_items(FunctionElement[Any]):  # noqa: N801  # reads as the SQL function that it is
    """The items of a list kept as JSON, as a table with the column ``value``."""

    inherit_cache = True
    name = "json_items"


class json_member(FunctionElement[Any]):  # noqa: N801  # reads as the SQL function that it is
    """What ``path`` leads to in a JSON value, where it is of the type that is asked for; else null.

    ``read_as`` is ``text``, ``number`` or ``boolean``. Names of the path come from declarations.
    """

    inherit_cache = False
    name = "json_member"

    def __init__(self, whole: ColumnElement[Any], path: Sequence[str], read_as: str) -> None:
        self.path = tuple(path)
        self.read_as = read_as
        self.type = _READ_AS[read_as]
        super().__init__(whole)


_READ_AS: dict[str, TypeEngine[Any]] = {"text": String(), "number": Float(), "boolean": Boolean()}
_JSON_TYPES_SQLITE = {"text": "'text'", "number": "'integer', 'real'", "boolean": "'true', 'false'"}
# A bare value in a list is no JSON any more: SQLite gives it as what it is, and true as 1.
_VALUE_TYPES_SQLITE = {**_JSON_TYPES_SQLITE, "boolean": "'integer'"}
_CASTS_POSTGRESQL = {"text": "TEXT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN"}
_JSON_TYPES_POSTGRESQL = {"text": "string", "number": "number", "boolean": "boolean"}


@compiles(position_of, "sqlite")
def _position_sqlite(element: position_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(position_of, "postgresql")
def _position_postgresql(element: position_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


@compiles(starts_with, "sqlite")
def _starts_sqlite(element: starts_with, compiler: SQLCompiler, **kw: Any) -> str:
    text, prefix = (compiler.process(clause, **kw) for clause in element.clauses)
    # Texts are ordered by code point, so what starts with the prefix lies below the prefix and the last code point.
    return f"({text} >= {prefix} AND {text} < {prefix} || char(1114111))"


@compiles(starts_with, "postgresql")
def _starts_postgresql(element: starts_with, compiler: SQLCompiler, **kw: Any) -> str:
    return f"starts_with({compiler.process(element.clauses, **kw)})"


@compiles(time_part, "sqlite")
def _part_sqlite(element: time_part, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(strftime('{TIME_PARTS[element.part]}', {compiler.process(element.clauses, **kw)}) AS INTEGER)"


@compiles(time_part, "postgresql")
def _part_postgresql(element: time_part, compiler: SQLCompiler, **kw: Any) -> str:
    moment = f"date_trunc('second', {compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC')"
    return f"CAST(EXTRACT({element.part} FROM {moment}) AS BIGINT)"


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    first, second = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"round((julianday({second}) - julianday({first})) * 86400.0, 3)"


@compiles(seconds_between, "postgresql")
def _seconds_postgresql(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    first, second = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM {second} - {first}) AS DOUBLE PRECISION)"


@compiles(day_of, "sqlite")
def _day_sqlite(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    # A time is kept as text of one length, year first.
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 10)"


@compiles(day_of, "postgresql")
def _day_postgresql(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


@compiles(clock_of, "sqlite")
def _clock_sqlite(element: clock_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 12, 15)"


@compiles(clock_of, "postgresql")
def _clock_postgresql(element: clock_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC', 'HH24:MI:SS.US')"


@compiles(second_fraction, "sqlite")
def _fraction_sqlite(element: second_fraction, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(substr({compiler.process(element.clauses, **kw)}, 20, 7) AS REAL)"


@compiles(second_fraction, "postgresql")
def _fraction_postgresql(element: second_fraction, compiler: SQLCompiler, **kw: Any) -> str:
    microseconds = f"CAST(EXTRACT(microseconds FROM {compiler.process(element.clauses, **kw)}) AS BIGINT)"
    return f"(CAST(mod({microseconds}, 1000000) AS DOUBLE PRECISION) / 1000000)"


@compiles(seconds_of, "sqlite")
def _duration_sqlite(element: seconds_of, compiler: SQLCompiler, **kw: Any) -> str:
    # A duration is kept as the time that it is after the beginning of 1970.
    return f"round((julianday({compiler.process(element.clauses, **kw)}) - 2440587.5) * 86400.0, 3)"


@compiles(seconds_of, "postgresql")
def _duration_postgresql(element: seconds_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **kw)}) AS DOUBLE PRECISION)"


@compiles(rounded, "sqlite")
def _rounded_sqlite(element: rounded, compiler: SQLCompiler, **kw: Any) -> str:
    number = compiler.process(element.clauses, **kw)
    # SQLAlchemy puts a floor of its own in place of SQLite's, which fails on a missing value.
    return f"(-ceil(-({number})))" if element.way == "floor" else f"{element.way}({number})"


@compiles(rounded, "postgresql")
def _rounded_postgresql(element: rounded, compiler: SQLCompiler, **kw: Any) -> str:
    # Of floating numbers PostgreSQL rounds halves to even.
    return f"CAST({element.way}(CAST({compiler.process(element.clauses, **kw)} AS NUMERIC)) AS DOUBLE PRECISION)"


@compiles(json_items, "sqlite")
def _items_sqlite(element: json_items, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(json_items, "postgresql")
def _items_postgresql(element: json_items, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **kw)} AS JSON))"


@compiles(json_member, "sqlite")
def _member_sqlite(element: json_member, compiler: SQLCompiler, **kw: Any) -> str:
    whole = compiler.process(element.clauses, **kw)
    if not element.path:
        return f"CASE WHEN typeof({whole}) IN ({_VALUE_TYPES_SQLITE[element.read_as]}) THEN {whole} END"
    quoted = "".join(f'."{name}"' for name in element.path)
    path = compiler.render_literal_value(f"${quoted}", String())
    kinds = _JSON_TYPES_SQLITE[element.read_as]
    return f"CASE WHEN json_type({whole}, {path}) IN ({kinds}) THEN json_extract({whole}, {path}) END"


@compiles(json_member, "postgresql")
def _member_postgresql(element: json_member, compiler: SQLCompiler, **kw: Any) -> str:
    written = compiler.process(element.clauses, **kw)
    whole = f"CAST({written} AS JSON)"
    names = compiler.render_literal_value("{" + ",".join(f'"{name}"' for name in element.path) + "}", String())
    kind = _JSON_TYPES_POSTGRESQL[element.read_as]
    member = f"CAST({whole} #>> {names} AS {_CASTS_POSTGRESQL[element.read_as]})"
    # Its texts hold no NUL, and it fails at the first one that it has to read.
    readable = f"strpos(CAST({written} AS TEXT), '\\u0000') = 0"
    return f"CASE WHEN {readable} THEN CASE WHEN json_typeof({whole} #> {names}) = '{kind}' THEN {member} END END"
