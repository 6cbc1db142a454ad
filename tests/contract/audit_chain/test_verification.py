"""Whoever can write the store, and does not know the key, leaves a trace: every change that SQL can make, by each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from tests.factories.audit import START, audit_entry

from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.chain_store import begin_chain
from stagedoor.audit.models import AuditChain, AuditRow
from stagedoor.audit.pruning import prune
from stagedoor.audit.service import AuditWriter
from stagedoor.audit.verification import BreakKind, Heads, Report, verify
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.db import Database

KEY = ChainKey(b"k" * 32)
FORGER = ChainKey(b"f" * 32)
SECOND = timedelta(seconds=1)


class Worker:
    """One process that writes."""

    def __init__(self, database: Database) -> None:
        self.writer = AuditWriter(database, HeldClock(START), KEY)
        self.writer.start()
        self.written = 0

    def write(self, count: int) -> None:
        for _ in range(count):
            self.writer.record(
                audit_entry(time=START + self.written * SECOND, status=200, duration_ms=self.written / 7)
            )
            self.written += 1
        self.writer.flush()


@pytest.fixture
def workers(database: Database) -> list[Worker]:
    """Two processes that took turns: rows 1 to 10, of two chains."""
    workers = [Worker(database), Worker(database)]
    for worker, count in ((0, 3), (1, 3), (0, 2), (1, 2)):
        workers[worker].write(count)
    for each in workers:
        each.writer.stop()
    return workers


def report_of(database: Database, earlier: Heads | None = None) -> Report:
    *_, report = verify(database, KEY, earlier or {})
    return report


def found(report: Report) -> list[tuple[BreakKind, int | None]]:
    return [(each.kind, each.row) for each in report.breaks]


def tamper(database: Database, change: Callable[[Session], object]) -> None:
    with database.write() as session:
        change(session)


def row_ids(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(AuditRow.id).order_by(AuditRow.id)))


def test_what_nobody_touched_is_whole_and_every_row_was_looked_at(database: Database, workers: list[Worker]) -> None:
    report = report_of(database)
    assert (report.breaks, report.rows, report.total, report.unchained) == ([], 10, 10, 0)
    assert sorted(head.rows for head in report.heads.values()) == [5, 5]


def test_a_changed_row_is_named_whatever_was_changed(database: Database, workers: list[Worker]) -> None:
    fourth = row_ids(database)[3]
    changes: dict[str, object] = {
        "status": 500,
        "duration_ms": 99.5,
        "time": START - SECOND,
        "caller_name": "somebody else",
        "sentence": "",
        "request_id": None,
        "event": "admin:user:created",
        "organization_id": "another",
        "link": "0" * 32,
    }
    for column, changed in changes.items():
        with database.read() as session:
            was = session.scalar(select(AuditRow.__table__.c[column]).where(AuditRow.id == fourth))
        for value, is_broken in ((changed, True), (was, False)):
            with database.write() as session:
                session.execute(update(AuditRow).where(AuditRow.id == fourth).values({column: value}))
            assert ((BreakKind.ROW, fourth) in found(report_of(database))) == is_broken, column


def test_a_row_that_was_taken_out_is_told_by_the_next_of_its_chain(database: Database, workers: list[Worker]) -> None:
    ids = row_ids(database)
    tamper(database, lambda session: session.execute(delete(AuditRow).where(AuditRow.id == ids[1])))
    assert found(report_of(database)) == [(BreakKind.ROW, ids[2])]


def test_rows_cut_off_at_the_end_are_missed(database: Database, workers: list[Worker]) -> None:
    ids = row_ids(database)
    tamper(database, lambda session: session.execute(delete(AuditRow).where(AuditRow.id >= ids[8])))
    assert found(report_of(database)) == [(BreakKind.ROWS_MISSING, None)]


def test_the_end_of_a_chain_cannot_be_said_anew(database: Database, workers: list[Worker]) -> None:
    ids = row_ids(database)

    def cut(session: Session) -> None:
        session.execute(delete(AuditRow).where(AuditRow.id >= ids[8]))
        last = session.get_one(AuditRow, ids[5])
        chain = session.get_one(AuditChain, last.chain)
        chain.rows, chain.head = 3, str(last.link)
        chain.head_seal = FORGER.seal_head(Chain(chain.id, 3, chain.head))

    tamper(database, cut)
    assert BreakKind.CHAIN_CHANGED in {each.kind for each in report_of(database).breaks}


def test_two_rows_that_changed_places_are_told(database: Database, workers: list[Worker]) -> None:
    ids = row_ids(database)

    def swap(session: Session) -> None:
        for old, new in ((ids[0], 10_000), (ids[1], ids[0]), (10_000, ids[1])):
            session.execute(update(AuditRow).where(AuditRow.id == old).values(id=new))

    tamper(database, swap)
    assert (BreakKind.ROW, ids[0]) in found(report_of(database))


def test_an_added_row_is_told_chained_or_not(database: Database, workers: list[Worker]) -> None:
    added = {"time": START, "event": "admin:user:created"}
    tamper(database, lambda session: session.execute(insert(AuditRow).values(id=500, **added)))
    assert found(report_of(database)) == [(BreakKind.UNCHAINED_ROW, 500)]
    tamper(
        database, lambda session: session.execute(update(AuditRow).where(AuditRow.id == 500).values(chain=1, link="x"))
    )
    assert found(report_of(database)) == [(BreakKind.ROW, 500)]
    tamper(database, lambda session: session.execute(update(AuditRow).where(AuditRow.id == 500).values(chain=99)))
    assert found(report_of(database)) == [(BreakKind.CHAIN_MISSING, 500)]


def test_a_chain_that_is_gone_as_a_whole_is_missed_by_the_one_begun_after_it(
    database: Database, workers: list[Worker]
) -> None:
    def forget(session: Session) -> None:
        first = session.scalars(select(AuditChain).order_by(AuditChain.id)).first()
        assert first is not None
        session.execute(delete(AuditRow).where(AuditRow.chain == first.id))
        session.delete(first)

    tamper(database, forget)
    assert found(report_of(database)) == [(BreakKind.CHAIN_MISSING, None)]
    # Nor does it help to say that nothing came before.
    tamper(database, lambda session: session.execute(update(AuditChain).values(after=None)))
    assert {each.kind for each in report_of(database).breaks} == {BreakKind.CHAIN_CHANGED}


def test_whoever_has_another_key_makes_nothing_that_passes(database: Database, workers: list[Worker]) -> None:
    tamper(database, lambda session: begin_chain(session, FORGER, START))
    assert found(report_of(database)) == [(BreakKind.CHAIN_CHANGED, None)]


class TestWhatWasKeptElsewhere:
    """Heads of an earlier report show what no store can show of itself."""

    def test_a_store_that_went_on_since_is_whole(self, database: Database, workers: list[Worker]) -> None:
        earlier = report_of(database).heads
        Worker(database).write(4)
        assert report_of(database, earlier).breaks == []

    def test_a_store_that_was_put_back_is_told(self, database: Database, workers: list[Worker]) -> None:
        with database.read() as session:
            kept = [
                (model, [dict(row) for row in session.execute(select(*model.__table__.columns)).mappings()])
                for model in (AuditRow, AuditChain)
            ]
        third = Worker(database)
        third.write(4)
        third.writer.stop()
        earlier = report_of(database).heads

        def put_back(session: Session) -> None:
            for model, rows in kept:
                session.execute(delete(model))
                session.execute(insert(model), rows)

        tamper(database, put_back)
        assert report_of(database).breaks == []
        assert {each.kind for each in report_of(database, earlier).breaks} == {BreakKind.CHAIN_MISSING}

    def test_rows_that_were_cut_off_with_an_older_head_put_back_are_told(
        self, database: Database, workers: list[Worker]
    ) -> None:
        with database.read() as session:
            [first, _] = session.scalars(select(AuditChain).order_by(AuditChain.id))
            kept = {"rows": 3, "head": "", "head_seal": ""}
            third_row = session.scalars(select(AuditRow).where(AuditRow.chain == first.id).order_by(AuditRow.id)).all()[
                2
            ]
            kept |= {"head": third_row.link, "head_seal": KEY.seal_head(Chain(first.id, 3, str(third_row.link)))}
            number, last = first.id, third_row.id
        earlier = report_of(database).heads

        def cut(session: Session) -> None:
            session.execute(delete(AuditRow).where(AuditRow.chain == number, AuditRow.id > last))
            session.execute(update(AuditChain).where(AuditChain.id == number).values(kept))

        tamper(database, cut)
        assert report_of(database).breaks == []
        assert found(report_of(database, earlier)) == [(BreakKind.OLDER_THAN_BEFORE, None)]


class TestPruning:
    def test_what_is_kept_is_whole_and_the_rest_is_gone(self, database: Database, workers: list[Worker]) -> None:
        earlier = report_of(database).heads
        *_, pruned = prune(database, KEY, START + 3 * SECOND)
        assert (pruned.rows, pruned.broken_row) == (6, None)
        report = report_of(database, earlier)
        assert (report.breaks, report.rows) == ([], 4)

    def test_a_writer_goes_on_after_it(self, database: Database) -> None:
        worker = Worker(database)
        worker.write(5)
        *_, pruned = prune(database, KEY, START + timedelta(days=1))
        worker.write(2)
        worker.writer.stop()
        assert pruned.rows == 5
        report = report_of(database)
        assert (report.breaks, report.rows) == ([], 2)

    def test_where_a_chain_begins_cannot_be_said_anew(self, database: Database, workers: list[Worker]) -> None:
        ids = row_ids(database)

        def cut(session: Session) -> None:
            second = session.get_one(AuditRow, ids[1])
            chain = session.get_one(AuditChain, second.chain)
            chain.pruned_rows, chain.anchor = 2, str(second.link)
            chain.anchor_seal = FORGER.seal_anchor(Chain(chain.id, 2, chain.anchor))
            session.execute(delete(AuditRow).where(AuditRow.id <= ids[1]))

        tamper(database, cut)
        assert BreakKind.CHAIN_CHANGED in {each.kind for each in report_of(database).breaks}

    def test_a_broken_row_is_kept_unless_one_insists(self, database: Database, workers: list[Worker]) -> None:
        third = row_ids(database)[2]
        tamper(database, lambda session: session.execute(update(AuditRow).where(AuditRow.id == third).values(status=1)))
        later = START + timedelta(days=1)
        *_, stopped = prune(database, KEY, later)
        assert (stopped.rows, stopped.broken_row) == (2, third)
        assert row_ids(database)[0] == third
        assert found(report_of(database)) == [(BreakKind.ROW, third)]
        *_, done = prune(database, KEY, later, with_broken=True)
        assert (done.rows, done.broken_row) == (8, None)
        assert report_of(database).breaks == []


def test_rows_from_before_there_were_chains_are_counted_and_no_break(database: Database) -> None:
    before = {"time": START, "event": "admin:user:created"}
    tamper(database, lambda session: session.execute(insert(AuditRow), [before, before]))
    worker = Worker(database)
    worker.write(2)
    worker.writer.stop()
    report = report_of(database)
    assert (report.breaks, report.rows, report.unchained) == ([], 4, 2)


def test_a_writer_whose_group_was_refused_goes_on_with_a_chain_that_is_whole(database: Database) -> None:
    worker = Worker(database)
    worker.write(2)
    # Somebody took the chain away under a writer that runs.
    tamper(database, lambda session: session.execute(update(AuditChain).values(rows=7)))
    worker.write(3)
    worker.writer.stop()
    with database.read() as session:
        assert len(list(session.scalars(select(AuditChain)))) == 2
    kinds = {each.kind for each in report_of(database).breaks}
    assert kinds == {BreakKind.CHAIN_CHANGED}
