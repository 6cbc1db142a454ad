"""Transactions of the management API: opened by a route, on its worker thread, and closed by it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.orm import Session

from stagedoor.audit.errors import AuditUnavailable
from stagedoor.audit.service import AuditWriter
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.logs import get_logger

_log = get_logger(__name__)


class Work:
    """Open transactions for routes."""

    def __init__(self, database: Database, changes: ChangeFeed, audit: AuditWriter) -> None:
        self._database = database
        self._changes = changes
        self._audit = audit

    def read(self) -> AbstractContextManager[Session]:
        """Open a transaction that changes nothing."""
        return self._database.read()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits at the end; the next request in this process sees what it changed.

        Raises :class:`AuditUnavailable` before anything is done when it could not be recorded.
        """
        if not self._audit.is_healthy():
            raise AuditUnavailable
        with self._database.write() as session:
            yield session
        try:
            self._changes.catch_up()
        except StoreUnavailable as failure:
            # The change itself is committed, and the feed is asked again several times a second.
            _log.warning("changes_delivered_late", internal=failure.internal)
