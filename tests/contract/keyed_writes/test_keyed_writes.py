"""A write with an idempotency key is sent once, whichever worker it comes to, on every store.

What else is promised of it is tested in ``tests/unit/gateway/test_keyed_carrying.py``, on one store.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.factories.callers import caller
from tests.factories.keyed_writes import KEY, START, Destination, Told, Worker, names_of

from stagedoor.gateway.errors import AnswerNotKept
from stagedoor.gateway.keyed_carrying import UNDER_WAY_AT_MOST
from stagedoor.gateway.keyed_writes import service as service_module
from stagedoor.gateway.keyed_writes.models import KeyedWriteRow
from stagedoor.gateway.keyed_writes.schemas import WriteState
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.db import Database
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import CredentialKind
from stagedoor.upstream.errors import UpstreamBroke

SECONDS_MAX = 20


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(START)


@pytest.fixture
def workers(database: Database, clock: HeldClock) -> Iterator[tuple[Worker, Worker]]:
    threads = WorkerThreads(4)
    yield Worker(database, clock, threads), Worker(database, clock, threads)
    threads.close()


@pytest.fixture
def worker(workers: tuple[Worker, Worker]) -> Worker:
    return workers[0]


@pytest.fixture
def other(workers: tuple[Worker, Worker]) -> Worker:
    return workers[1]


@pytest.fixture
def destination() -> Destination:
    return Destination()


def test_the_same_again_is_answered_with_the_same_and_sent_to_nobody(
    worker: Worker, other: Worker, destination: Destination
) -> None:
    first = worker.sends(destination)
    again = [worker.sends(destination), other.sends(destination)]
    assert (first.status, first.body, first.is_over) == (201, b'{"Id":7}', True)
    assert b"x-stagedoor-outcome" not in first.headers
    for told in again:
        assert (told.status, told.body, told.is_over) == (201, b'{"Id":7}', True)
        assert told.headers == first.headers | {b"x-stagedoor-outcome": b"kept"}
    assert destination.bodies == [b"{}"]


def test_many_at_once_are_sent_once(workers: tuple[Worker, Worker], destination: Destination) -> None:
    async def all_at_once() -> list[Told]:
        may_answer = destination.may_answer = asyncio.Event()
        calls = [asyncio.create_task(workers[number % 2].carry(destination)) for number in range(12)]

        async def let_the_first_be_answered() -> None:
            may_answer.set()
            await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)

        for worker in workers:
            worker.while_paused = let_the_first_be_answered
        # Were all of them sent, none would pause.
        async with asyncio.timeout(SECONDS_MAX):
            return await asyncio.gather(*calls)

    told = asyncio.run(all_at_once())
    assert len(destination.bodies) == 1
    assert [one.body for one in told] == [b'{"Id":7}'] * 12
    assert sum(b"x-stagedoor-outcome" in one.headers for one in told) == 11


def test_is_taken_over_by_one_of_two(workers: tuple[Worker, Worker], destination: Destination) -> None:
    worker, other = workers
    destination.failure = UpstreamBroke()
    with pytest.raises(UpstreamBroke):
        worker.sends(destination)
    destination.failure = None
    former = worker.writes.find(only_name(worker))
    assert former is not None
    assert other.writes.take_over(only_name(worker), "somebody", former)
    assert not worker.writes.take_over(only_name(worker), "somebody else", former)


def test_that_a_process_left_is_taken_over_by_one_of_two_and_is_under_way_again(
    workers: tuple[Worker, Worker], destination: Destination, clock: HeldClock
) -> None:
    worker, other = workers
    worker.writes.lose = lambda *_, **__: None  # type: ignore[method-assign]  # as where the process died
    destination.failure = UpstreamBroke()
    with pytest.raises(UpstreamBroke):
        worker.sends(destination)
    clock.advance(UNDER_WAY_AT_MOST + timedelta(seconds=1))
    former = worker.writes.find(only_name(worker))
    assert former is not None
    assert other.writes.take_over(only_name(worker), "somebody", former)
    assert not worker.writes.take_over(only_name(worker), "somebody else", former)
    # Whoever comes next finds one that has just begun, and not one that was left long ago.
    taken = worker.writes.find(only_name(worker))
    assert taken is not None
    assert (taken.owner, taken.state, taken.claimed_at) == ("somebody", WriteState.UNDER_WAY, clock.now())


def test_keeps_the_newest_answers_of_who_has_many(
    worker: Worker, destination: Destination, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("1", "2", "3"):
        worker.sends(destination, key=key)
        clock.advance(timedelta(seconds=1))
    worker.sends(destination, key="1", who=caller(credential_id="key-2"))
    worker.writes.clean_up()
    assert len(names_of(worker)) == 4
    monkeypatch.setattr(service_module, "HOLDER_BYTES_MAX", 500)
    worker.writes.clean_up()
    assert worker.sends(destination, key="3").headers[b"x-stagedoor-outcome"] == b"kept"
    with pytest.raises(AnswerNotKept):
        worker.sends(destination, key="1")
    monkeypatch.setattr(service_module, "HOLDER_KEYS_MAX", 2)
    worker.writes.clean_up()
    # The other one's own is none of the three.
    assert len(names_of(worker)) == 3


def test_counts_to_a_key_what_was_narrowed_from_it_and_keeps_no_more_in_between(
    worker: Worker, destination: Destination, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "HOLDER_BYTES_MAX", 1_000)
    for number in range(20):
        narrowed = caller(credential_kind=CredentialKind.NARROWED_KEY, narrowing_id=f"n{number}")
        worker.sends(destination, who=narrowed)
        clock.advance(timedelta(seconds=1))
    assert len(destination.bodies) == 20
    with worker.writes._database.read() as session:
        sizes = [row.answer_bytes for row in session.query(KeyedWriteRow)]
    # What was kept since the last look, and what was kept at it.
    assert 0 < sum(sizes) <= 2_000 < 20 * max(sizes)
    assert worker.sends(destination, who=narrowed).headers[b"x-stagedoor-outcome"] == b"kept"


def test_keeps_neither_key_nor_answer_readable(worker: Worker, destination: Destination) -> None:
    destination.pieces = (b"a secret answer",)
    worker.sends(destination, b"a secret request")
    with worker.writes._database.read() as session:
        [row] = session.query(KeyedWriteRow)
        text = " ".join(str(getattr(row, column.name)) for column in KeyedWriteRow.__table__.columns)
    for secret in (KEY, "secret", "key-1"):
        assert secret not in text


def only_name(worker: Worker) -> str:
    [name] = names_of(worker)
    return name
