"""All SQL of the chains: begun and moved by writers, read by whoever verifies, and cut by whoever prunes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.errors import ChainGone
from stagedoor.audit.models import AuditChain, AuditRow
from stagedoor.audit.store import CHAINED_COLUMNS, time_text

_ROWS = cast("Table", AuditRow.__table__)
_CHAINS = cast("Table", AuditChain.__table__)


def begin_chain(session: Session, key: ChainKey, now: datetime) -> Chain:
    """Begin another chain, which hangs on the one that was begun before it."""
    after = session.scalar(select(func.max(AuditChain.id)))
    row = AuditChain(after=after, began_at=now, rows=0, head="", head_seal="", pruned_rows=0, anchor="", anchor_seal="")
    session.add(row)
    session.flush()
    chain = Chain(row.id, 0, key.first_link(row.id, after))
    row.head = row.anchor = chain.link
    row.head_seal, row.anchor_seal = key.seal_head(chain), key.seal_anchor(chain)
    session.flush()
    return chain


def move_head(session: Session, key: ChainKey, chain: Chain, longer: Chain) -> None:
    """Note how far a chain has come.

    Raises :class:`ChainGone` when it does not stand where its writer left it.
    """
    known = (_CHAINS.c.id == chain.id) & (_CHAINS.c.rows == chain.rows) & (_CHAINS.c.head == chain.link)
    moved = session.connection().execute(
        update(_CHAINS).where(known).values(rows=longer.rows, head=longer.link, head_seal=key.seal_head(longer))
    )
    if moved.rowcount != 1:
        raise ChainGone(f"the chain {chain.id} is not where its writer left it")


class StoredRow(NamedTuple):
    """A row as it is verified: ``values`` is what its link was made of."""

    id: int
    time: datetime
    chain: int | None
    link: str | None
    values: tuple[object, ...]


def list_chains(session: Session) -> list[AuditChain]:
    """Return every chain, in the order in which they were begun."""
    return list(session.scalars(select(AuditChain).order_by(AuditChain.id)))


def list_rows_in_order(session: Session, *, after: int, limit: int) -> list[StoredRow]:
    """Return the rows that follow the row ``after``, whosever they are."""
    query = select(*_ROWS.columns).where(AuditRow.id > after).order_by(AuditRow.id).limit(limit)
    return [
        StoredRow(row.id, row.time, row.chain, row.link, (time_text(row.time), *row[2 : len(CHAINED_COLUMNS) + 1]))
        for row in session.execute(query)
    ]


def count_rows(session: Session) -> int:
    """Return how many rows there are."""
    return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def remove_rows(session: Session, key: ChainKey, *, up_to: int, anchors: Sequence[Chain]) -> None:
    """Remove all rows up to one, and note where the chains begin that lose rows by it."""
    session.execute(delete(AuditRow).where(AuditRow.id <= up_to))
    for anchor in anchors:
        moved = update(AuditChain).where(AuditChain.id == anchor.id)
        session.execute(moved.values(pruned_rows=anchor.rows, anchor=anchor.link, anchor_seal=key.seal_anchor(anchor)))
