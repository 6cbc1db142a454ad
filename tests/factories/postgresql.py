"""A PostgreSQL server of the tests' own: started in a temporary directory, gone with the process that started it.

The system's own server, if there is one, is neither used nor touched.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url
from tests.factories.patience import eventually
from tests.factories.store import import_all_models

from stagedoor.kit.db import Base, Database

OVERRIDE = "STAGEDOOR_TEST_POSTGRESQL_URL"
INSTALL = (
    "The tests need PostgreSQL's server programs: run 'apt-get install postgresql' as root, then make test again. "
    f"Or name a server whose role may create databases: {OVERRIDE}=postgresql+psycopg://user:password@host/database"
)
DEBIAN = Path("/usr/lib/postgresql")
UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""
ROLE = "stagedoor"
STOP_SECONDS_MAX = 20
SETTINGS = {
    # No test outlives a power cut, and waiting for the disk is most of a small test's time.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    # A socket in a directory of its own: no port to find, and nobody else's to meet.
    "listen_addresses": "",
}


class PostgreSQL:
    """A running server. Each test takes a database of its own; they go with the server, or when they are dropped."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._numbers = count(1)
        self._prefix = f"stagedoor_test_{os.getpid()}"
        self._template: str | None = None

    def make_database(self) -> str:
        """Make an empty database and return its address."""
        return self._create(None)

    def make_database_with_tables(self) -> str:
        """Make a database with every table and no row, and return its address."""
        if self._template is None:
            import_all_models()
            template = self._create(None)
            database = Database(template)
            Base.metadata.create_all(database.engine)
            database.close()
            self._template = str(make_url(template).database)
        return self._create(self._template)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._say(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        """Let nobody connect to a database inside the block, and end the connections that there are."""
        name = make_url(url).database
        self._say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        self._say(f"SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            self._say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def drop_all(self) -> None:
        """Drop what was made here and is still there."""
        names = self._say("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{self._prefix}\\_%")
        for name in names:
            self._say(f'DROP DATABASE "{name}" WITH (FORCE)')

    def answers(self) -> bool:
        """Tell whether the server takes connections already."""
        try:
            return self._say("SELECT 'yes'") == ["yes"]
        except psycopg.OperationalError:
            return False

    def _create(self, template: str | None) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._say(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _say(self, statement: str, *values: str) -> list[str]:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            answer = connection.execute(statement.encode(), values or None)
            return [row[0] for row in answer] if answer.description else []


@contextmanager
def database_on(postgresql: PostgreSQL) -> Iterator[Database]:
    """Give a database with every table and no row, and drop it at the end."""
    url = postgresql.make_database_with_tables()
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
        postgresql.drop_database(url)


@contextmanager
def postgresql_server() -> Iterator[PostgreSQL]:
    """Start a server, or use the one that the environment names; fails with what to do where neither can be."""
    if url := os.environ.get(OVERRIDE):
        named = PostgreSQL(url)
        try:
            yield named
        finally:
            named.drop_all()
        return
    programs = _find_programs()
    user = _unprivileged_user()
    directory = Path(tempfile.mkdtemp(prefix="stagedoor-postgresql-"))
    try:
        if user is not None:
            os.chown(directory, user.pw_uid, user.pw_gid)
        _initialise(programs, directory, user)
        with _serving(programs, directory, user) as server:
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _find_programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if not versions:
        raise AssertionError(INSTALL)
    return versions[-1].parent


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise AssertionError(
            f"There is no user {UNPRIVILEGED}, and PostgreSQL does not run as root. {INSTALL}"
        ) from None


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(programs: Path, directory: Path, user: pwd.struct_passwd | None) -> None:
    command = [
        *(str(programs / "initdb"), "--pgdata", str(directory / "data"), "--username", ROLE, "--auth", "trust"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=directory, check=False, **_as_user(user))
    assert done.returncode == 0, f"initdb failed:\n{done.stdout}\n{done.stderr}\n{INSTALL}"


@contextmanager
def _serving(programs: Path, directory: Path, user: pwd.struct_passwd | None) -> Iterator[PostgreSQL]:
    command = [str(programs / "postgres"), "-D", str(directory / "data")]
    for name, value in (SETTINGS | {"unix_socket_directories": str(directory)}).items():
        command += ["-c", f"{name}={value}"]
    if setpriv := shutil.which("setpriv"):
        # Where the tests are killed nobody is left to end this server: the kernel does.
        command = [setpriv, "--pdeathsig", "QUIT", "--", *command]
    log_path = directory / "server.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory, **_as_user(user))
    try:
        server = PostgreSQL(f"postgresql+psycopg://{ROLE}@/postgres?host={directory}")
        eventually(lambda: server.answers() or process.poll() is not None, bool)
        assert process.poll() is None, f"PostgreSQL did not come up:\n{log_path.read_text()}\n{INSTALL}"
        yield server
    finally:
        # Nothing is kept, so nothing has to be written down before it ends.
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_SECONDS_MAX)
