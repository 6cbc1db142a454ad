"""Functions of SQL that SQLite and PostgreSQL spell differently."""

from typing import Any, TypeVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Result = TypeVar("Result")


class Spelled(FunctionElement[Result]):
    """A function that each database is asked for in its own words, in which ``{0}``, ``{1}`` … are the arguments."""

    sqlite: str
    postgresql: str

    def __init_subclass__(cls, **kw: Any) -> None:
        # SQLAlchemy keeps a statement by the class and the arguments, which say all where the words are the class's.
        cls.inherit_cache = "sqlite" in vars(cls)
        super().__init_subclass__(**kw)


@compiles(Spelled, "sqlite")
def _spell_for_sqlite(element: Spelled[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return element.sqlite.format(*(compiler.process(argument, **kw) for argument in element.clauses))


@compiles(Spelled, "postgresql")
def _spell_for_postgresql(element: Spelled[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return element.postgresql.format(*(compiler.process(argument, **kw) for argument in element.clauses))
