"""Writes with an idempotency key: what is answered to one that comes again, and what is never sent twice.

Each ``Worker`` is a process of its own as far as the store can tell. What of it depends on the store is tested on each
one in ``tests/contract/keyed_writes``.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.callers import caller, person, tenant_place, terms
from tests.factories.keyed_writes import START, Destination, Told, Worker, names_of
from tests.factories.store import empty_database

from stagedoor.gateway.at_most_once import SentBefore
from stagedoor.gateway.errors import (
    AnswerNotKept,
    BodyTooLarge,
    CallerLeft,
    IdempotencyKeyMalformed,
    IdempotencyKeyReused,
    KeyedOutcomeUnknown,
)
from stagedoor.gateway.keyed_carrying import LOOK_AGAIN_AFTER_SECONDS, UNDER_WAY_AT_MOST
from stagedoor.gateway.keyed_writes import service as service_module
from stagedoor.gateway.keyed_writes.service import ANSWER_BYTES_MAX, KEPT
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import MasterKey, Vault
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StagedoorError, StoreUnavailable
from stagedoor.kit.steady_clock import ClockTrouble, ClockUntrusted
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import CredentialKind
from stagedoor.upstream.errors import (
    UpstreamBroke,
    UpstreamConnectTimedOut,
    UpstreamRefusedCredential,
    UpstreamTimedOut,
    UpstreamUnreachable,
)

EMBEDDED = tenant_place()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = empty_database(tmp_path)
    yield database
    database.close()


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


class TestTheSameAgain:
    @pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 409])
    def test_is_answered_with_a_refusal_too(self, status: int, worker: Worker, destination: Destination) -> None:
        destination.status, destination.pieces = status, ()
        assert [worker.sends(destination).status for _ in range(2)] == [status] * 2
        assert len(destination.bodies) == 1

    def test_is_refused_where_the_answer_was_too_large_to_be_kept(
        self, worker: Worker, destination: Destination
    ) -> None:
        destination.pieces = (b"x" * ANSWER_BYTES_MAX, b"y")
        assert worker.sends(destination).body == b"x" * ANSWER_BYTES_MAX + b"y"
        with pytest.raises(AnswerNotKept) as refused:
            worker.sends(destination)
        assert (refused.value.status, refused.value.details) == (409, {"answered": 201})
        assert len(destination.bodies) == 1

    def test_is_kept_at_the_very_bound(self, worker: Worker, destination: Destination) -> None:
        destination.pieces = (b"x" * ANSWER_BYTES_MAX,)
        assert [len(worker.sends(destination).body) for _ in range(2)] == [ANSWER_BYTES_MAX] * 2
        assert len(destination.bodies) == 1

    def test_is_another_after_a_day(self, worker: Worker, destination: Destination, clock: HeldClock) -> None:
        worker.sends(destination)
        clock.advance(KEPT - timedelta(seconds=1))
        worker.sends(destination)
        assert len(destination.bodies) == 1
        clock.advance(timedelta(seconds=1))
        worker.sends(destination)
        assert len(destination.bodies) == 2

    @pytest.mark.parametrize(
        "difference",
        [
            {"key": "another"},
            {"tenant": tenant_place("test", remote_base_url="https://orchestrator.example")},
            {"who": caller(terms("all"), credential_id="key-2")},
            {"who": person(terms("all"), credential_kind=CredentialKind.OAUTH_TOKEN)},
            {"who": caller(terms("all"), credential_kind=CredentialKind.NARROWED_KEY, narrowing_id="n1")},
            {"operation": "Assets_Post"},
        ],
        ids=["key", "tenant", "credential", "caller", "narrowing", "operation"],
    )
    def test_is_another_with_another(
        self, difference: dict[str, Any], worker: Worker, destination: Destination
    ) -> None:
        worker.sends(destination)
        worker.sends(destination, **difference)
        assert len(destination.bodies) == 2

    def test_is_the_same_for_a_person_whose_token_was_renewed(self, worker: Worker, destination: Destination) -> None:
        for token in ("token-1", "token-2"):
            worker.sends(destination, who=person(credential_kind=CredentialKind.OAUTH_TOKEN, credential_id=token))
        assert len(destination.bodies) == 1

    def test_is_another_through_another_program_that_acts_for_the_person(
        self, worker: Worker, destination: Destination
    ) -> None:
        for client_id in ("ours", "somebody-elses"):
            worker.sends(destination, who=person(credential_kind=CredentialKind.OAUTH_TOKEN, client_id=client_id))
        assert len(destination.bodies) == 2

    @pytest.mark.parametrize("difference", [{"body": b"[]"}, {"query": "$select=Id"}])
    def test_key_with_another_request_is_refused_by_name(
        self, difference: dict[str, Any], worker: Worker, destination: Destination
    ) -> None:
        worker.sends(destination)
        with pytest.raises(IdempotencyKeyReused) as refused:
            worker.sends(destination, **difference)
        assert refused.value.status == 422
        assert destination.bodies == [b"{}"]

    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_key_that_is_none_is_refused(self, key: str, worker: Worker, destination: Destination) -> None:
        with pytest.raises(IdempotencyKeyMalformed):
            worker.sends(destination, key=key)
        assert destination.bodies == []


class TestAnUnknownOutcome:
    @pytest.mark.parametrize(
        "failure", [UpstreamBroke(), UpstreamTimedOut("write", seconds=100), RuntimeError("a bug"), OSError()]
    )
    def test_is_called_so_and_never_sent_again(
        self, failure: Exception, worker: Worker, other: Worker, destination: Destination
    ) -> None:
        destination.failure = failure
        with pytest.raises(type(failure)):
            worker.sends(destination)
        destination.failure = None
        for process in (worker, other):
            with pytest.raises(KeyedOutcomeUnknown) as refused:
                process.sends(destination)
            assert (refused.value.status, refused.value.code) == (409, "outcome_unknown")
            assert "new Idempotency-Key" in str(refused.value.hint)
            assert "Retry-After" not in refused.value.headers
        assert len(destination.bodies) == 1

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_is_what_an_answer_of_5xx_leaves(self, status: int, worker: Worker, destination: Destination) -> None:
        destination.status = status
        assert worker.sends(destination).status == status
        with pytest.raises(KeyedOutcomeUnknown) as refused:
            worker.sends(destination)
        assert refused.value.details == {"answered": status}
        assert len(destination.bodies) == 1

    def test_is_what_an_answer_that_breaks_off_leaves(self, worker: Worker, destination: Destination) -> None:
        destination.pieces, destination.breaks_off = (b"x" * (ANSWER_BYTES_MAX + 1),), True
        with pytest.raises(UpstreamBroke):
            worker.sends(destination)
        with pytest.raises(KeyedOutcomeUnknown):
            worker.sends(destination)

    def test_is_what_a_caller_leaves_who_goes_in_the_middle_of_the_body(
        self, worker: Worker, destination: Destination
    ) -> None:
        with pytest.raises(CallerLeft):
            worker.sends(destination, leaves_in_the_middle=True)
        with pytest.raises(KeyedOutcomeUnknown):
            # What the body would have been nobody knows, so that no body is another.
            worker.sends(destination, b"[]")

    def test_with_another_body_is_still_another_request(self, worker: Worker, destination: Destination) -> None:
        destination.failure = UpstreamBroke()
        with pytest.raises(UpstreamBroke):
            worker.sends(destination)
        with pytest.raises(IdempotencyKeyReused):
            worker.sends(destination, b"[]")

    def test_is_what_a_process_leaves_that_dies(
        self, worker: Worker, other: Worker, destination: Destination, clock: HeldClock
    ) -> None:
        async def die() -> None:
            destination.may_answer = asyncio.Event()
            carrying = asyncio.create_task(worker.carry(destination))
            await destination.is_reached.wait()
            # A process that is killed notes nothing.
            worker.writes.lose = worker.writes.release = lambda *_, **__: None  # type: ignore[assignment,method-assign]
            carrying.cancel()

        asyncio.run(die())
        with pytest.raises(KeyedOutcomeUnknown) as refused:
            other.sends(destination)
        assert "under way" in refused.value.public
        assert refused.value.headers == {"Retry-After": "5"}
        clock.advance(UNDER_WAY_AT_MOST + timedelta(seconds=1))
        with pytest.raises(KeyedOutcomeUnknown) as refused:
            other.sends(destination)
        assert "not known" in refused.value.public
        assert len(destination.bodies) == 1


class TestWhatCameToNothing:
    @pytest.mark.parametrize(
        "failure",
        [
            UpstreamUnreachable(),
            UpstreamConnectTimedOut(seconds=10),
            UpstreamRefusedCredential(is_renewed=True),
            BodyTooLarge(),
        ],
    )
    def test_may_be_sent_again(self, failure: Exception, worker: Worker, destination: Destination) -> None:
        destination.failure, destination.fails_before_the_body = failure, True
        with pytest.raises(type(failure)):
            worker.sends(destination)
        destination.failure = None
        assert worker.sends(destination).status == 201

    def test_may_be_sent_again_after_429(self, worker: Worker, destination: Destination) -> None:
        destination.status = 429
        assert worker.sends(destination).status == 429
        destination.status = 201
        assert worker.sends(destination).status == 201

    def test_may_be_sent_again_where_the_embedded_orchestrator_refused_it(
        self, worker: Worker, destination: Destination
    ) -> None:
        destination.failure = StagedoorError("There is one of this name.", status=409)
        with pytest.raises(StagedoorError):
            worker.sends(destination, tenant=EMBEDDED)
        destination.failure = None
        assert worker.sends(destination, tenant=EMBEDDED).status == 201

    def test_is_not_known_where_the_store_of_the_embedded_orchestrator_went_away(
        self, worker: Worker, destination: Destination
    ) -> None:
        destination.failure = StoreUnavailable()
        with pytest.raises(StoreUnavailable):
            worker.sends(destination, tenant=EMBEDDED)
        with pytest.raises(KeyedOutcomeUnknown):
            worker.sends(destination, tenant=EMBEDDED)


class TestTwoAtOnce:
    def test_the_second_waits_for_the_answer_of_the_first(
        self, worker: Worker, other: Worker, destination: Destination
    ) -> None:
        async def both() -> list[Told]:
            destination.may_answer = asyncio.Event()
            first = asyncio.create_task(worker.carry(destination))
            await destination.is_reached.wait()

            async def let_it_answer() -> None:
                assert destination.may_answer is not None
                destination.may_answer.set()
                await first

            other.while_paused = let_it_answer
            second = await other.carry(destination)
            return [first.result(), second]

        first, second = asyncio.run(both())
        assert (first.body, second.body) == (b'{"Id":7}', b'{"Id":7}')
        assert len(destination.bodies) == 1
        assert other.paused == [LOOK_AGAIN_AFTER_SECONDS[0]]

    def test_the_second_is_told_to_come_back_where_the_first_takes_long(
        self, worker: Worker, other: Worker, destination: Destination
    ) -> None:
        async def both() -> None:
            destination.may_answer = asyncio.Event()
            first = asyncio.create_task(worker.carry(destination))
            await destination.is_reached.wait()
            with pytest.raises(KeyedOutcomeUnknown) as refused:
                await other.carry(destination)
            assert refused.value.headers == {"Retry-After": "5"}
            destination.may_answer.set()
            await first

        asyncio.run(both())
        assert other.paused == list(LOOK_AGAIN_AFTER_SECONDS)
        assert len(destination.bodies) == 1

    def test_the_second_is_told_to_come_back_where_the_first_came_to_nothing(
        self, worker: Worker, other: Worker, destination: Destination
    ) -> None:
        async def both() -> None:
            destination.may_answer, destination.failure = asyncio.Event(), UpstreamUnreachable()
            first = asyncio.create_task(worker.carry(destination))
            await destination.is_reached.wait()

            async def let_it_fail() -> None:
                assert destination.may_answer is not None
                destination.may_answer.set()
                await asyncio.wait({first})

            other.while_paused = let_it_fail
            with pytest.raises(KeyedOutcomeUnknown):
                await other.carry(destination)
            assert isinstance(first.exception(), UpstreamUnreachable)

        asyncio.run(both())
        destination.failure = None
        assert other.sends(destination).status == 201


class TestWhatTheUpstreamCanBeAskedFor:
    @pytest.fixture(autouse=True)
    def _asks(self, workers: tuple[Worker, Worker]) -> None:
        for worker in workers:
            worker.asks = True

    def test_goes_on_after_an_unknown_outcome_as_one_that_was_sent_before(
        self, worker: Worker, other: Worker, destination: Destination
    ) -> None:
        destination.failure = UpstreamBroke()
        with pytest.raises(UpstreamBroke):
            worker.sends(destination)
        destination.failure = None
        assert other.sends(destination).status == 201
        assert destination.sent_before == [SentBefore.NO, SentBefore.YES]
        # And its answer is kept from then on.
        assert worker.sends(destination).headers[b"x-stagedoor-outcome"] == b"kept"

    def test_stays_unknown_where_the_upstream_cannot_be_reached_to_be_asked(
        self, worker: Worker, destination: Destination
    ) -> None:
        for failure in (UpstreamBroke(), UpstreamUnreachable()):
            destination.failure = failure
            with pytest.raises(type(failure)):
                worker.sends(destination)
        destination.failure = None
        worker.sends(destination)
        assert destination.sent_before == [SentBefore.NO, SentBefore.YES, SentBefore.YES]

    def test_is_asked_for_after_a_credential_that_was_refused(self, worker: Worker, destination: Destination) -> None:
        destination.failure = UpstreamRefusedCredential(is_renewed=True)
        with pytest.raises(UpstreamRefusedCredential):
            worker.sends(destination)
        destination.failure = None
        worker.sends(destination)
        assert destination.sent_before == [SentBefore.NO, SentBefore.YES]

    def test_is_left_to_whoever_took_it_over_in_the_same_moment(
        self, worker: Worker, destination: Destination, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        destination.failure = UpstreamBroke()
        with pytest.raises(UpstreamBroke):
            worker.sends(destination)
        monkeypatch.setattr(worker.writes, "take_over", lambda *_: False)
        with pytest.raises(KeyedOutcomeUnknown) as refused:
            worker.sends(destination)
        assert refused.value.headers == {"Retry-After": "5"}
        assert len(destination.bodies) == 1

    def test_is_taken_over_from_a_process_that_died_long_ago(
        self, worker: Worker, other: Worker, destination: Destination, clock: HeldClock
    ) -> None:
        worker.writes.lose = lambda *_, **__: None  # type: ignore[method-assign]
        destination.failure = UpstreamBroke()
        with pytest.raises(UpstreamBroke):
            worker.sends(destination)
        destination.failure = None
        other.sends(destination)
        clock.advance(UNDER_WAY_AT_MOST + timedelta(seconds=1))
        other.sends(destination)
        assert destination.sent_before == [SentBefore.NO, SentBefore.MAYBE_UNDER_WAY, SentBefore.YES]

    def test_is_never_asked_for_with_another_body(self, worker: Worker, destination: Destination) -> None:
        destination.failure = UpstreamBroke()
        with pytest.raises(UpstreamBroke):
            worker.sends(destination)
        with pytest.raises(IdempotencyKeyReused):
            worker.sends(destination, b"[]")
        with pytest.raises(BodyTooLarge):
            worker.sends(destination, b"[" + b" " * 1000)

    def test_is_only_asked_for_while_the_first_is_under_way(
        self, worker: Worker, other: Worker, destination: Destination, clock: HeldClock
    ) -> None:
        async def both() -> None:
            destination.may_answer = asyncio.Event()
            first = asyncio.create_task(worker.carry(destination))
            await destination.is_reached.wait()
            second = asyncio.create_task(other.carry(destination))
            destination.may_answer.set()
            await asyncio.gather(first, second)

        asyncio.run(both())
        assert destination.sent_before[0] is SentBefore.NO
        assert destination.sent_before[1:] in ([], [SentBefore.MAYBE_UNDER_WAY])


class TestTheStore:
    def test_sends_nothing_and_forgets_nothing_by_a_clock_that_is_not_trusted(
        self, worker: Worker, destination: Destination, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def distrust(_: object) -> None:
            raise ClockUntrusted(ClockTrouble.LEAPT)

        worker.sends(destination)
        clock.advance(KEPT)
        with monkeypatch.context() as wrong:
            wrong.setattr(service_module, "verify_trusted", distrust)
            with pytest.raises(ClockUntrusted):
                worker.sends(destination)
            worker.writes.clean_up()
        assert len(destination.bodies) == len(names_of(worker)) == 1

    def test_sends_nothing_that_cannot_be_remembered(
        self, worker: Worker, destination: Destination, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise StoreUnavailable

        monkeypatch.setattr(worker.writes, "claim", fail)
        with pytest.raises(StoreUnavailable):
            worker.sends(destination)
        assert destination.bodies == []

    def test_that_goes_away_after_the_answer_does_not_take_it_from_the_caller(
        self, worker: Worker, destination: Destination, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreUnavailable

        with monkeypatch.context() as away:
            away.setattr(worker.writes, "finish", fail)
            assert worker.sends(destination).status == 201
        with pytest.raises(KeyedOutcomeUnknown):
            worker.sends(destination)
        assert len(destination.bodies) == 1

    def test_forgets_what_has_expired(self, worker: Worker, destination: Destination, clock: HeldClock) -> None:
        worker.sends(destination)
        clock.advance(KEPT)
        worker.writes.clean_up()
        assert names_of(worker) == []

    def test_says_that_an_answer_is_gone_whose_sealing_key_is(self, worker: Worker, destination: Destination) -> None:
        worker.sends(destination)
        worker.writes._vault = Vault(b"x" * 32, hash_key=MasterKey(b"k" * 32).derived_hash_key())
        with pytest.raises(AnswerNotKept):
            worker.sends(destination)
