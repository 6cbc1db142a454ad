"""What tests of several kinds share: a PostgreSQL server, started where the first test needs one."""

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.factories.postgresql import PostgreSQL, postgresql_server

if TYPE_CHECKING:
    from tests.factories.spreading import TogetherByPath
    from xdist.remote import Producer


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own, one for each process that runs tests."""
    with postgresql_server() as server:
        yield server


def pytest_collection_finish() -> None:
    """Take what was imported and collected from the garbage collector's sight.

    None of it ever goes, and a test that collects after a client's open connections would look through all of it.
    """
    gc.freeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "TogetherByPath | None":
    """Keep tests that share a server together; see ``factories/spreading.py``."""
    from tests.factories.spreading import TogetherByPath

    return TogetherByPath(config, log) if config.getvalue("dist") == "loadgroup" else None
