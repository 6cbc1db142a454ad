"""Servers whose store is PostgreSQL: one with two workers for all, and two machines on one database."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories.eras import make_eras
from tests.factories.postgresql import PostgreSQL
from tests.factories.served import Served, served

WORKERS = 2


@contextmanager
def served_on(database_url: str, data_dir: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    """Start a server whose store is there."""
    environment["STAGEDOOR_DATABASE_URL"] = database_url
    with served(data_dir, *arguments, environment=environment) as running:
        assert not (data_dir / "stagedoor.db").exists()
        yield running


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL) -> Iterator[Served]:
    """A server with two workers; tests leave it as they found it, or use names of their own."""
    data_dir = tmp_path_factory.mktemp("house") / "data"
    with served_on(postgresql.make_database(), data_dir, "--workers", str(WORKERS)) as running:
        yield running


@pytest.fixture(scope="session")
def house_of_eras(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL) -> Iterator[Served]:
    """A server with three organizations: the seeded one, one whose legacy window is over, and a new one."""
    database_url = postgresql.make_database()
    data_dir = tmp_path_factory.mktemp("eras") / "data"
    make_eras(data_dir, database_url=database_url)
    with served_on(database_url, data_dir) as running:
        yield running


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL) -> Iterator[tuple[Served, Served]]:
    """Two servers that share a database and the master key, and no memory and no directory."""
    database_url = postgresql.make_database()
    first_dir = tmp_path_factory.mktemp("first") / "data"
    second_dir = tmp_path_factory.mktemp("second") / "data"
    with served_on(database_url, first_dir) as first:
        second_dir.mkdir()
        # Readable to its owner alone, or the second refuses it.
        (second_dir / "master.key").touch(0o600)
        (second_dir / "master.key").write_text((first_dir / "master.key").read_text())
        port = free_port()
        # Both are one server to whoever calls, so that a token of the one is a token of the other.
        public = {"STAGEDOOR_PUBLIC_BASE_URL": first.base_url}
        with served_on(database_url, second_dir, "--port", str(port), **public) as second:
            yield first, replace(second, base_url=f"http://127.0.0.1:{port}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
