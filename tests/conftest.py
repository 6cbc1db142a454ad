"""What tests of several kinds share: a PostgreSQL server, started where the first test needs one."""

from collections.abc import Iterator

import pytest
from tests.factories.postgresql import PostgreSQL, postgresql_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own, one for each process that runs tests."""
    with postgresql_server() as server:
        yield server
