"""A store for a test: a SQLite file of its own, with every table and no row."""

import importlib
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, event

import stagedoor
import stagedoor.kit.changes
import stagedoor.kit.clock_mark
from stagedoor.kit.db import Base, Database
from stagedoor.kit.growth import describe_growth
from stagedoor.migrations.upgrade import upgrade_store


def import_all_models() -> None:
    """Import every ``models`` module, so that the metadata knows each table."""
    root = Path(stagedoor.__file__).parent
    for file in sorted(root.rglob("models.py")):
        importlib.import_module(".".join(("stagedoor", *file.relative_to(root).with_suffix("").parts)))


@cache
def _empty_store() -> bytes:
    # Tables are made once for the whole run; a test gets a copy of the file, which costs a tenth.
    import_all_models()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "empty.db"
        database = Database(f"sqlite:///{file}")
        Base.metadata.create_all(database.engine)
        with database.engine.begin() as connection:
            describe_growth(connection, Base.metadata.sorted_tables)
        database.close()
        return _content(file)


def _content(file: Path) -> bytes:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return file.read_bytes()


def empty_database(directory: Path) -> Database:
    """Return a database in ``directory`` with all tables; the caller closes it."""
    file = directory / "stagedoor.db"
    file.write_bytes(_empty_store())
    database = Database(f"sqlite:///{file}")
    _share_compiled_statements(database.engine)
    # No test outlives a power cut, and waiting for the disk is most of a small test's time.
    event.listen(database.engine, "connect", _do_not_wait_for_the_disk)
    return database


def lay_upgraded_store(directory: Path) -> None:
    """Put a store into a data directory as a first start makes it: every table, its version, and no row."""
    file = directory / "stagedoor.db"
    file.touch(mode=0o600)
    file.write_bytes(_upgraded_store())


@cache
def _upgraded_store() -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "upgraded.db"
        database = Database(f"sqlite:///{file}")
        upgrade_store(database)
        database.close()
        return _content(file)


@cache
def _dialect() -> Dialect:
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine.dialect


_COMPILED: dict[Any, Any] = {}


def _share_compiled_statements(engine: Engine) -> None:
    # Each store has an engine of its own, which would compile every statement anew: half of a small test's time.
    # Statements are kept by dialect, so that the engines have to share one.
    engine.dialect = _dialect()
    engine.update_execution_options(compiled_cache=_COMPILED)


def _do_not_wait_for_the_disk(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
