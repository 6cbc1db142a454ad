"""All SQL of the audit log: adding rows in groups, and reading them back."""

import itertools
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import Dialect, String, Table, func, insert, or_, select
from sqlalchemy.orm import Session

from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.models import AuditRow
from stagedoor.audit.redaction import redact, redact_target

# Any number will do, as long as nothing else in the store takes an advisory lock with it.
_COMMIT_ORDER_LOCK = 0x5D_A0D17

BLOCK_ROWS = 100
"""So many rows go to SQLite in one statement. It works through a statement without the interpreter, which requests
have to themselves meanwhile; a statement for each row would take it back between any two of them."""
REMEMBERED = 2048
REMEMBERED_CHARACTERS_MAX = 512
"""Whoever sends many different texts can fill no more than two megabytes with them."""

_TABLE = cast("Table", AuditRow.__table__)
_COLUMNS = tuple(column.name for column in _TABLE.columns if column.name != "id")
CHAINED_COLUMNS = _COLUMNS[: _COLUMNS.index("chain")]
"""What a row's link is made of: all that says what happened."""
_LIMITS: dict[str, int] = {
    column.name: column.type.length
    for column in _TABLE.columns
    if isinstance(column.type, String) and column.type.length is not None
}
# What the door draws, and no form that a secret has.
_DRAWN_ID = re.compile("[0-9a-f]{32}")


