"""What the clients that nobody here wrote are given beside the server: a robot's key."""

import sqlite3
from contextlib import closing

import pytest
from tests.factories.served import Served


@pytest.fixture(scope="session")
def robot_key(house: Served) -> str:
    """The key of the seeded robot. No API tells it: a robot has it from its machine, so a test looks in the store."""
    with closing(sqlite3.connect(house.data_dir / "stagedoor.db")) as store:
        (key,) = store.execute("SELECT key FROM robots ORDER BY id LIMIT 1").fetchone()
    return str(key)
