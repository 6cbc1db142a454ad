"""The store: one engine, short transactions, and column types that SQLite and PostgreSQL read alike."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import orjson
from sqlalchemy import DateTime, Dialect, MetaData, Text, create_engine, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimedOut
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

from stagedoor.kit.checkpoints import LOG_BYTES_MAX, LOG_PAGES_LAST_RESORT, Checkpoints
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.spelled import Spelled
from stagedoor.kit.turns import TurnNotTaken, Turns

BUSY_TIMEOUT_MS = 5_000
ALONE_SECONDS_MAX = 60
# Any number will do, as long as nothing else in the store takes an advisory lock with it.
_ALONE_LOCK = 0x5D_A10E


class Base(DeclarativeBase):
    """The root of every table; constraint names follow one rule so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; naive values are refused on the way in, so that no time zone is ever guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class missing_first(Spelled[datetime]):  # noqa: N801  # reads as the SQL that it is
    """A column in an index, in which rows without a value come first on every store.

    Lists of the API are sorted so, and from the other end the latest come first and these last. SQLite does it by
    itself; PostgreSQL has to be told.
    """

    type = UtcDateTime()
    sqlite = "{0}"
    postgresql = "{0} NULLS FIRST"

    def self_group(self, against: OperatorType | None = None) -> Self:
        # Left alone: an index takes the order of a column, and none inside brackets.
        return self


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as text; never searched by the database, only read back."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Database:
    """The one way to the store.

    ``read()`` and ``write()`` open a short transaction and close it; nothing else commits. On SQLite a write takes
    the write lock at its start (``BEGIN IMMEDIATE``), so that it never fails half way for want of it. A store that is
    locked, full, damaged or away raises :class:`StoreUnavailable`, with everything rolled back.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turns: Turns | None = None
        self._checkpoints: Checkpoints | None = None
        if self.is_sqlite and self.url.database not in (None, "", ":memory:"):
            file = Path(str(self.url.database))
            _make_private_file(file)
            self._turns = Turns(file)
            self._checkpoints = Checkpoints(file, self._turn_to_write)
        self.engine: Engine = create_engine(
            self.url, pool_size=16, max_overflow=16, pool_pre_ping=not self.is_sqlite, insertmanyvalues_page_size=500
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that sees one state of the store and changes nothing."""
        with self._transaction(immediate=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits when the block ends and rolls back when it raises."""
        with self._turn_to_write(), self._transaction(immediate=True) as session:
            yield session
        if self._checkpoints is not None:
            self._checkpoints.look()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody else who asks the same out of the block, on whichever machine; for a start.

        Waits for up to a minute and raises :class:`StoreUnavailable` then. On SQLite nobody is kept out: there the
        first write inside the block waits for the others', so that it has to look again at what they did.
        """
        if self.is_sqlite:
            yield
            return
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{ALONE_SECONDS_MAX}s'")
                # Of the transaction, which the server ends with the connection whatever becomes of this process.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ALONE_LOCK})")
                yield
        except OperationalError as failure:
            raise StoreUnavailable(internal=str(failure.orig)) from failure

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        # SQLite has one writer at a time, and whoever waits for it sleeps and looks again, up to a tenth of a second
        # later. Threads of this process wait in line for one another instead, and our processes take turns.
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise StoreUnavailable(internal="another thread wrote for too long")
        try:
            if self._turns is None:
                yield
                return
            with ExitStack() as turn:
                try:
                    turn.enter_context(self._turns.take(seconds_max=BUSY_TIMEOUT_MS / 1000))
                except TurnNotTaken:
                    raise StoreUnavailable(internal="another process wrote for too long") from None
                yield
        finally:
            self._writing.release()

    @contextmanager
    def _transaction(self, *, immediate: bool) -> Iterator[Session]:
        try:
            with self._sessions() as session:
                session.connection(execution_options={"stagedoor_immediate": immediate})
                try:
                    yield session
                    if immediate:
                        session.commit()
                    else:
                        session.rollback()
                except BaseException:
                    session.rollback()
                    raise
        except OperationalError as failure:
            raise StoreUnavailable(internal=str(failure.orig)) from failure
        except PoolTimedOut as failure:
            raise StoreUnavailable(internal="every connection to the store was busy for too long") from failure
        except DBAPIError as failure:
            # Of the driver's classes the plain one is left for a file that is damaged or no database at all.
            if failure.connection_invalidated or type(failure) is DatabaseError:
                raise StoreUnavailable(internal=str(failure.orig)) from failure
            raise

    def close(self) -> None:
        """Give every connection back."""
        if self._checkpoints is not None:
            self._checkpoints.close()
            self._checkpoints = None
        self.engine.dispose()
        if self._turns is not None:
            self._turns.close()
            self._turns = None


def _make_private_file(path: Path) -> None:
    # SQLite would make it readable to everybody on the machine, and give its log and index the mode that it has.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling starts writes late; ours begins them by name in _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"wal_autocheckpoint={LOG_PAGES_LAST_RESORT}",
        f"journal_size_limit={LOG_BYTES_MAX}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    immediate = connection.get_execution_options().get("stagedoor_immediate", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
