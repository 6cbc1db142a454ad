"""Whether the rows of the audit still hang together, and where they do not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from stagedoor.audit import chain_store
from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.models import AuditChain
from stagedoor.kit.db import Database

ROWS_AT_ONCE = 2000
BREAKS_KEPT_MAX = 100

Heads = Mapping[int, Chain]
"""How far each chain had come at an earlier time, by its number."""


class BreakKind(StrEnum):
    """What is wrong."""

    ROW = "row"
    """The row does not follow the one before it: it was changed or added, or what stood before it was taken out."""
    UNCHAINED_ROW = "unchained_row"
    """The row hangs on no chain, though there were chains before it."""
    ROWS_MISSING = "rows_missing"
    """Rows at the end of a chain are gone."""
    CHAIN_MISSING = "chain_missing"
    """A chain is gone that another one, a row or an earlier head speaks of."""
    CHAIN_CHANGED = "chain_changed"
    """What says where a chain begins or ends was changed."""
    OLDER_THAN_BEFORE = "older_than_before"
    """A chain does not hold the head that it once had: the store, or a part of it, is an older or another one."""


@dataclass(frozen=True, slots=True)
class Break:
    """One place that is wrong; ``row`` is the number of the row where there is one."""

    kind: BreakKind
    chain: int | None = None
    row: int | None = None


@dataclass(slots=True)
class Report:
    """How far the verification has come, and in the end what it found. At most a hundred breaks are kept by place."""

    total: int
    rows: int = 0
    unchained: int = 0
    breaks: list[Break] = field(default_factory=list)
    breaks_found: int = 0
    heads: dict[int, Chain] = field(default_factory=dict)

    def note(self, kind: BreakKind, chain: int | None = None, row: int | None = None) -> None:
        """Note one more break."""
        self.breaks_found += 1
        if len(self.breaks) < BREAKS_KEPT_MAX:
            self.breaks.append(Break(kind, chain, row))


@dataclass(slots=True)
class _Followed:
    """One chain while its rows go by."""

    id: int
    rows: int
    link: str
    head: Chain
    has_met_head: bool
    earlier: Chain | None
    has_met_earlier: bool

    def step(self, link: str) -> None:
        self.rows += 1
        self.link = link
        self.meet()

    def meet(self) -> None:
        self.has_met_head = self.has_met_head or self.link == self.head.link
        self.has_met_earlier = self.has_met_earlier or (self.earlier is not None and self.link == self.earlier.link)


NO_HEADS: Heads = {}


def verify(database: Database, key: ChainKey, earlier: Heads = NO_HEADS) -> Iterator[Report]:
    """Follow every chain from its beginning to its end; yield the report after each part, complete in the end.

    The server may run and write meanwhile. ``earlier`` are heads that an earlier report gave and that were kept
    elsewhere: with them it shows, too, when the store was put back to what it was before.
    """
    with database.read() as session:
        report = Report(chain_store.count_rows(session))
        followed = _begin(session, key, report, earlier)
    after, is_chained = 0, False
    while True:
        with database.read() as session:
            rows = chain_store.list_rows_in_order(session, after=after, limit=ROWS_AT_ONCE)
            if any(row.chain is not None and row.chain not in followed for row in rows):
                # Begun since the last look.
                _begin_later(session, key, report, followed)
            for row in rows:
                is_chained = _look_at(row, key, report, followed, is_chained=is_chained)
        if not rows:
            break
        after = rows[-1].id
        yield report
    for chain in followed.values():
        if not chain.has_met_head:
            report.note(BreakKind.ROWS_MISSING, chain.id)
        if not chain.has_met_earlier:
            report.note(BreakKind.OLDER_THAN_BEFORE, chain.id)
    for number in sorted(earlier.keys() - followed.keys()):
        report.note(BreakKind.CHAIN_MISSING, number)
    report.heads = {chain.id: Chain(chain.id, chain.rows, chain.link) for chain in followed.values()}
    yield report


def _begin(session: Session, key: ChainKey, report: Report, earlier: Heads) -> dict[int, _Followed]:
    chains = chain_store.list_chains(session)
    known = {chain.id for chain in chains}
    for chain in chains:
        if chain.after is not None and chain.after not in known:
            report.note(BreakKind.CHAIN_MISSING, chain.after)
    return {chain.id: _follow(chain, key, report, earlier.get(chain.id)) for chain in chains}


def _begin_later(session: Session, key: ChainKey, report: Report, followed: dict[int, _Followed]) -> None:
    for chain in chain_store.list_chains(session):
        if chain.id not in followed:
            followed[chain.id] = _follow(chain, key, report, None)


def _follow(chain: AuditChain, key: ChainKey, report: Report, earlier: Chain | None) -> _Followed:
    head = Chain(chain.id, chain.rows, chain.head)
    anchor = Chain(chain.id, chain.pruned_rows, chain.anchor)
    is_whole = chain.pruned_rows > 0 or chain.anchor == key.first_link(chain.id, chain.after)
    if not is_whole or chain.head_seal != key.seal_head(head) or chain.anchor_seal != key.seal_anchor(anchor):
        report.note(BreakKind.CHAIN_CHANGED, chain.id)
    # What was pruned since is past its time; that it was whole is what the anchor's seal says.
    was_pruned = earlier is None or earlier.rows < anchor.rows
    begun = _Followed(chain.id, anchor.rows, anchor.link, head, False, earlier, was_pruned)
    begun.meet()
    return begun


def _look_at(
    row: chain_store.StoredRow, key: ChainKey, report: Report, followed: dict[int, _Followed], *, is_chained: bool
) -> bool:
    """Take one row in; return whether a chained one was seen by now."""
    report.rows += 1
    if row.chain is None or row.link is None:
        report.unchained += 1
        if is_chained:
            report.note(BreakKind.UNCHAINED_ROW, None, row.id)
        return is_chained
    chain = followed.get(row.chain)
    if chain is None:
        report.note(BreakKind.CHAIN_MISSING, row.chain, row.id)
        return True
    if row.link != key.next_link(chain.link, row.values):
        report.note(BreakKind.ROW, row.chain, row.id)
    # From what is written there on, so that one break is told once.
    chain.step(row.link)
    return True
