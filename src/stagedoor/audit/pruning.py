"""Remove rows whose time is over, so that what is kept can still be verified."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from stagedoor.audit import chain_store, store
from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.event_names import EventName
from stagedoor.audit.service import AuditWriter
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database

ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Pruned:
    """How far it has come. ``broken_row`` is the first row that does not follow the one before: pruning stops there."""

    rows: int
    broken_row: int | None = None


def prune(database: Database, key: ChainKey, before: datetime, *, with_broken: bool = False) -> Iterator[Pruned]:
    """Remove the oldest rows up to the first that is not older than ``before``; yield after each part how many.

    What is removed is verified first, and where each chain begins from then on is sealed in the same transaction. A
    row that is not what it was is kept, and all that follow: it is evidence. ``with_broken`` removes it all the same.
    """
    removed = 0
    while True:
        with database.write() as session:
            # No writer moves a chain's end meanwhile, and no other hand its beginning.
            store.keep_commit_order(session)
            anchors = {
                chain.id: Chain(chain.id, chain.pruned_rows, chain.anchor) for chain in chain_store.list_chains(session)
            }
            rows = chain_store.list_rows_in_order(session, after=0, limit=ROWS_AT_ONCE)
            outlived, moved, broken_row = _count_outlived(rows, key, before, anchors, with_broken=with_broken)
            if outlived:
                chain_store.remove_rows(session, key, up_to=rows[outlived - 1].id, anchors=list(moved.values()))
        removed += outlived
        yield Pruned(removed, broken_row)
        if broken_row is not None or outlived < ROWS_AT_ONCE:
            return


def _count_outlived(
    rows: Sequence[chain_store.StoredRow],
    key: ChainKey,
    before: datetime,
    anchors: Mapping[int, Chain],
    *,
    with_broken: bool,
) -> tuple[int, dict[int, Chain], int | None]:
    """Return how many rows may go, where the chains that lose them begin then, and the broken row that ended it."""
    moved: dict[int, Chain] = {}
    for count, row in enumerate(rows):
        if row.time >= before:
            return count, moved, None
        if row.chain is None or row.link is None:
            continue
        chain = moved.get(row.chain) or anchors.get(row.chain)
        is_right = chain is not None and row.link == key.next_link(chain.link, row.values)
        if not is_right and not with_broken:
            return count, moved, row.id
        if chain is not None:
            moved[row.chain] = Chain(row.chain, chain.rows + 1, row.link)
    return len(rows), moved, None


def record_pruning(database: Database, key: ChainKey, clock: Clock, rows: int, span: str) -> None:
    """Leave a row that says what was removed. Raises :class:`~stagedoor.audit.errors.AuditUnavailable`."""
    writer = AuditWriter(database, clock, key)
    sentence = f"{rows} rows older than {span} were removed from the audit."
    writer.record(AuditEntry(event=EventName.AUDIT_ROWS_PRUNED, time=clock.now(), sentence=sentence))
    writer.start()
    writer.stop()