def keep_commit_order(session: Session) -> None:
    """Have rows and chains of several processes commit in the order of their numbers; once, before adding any."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # A number is drawn before its transaction commits. Without this lock a reader that follows the tail could
        # see row 8 of one process before row 7 of another, and never come back for 7.
        connection.execute(select(func.pg_advisory_xact_lock(_COMMIT_ORDER_LOCK)))


def add_rows(session: Session, entries: Sequence[AuditEntry], key: ChainKey, chain: Chain) -> Chain:
    """Add one row for each entry, in order, redacted and cut to the columns; return how far the chain has come."""
    connection = session.connection()
    dialect = connection.dialect
    # The driver is given its own form of the statement: there is a row for each request, and the layers above the
    # driver take twice its time to carry one there.
    insert_one, in_order, bind_time = _insert_statement(dialect)
    link = chain.link
    for start in range(0, len(entries), BLOCK_ROWS):
        block = entries[start : start + BLOCK_ROWS]
        rows = []
        for entry in block:
            time, values = time_text(entry.time), _values_after_time(entry)
            link = key.next_link(link, (time, *values))
            rows.append((time if bind_time is None else bind_time(entry.time), *values, chain.id, link))
        if in_order:
            values = tuple(itertools.chain.from_iterable(rows))
            connection.exec_driver_sql(_insert_many(insert_one, len(rows)), values)
        else:
            connection.exec_driver_sql(insert_one, [dict(zip(_COLUMNS, row, strict=True)) for row in rows])
    return Chain(chain.id, chain.rows + len(entries), link)


def list_rows(
    session: Session,
    *,
    organization_id: str | None,
    after: int | None,
    limit: int,
    verdict: str | None,
    caller: str | None,
) -> list[AuditRow]:
    """Return at most ``limit`` rows, newest last: those that follow ``after``, or the tail where it is ``None``."""
    query = select(AuditRow).limit(limit)
    if organization_id is not None:
        query = query.where(AuditRow.organization_id == organization_id)
    if verdict is not None:
        query = query.where(AuditRow.verdict == verdict)
    if caller is not None and _looks_like_an_id(caller):
        query = query.where(AuditRow.caller_id == caller)
    elif caller is not None:
        query = query.where(
            or_(
                AuditRow.caller_name == caller,
                AuditRow.credential_id == caller,
                # What was narrowed from a key goes by the key's id, a slash and its own.
                AuditRow.credential_id.startswith(f"{caller}/", autoescape=True),
            )
        )
    if after is not None:
        return list(session.scalars(query.where(AuditRow.id > after).order_by(AuditRow.id)))
    newest_first = session.scalars(query.order_by(AuditRow.id.desc()))
    return list(newest_first)[::-1]


@lru_cache(maxsize=4)
def _insert_statement(dialect: Dialect) -> tuple[str, bool, Callable[[datetime], object] | None]:
    """Return the statement, whether it takes its values in order, and what makes a time of a moment if not its text."""
    compiled = insert(_TABLE).compile(dialect=dialect, column_keys=list(_COLUMNS))
    if dialect.name == "sqlite":
        return str(compiled), compiled.positional, None
    bind_time = _TABLE.c.time.type.dialect_impl(dialect).bind_processor(dialect)
    return str(compiled), compiled.positional, bind_time or (lambda time: time)


def time_text(time: datetime) -> str:
    """Return a moment as SQLite keeps it, and as it is chained."""
    # As the column's type writes it, in a fifth of the time.
    return time.astimezone(UTC).isoformat(" ", "microseconds")[:26]


@lru_cache(maxsize=BLOCK_ROWS)
def _insert_many(insert_one: str, rows: int) -> str:
    beginning, word, values = insert_one.partition(" VALUES ")
    return beginning + word + ", ".join([values] * rows)


def _values_after_time(entry: AuditEntry) -> tuple[object, ...]:
    # The one place that everything passes on its way to the table: nothing secret and nothing unstorable gets past.
    request_id = entry.request_id
    if request_id is not None and not _DRAWN_ID.fullmatch(request_id):
        request_id = _redacted(request_id, "request_id")
    caller_id, caller_name, credential_id, client_address, organization, tenant = _ABOUT_THE_CALLER.storable(
        (
            entry.caller_id,
            entry.caller_name,
            entry.credential_id,
            entry.client_address,
            entry.organization,
            entry.tenant,
        )
    )
    method, path, operation, folder, reason, sentence = _ABOUT_THE_REQUEST.storable(
        (entry.method, entry.path, entry.operation, entry.folder, entry.reason, entry.sentence)
    )
    return (
        entry.event.value,
        request_id,
        entry.caller_kind,
        caller_id,
        caller_name,
        entry.credential_kind,
        credential_id,
        client_address,
        entry.organization_id,
        organization,
        tenant,
        method,
        path,
        operation,
        folder,
        entry.verdict,
        reason,
        sentence,
        entry.status,
        # As it is read back: a whole number would be chained as another text.
        None if entry.duration_ms is None else float(entry.duration_ms),
        entry.destination,
    )


def _redacted(value: str, column: str) -> str:
    # The shortest shape of a secret has nine characters; most columns of most rows are shorter or empty.
    return _storable(redact(value) if len(value) > 8 else value, column)


def _redacted_target(value: str, column: str) -> str:
    return _storable(redact_target(value), column)


def _storable(value: str, column: str) -> str:
    # Half a surrogate pair or a NUL would make the database refuse the row, and every row that shares its group.
    if not value.isascii():
        value = value.encode(errors="replace").decode()
    if "\x00" in value:
        value = value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    limit = _LIMITS[column]
    return value if len(value) <= limit else value[: limit - 1] + "…"


class _Texts:
    """The texts of some columns, as they may be stored.

    Most stood in many rows before, so that those which may be stored as they are, are remembered together: one look
    says so of all of them. A text that held a secret never is.
    """

    def __init__(self, **made_storable_by: Callable[[str, str], str]) -> None:
        self._made_storable_by = tuple(made_storable_by.items())
        self._as_they_are: set[tuple[str | None, ...]] = set()

    def storable(self, texts: tuple[str | None, ...]) -> tuple[str | None, ...]:
        """Return the texts, redacted where a stranger may have written them, and cut to their columns."""
        if texts in self._as_they_are:
            return texts
        made = tuple(
            None if text is None else make(text, column)
            for text, (column, make) in zip(texts, self._made_storable_by, strict=True)
        )
        if made == texts and sum(map(len, filter(None, texts))) <= REMEMBERED_CHARACTERS_MAX:
            if len(self._as_they_are) >= REMEMBERED:
                self._as_they_are.clear()
            self._as_they_are.add(texts)
        return made


_ABOUT_THE_CALLER = _Texts(
    caller_id=_storable,
    caller_name=_redacted,
    credential_id=_storable,
    client_address=_storable,
    organization=_redacted,
    tenant=_redacted,
)
_ABOUT_THE_REQUEST = _Texts(
    method=_redacted,
    path=_redacted_target,
    operation=_storable,
    folder=_redacted,
    reason=_storable,
    sentence=_redacted,
)


def _looks_like_an_id(caller: str) -> bool:
    return len(caller) == 36 and caller.count("-") == 4
