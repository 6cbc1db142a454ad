"""The few pieces of SQL that SQLite and PostgreSQL spell differently."""

from typing import Any, Self

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

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
