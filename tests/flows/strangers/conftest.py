"""What the clients that nobody here wrote are given: an administrator who makes them keys, and a robot's key."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.served import Served


@pytest.fixture(scope="session")
def administrator(house: Served) -> Iterator[Administrator]:
    """The administrator of the shared server, signed in once."""
    with administrator_of(house) as signed_in:
        yield signed_in


@pytest.fixture(scope="session")
def robot_key(house: Served) -> str:
    """The key of the seeded robot. No API tells it: a robot has it from its machine, so a test looks in the store."""
    with closing(sqlite3.connect(house.data_dir / "stagedoor.db")) as store:
        (key,) = store.execute("SELECT key FROM robots ORDER BY id LIMIT 1").fetchone()
    return str(key)
