"""One contract, every store that Stagedoor runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.postgresql import database_on
from tests.factories.store import empty_database

from stagedoor.kit.db import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A store with every table and no row: a SQLite file, and a database of PostgreSQL."""
    if request.param == "postgresql":
        with database_on(request.getfixturevalue("postgresql")) as database:
            yield database
        return
    database = empty_database(tmp_path)
    yield database
    database.close()
