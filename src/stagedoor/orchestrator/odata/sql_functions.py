"""The few pieces of SQL that SQLite and PostgreSQL spell differently."""

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from stagedoor.kit.spelled import Spelled

TIME_PARTS = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}


class position_of(Spelled[int]):  # noqa: N801  # reads as the SQL function that it is
    """Where the second text begins in the first, from 1; 0 if nowhere."""

    type = BigInteger()
    sqlite = "instr({0}, {1})"
    postgresql = "strpos({0}, {1})"


class starts_with(Spelled[bool]):  # noqa: N801  # reads as the SQL function that it is
    """Whether the first text starts with the second; on SQLite as a range, so that an index over the text serves."""

    type = Boolean()
    # Texts are ordered by code point, so what starts with the prefix lies below the prefix and the last code point.
    sqlite = "({0} >= {1} AND {0} < {1} || char(1114111))"
    postgresql = "starts_with({0}, {1})"

    def self_group(self, against: OperatorType | None = None) -> Self:
        # Left alone: where there is no boolean type SQLAlchemy would add ``= 1``, and the index would be lost.
        return self


class time_part(Spelled[int]):  # noqa: N801  # reads as the SQL function that it is
    """One part of a time in UTC, as a whole number."""

    type = BigInteger()

    def __init__(self, part: str, moment: ColumnElement[Any]) -> None:
        self.sqlite = f"CAST(strftime('{TIME_PARTS[part]}', {{0}}) AS INTEGER)"
        self.postgresql = f"CAST(EXTRACT({part} FROM date_trunc('second', {{0}} AT TIME ZONE 'UTC')) AS BIGINT)"
        super().__init__(moment)


class seconds_between(Spelled[float]):  # noqa: N801  # reads as the SQL function that it is
    """How many seconds the second time is after the first."""

    type = Float()
    sqlite = "round((julianday({1}) - julianday({0})) * 86400.0, 3)"
    postgresql = "CAST(EXTRACT(EPOCH FROM {1} - {0}) AS DOUBLE PRECISION)"


class day_of(Spelled[str]):  # noqa: N801  # reads as the SQL function that it is
    """The day of a time in UTC, as ten characters that sort as days do."""

    type = String()
    # A time is kept as text of one length, year first.
    sqlite = "substr({0}, 1, 10)"
    postgresql = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


class clock_of(Spelled[str]):  # noqa: N801  # reads as the SQL function that it is
    """The time of day of a time in UTC, as fifteen characters that sort as times do."""

    type = String()
    sqlite = "substr({0}, 12, 15)"
    postgresql = "to_char({0} AT TIME ZONE 'UTC', 'HH24:MI:SS.US')"


class second_fraction(Spelled[float]):  # noqa: N801  # reads as the SQL function that it is
    """What a time has beyond its whole second."""

    type = Float()
    sqlite = "CAST(substr({0}, 20, 7) AS REAL)"
    postgresql = "(CAST(mod(CAST(EXTRACT(microseconds FROM {0}) AS BIGINT), 1000000) AS DOUBLE PRECISION) / 1000000)"


class seconds_of(Spelled[float]):  # noqa: N801  # reads as the SQL function that it is
    """How many seconds a stored duration has."""

    type = Float()
    # A duration is kept as the time that it is after the beginning of 1970.
    sqlite = "round((julianday({0}) - 2440587.5) * 86400.0, 3)"
    postgresql = "CAST(EXTRACT(EPOCH FROM {0}) AS DOUBLE PRECISION)"


class rounded(Spelled[float]):  # noqa: N801  # reads as the SQL function that it is
    """A number without its fraction: ``way`` is ``round`` (halves away from zero), ``floor``, ``ceil`` or ``trunc``."""

    type = Float()

    def __init__(self, way: str, number: ColumnElement[Any]) -> None:
        # SQLAlchemy puts a floor of its own in place of SQLite's, which fails on a missing value.
        self.sqlite = "(-ceil(-({0})))" if way == "floor" else f"{way}({{0}})"
        # Of floating numbers PostgreSQL rounds halves to even.
        self.postgresql = f"CAST({way}(CAST({{0}} AS NUMERIC)) AS DOUBLE PRECISION)"
        super().__init__(number)


class json_items(Spelled[Any]):  # noqa: N801  # reads as the SQL function that it is
    """The items of a list kept as JSON, as a table with the column ``value``."""

    sqlite = "json_each({0})"
    postgresql = "json_array_elements(CAST({0} AS JSON))"


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
