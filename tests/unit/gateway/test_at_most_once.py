"""A job starts once and a queue item is added once, whatever becomes of the answer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import orjson
import pytest
from tests.factories.upstreams import VAULT

from stagedoor.gateway.at_most_once import ASK_AFTER_SECONDS, ASK_AGAIN_AFTER_SECONDS, AtMostOnce, SentBefore
from stagedoor.gateway.errors import IdempotencyKeyMalformed, KeyedOutcomeUnknown, OutcomeUnknown
from stagedoor.gateway.unsettled import UnsettledOrders
from stagedoor.kit.chance import SeededChance
from stagedoor.upstream.errors import UpstreamBroke, UpstreamRefusedCredential, UpstreamTimedOut, UpstreamUnreachable
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.onward import Onward

ONWARD = Onward("POST", "https://o.example", "/odata/x", "", ((b"x-uipath-folderkey", b"k"),), None, True, 1)
START = orjson.dumps({"startInfo": {"ReleaseKey": "r"}})
ADD = orjson.dumps({"itemData": {"Name": "q"}})


class Upstream:
    """Keeps what it is given by its reference, and loses answers as the test wants."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.posts = 0
        self.questions: list[Onward] = []
        self.lose: Exception | int | None = None
        self.keeps = True
        self.asked_before_it_knows = 0
        self.refuses = 0
        self.refuses_after_keeping = False
        self.is_renewed = True
        self.cannot_say = False
        self.breaks_off = False
        self.is_reached: asyncio.Event | None = None

    async def forward(self, onward: Onward, body: AsyncIterator[bytes], start: Any, take: Any, *, begin: Any) -> int:
        if onward.method == "GET":
            self.questions.append(onward)
            if self.cannot_say:
                await start(500, [])
                return 500
            reference = onward.query.split("'")[1]
            known = len(self.questions) > self.asked_before_it_knows
            await start(200, [])
            await take(orjson.dumps({"value": [row for row in self.kept if known and row["Reference"] == reference]}))
            return 200
        self.posts += 1
        # So that whoever watches for the caller to leave has begun.
        await asyncio.sleep(0)
        if self.is_reached is not None:
            self.is_reached.set()
            await asyncio.sleep(0)
        order = orjson.loads(b"".join([piece async for piece in body]))
        [inner] = order.values()
        if self.refuses and not self.refuses_after_keeping:
            self.refuses -= 1
            raise UpstreamRefusedCredential(is_renewed=self.is_renewed)
        if self.keeps:
            self.kept.append({"Id": len(self.kept) + 1, **inner})
        if self.refuses:
            self.refuses -= 1
            raise UpstreamRefusedCredential(is_renewed=self.is_renewed)
        if isinstance(self.lose, Exception):
            raise self.lose
        if isinstance(self.lose, int):
            await start(self.lose, [(b"x-said", b"no")])
            await take(b"upstream's words")
            return self.lose
        await start(201, [(b"x-said", b"yes")])
        if self.breaks_off:
            await take(b'{"val')
            raise UpstreamBroke
        await take(orjson.dumps({"value": self.kept[-1:]}))
        return 201


class Remembered(UnsettledOrders):
    """Remembers in one process alone, without a store to tell the others through."""

    def __init__(self) -> None:
        super().__init__(VAULT, cast("Any", None), cast("Any", None), SeededChance(1))
        self.told: list[str] = []

    async def _tell(self, name: str, reference: str, state: str) -> None:
        self.told.append(state)


class Told:
    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.paused: list[float] = []

    def json(self) -> Any:
        return orjson.loads(self.body)


def send(
    upstream: Upstream,
    operation: str = "Jobs_StartJobs",
    body: bytes = START,
    *,
    key: str | None = None,
    caller: str = "c1",
    holder: str = "h1",
    unsettled: Remembered | None = None,
    leaves: bool = False,
    sent_before: SentBefore = SentBefore.NO,
) -> Told:
    told = Told()
    is_on_its_way = asyncio.Event()

    async def start(status: int, headers: list[tuple[bytes, bytes]]) -> None:
        told.status, told.headers = status, dict(headers)

    async def take(chunk: bytes) -> None:
        told.body += chunk

    async def pause(seconds: float) -> None:
        told.paused.append(seconds)

    async def until_left() -> None:
        if leaves:
            upstream.is_reached = is_on_its_way
            await is_on_its_way.wait()
        else:
            await asyncio.Event().wait()

    once = AtMostOnce(cast("Forwarder", upstream), unsettled or Remembered(), pause=pause)
    asyncio.run(
        once.forward(
            operation,
            ONWARD,
            body,
            request_id=f"{upstream.posts:032d}",
            caller_id=caller,
            key_holder=holder,
            idempotency_key=key,
            begin=cast("Any", None),
            start_answer=start,
            send_chunk=take,
            until_left=until_left,
            sent_before=sent_before,
        )
    )
    return told


def test_where_nothing_is_lost_the_answer_is_the_upstreams() -> None:
    upstream = Upstream()
    told = send(upstream)
    assert (told.status, told.headers) == (201, {b"x-said": b"yes"})
    assert upstream.questions == []
    assert upstream.kept[0]["Reference"].startswith("sd-")


@pytest.mark.parametrize("lose", [UpstreamBroke(), UpstreamTimedOut(), 500, 502, 503, 504])
@pytest.mark.parametrize(("operation", "body"), [("Jobs_StartJobs", START), ("Queues_AddQueueItem", ADD)])
def test_a_lost_outcome_is_asked_for_and_told(operation: str, body: bytes, lose: Exception | int) -> None:
    upstream = Upstream()
    upstream.lose = lose
    told = send(upstream, operation, body)
    assert upstream.posts == 1
    assert told.status == 201
    assert told.headers[b"x-stagedoor-outcome"] == b"asked"
    found = told.json()["value"][0] if operation == "Jobs_StartJobs" else told.json()
    assert found["Id"] == 1
    assert upstream.questions[0].headers == ((b"x-uipath-folderkey", b"k"),)


def test_an_upstream_still_at_work_is_asked_again() -> None:
    upstream = Upstream()
    upstream.lose, upstream.asked_before_it_knows = UpstreamTimedOut(), 2
    told = send(upstream)
    assert told.status == 201
    assert told.paused == list(ASK_AFTER_SECONDS)
    assert upstream.posts == 1


def test_what_did_not_happen_is_said_as_it_was() -> None:
    upstream = Upstream()
    upstream.keeps, upstream.lose = False, UpstreamBroke()
    with pytest.raises(UpstreamBroke):
        send(upstream)
    upstream.lose = 503
    told = send(upstream)
    assert (told.status, told.headers, told.body) == (503, {b"x-said": b"no"}, b"upstream's words")


def test_what_was_never_sent_is_not_asked_for() -> None:
    upstream = Upstream()
    upstream.keeps, upstream.lose = False, UpstreamUnreachable()
    with pytest.raises(UpstreamUnreachable):
        send(upstream)
    assert upstream.questions == []


def test_the_same_idempotency_key_happens_once() -> None:
    upstream = Upstream()
    first, second = send(upstream, key="a"), send(upstream, key="a")
    assert upstream.posts == 1
    assert first.json()["value"] == second.json()["value"]
    send(upstream, key="b")
    # As where the same caller uses another key, or a narrowed one, which means another order by it.
    send(upstream, key="a", holder="h2")
    assert upstream.posts == 3


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_strange_idempotency_key_is_refused_before_anything_is_sent(key: str) -> None:
    upstream = Upstream()
    with pytest.raises(IdempotencyKeyMalformed):
        send(upstream, key=key)
    assert upstream.posts == 0


class TestAnIdempotencyKeyThatWasSentBefore:
    def test_is_asked_for_before_anything_is_sent(self) -> None:
        upstream = Upstream()
        first = send(upstream, key="a")
        again = send(upstream, key="a", sent_before=SentBefore.YES)
        assert again.headers[b"x-stagedoor-outcome"] == b"asked"
        assert again.json()["value"] == first.json()["value"]
        assert upstream.posts == 1

    def test_is_sent_once_the_upstream_says_that_it_knows_nothing_of_it(self) -> None:
        upstream = Upstream()
        assert send(upstream, key="a", sent_before=SentBefore.YES).status == 201
        assert upstream.posts == 1

    def test_is_not_sent_while_the_upstream_cannot_say(self) -> None:
        upstream = Upstream()
        upstream.cannot_say = True
        with pytest.raises(OutcomeUnknown):
            send(upstream, key="a", sent_before=SentBefore.YES)
        assert upstream.posts == 0

    def test_is_never_sent_while_the_first_may_be_under_way(self) -> None:
        upstream = Upstream()
        with pytest.raises(OutcomeUnknown):
            send(upstream, key="a", sent_before=SentBefore.MAYBE_UNDER_WAY)
        assert (upstream.posts, len(upstream.questions)) == (0, len(ASK_AGAIN_AFTER_SECONDS))

    @pytest.mark.parametrize("sent_before", [SentBefore.YES, SentBefore.MAYBE_UNDER_WAY])
    def test_and_bears_a_reference_of_the_callers_own_is_not_sent(self, sent_before: SentBefore) -> None:
        upstream = Upstream()
        order = orjson.dumps({"startInfo": {"Reference": "mine"}})
        with pytest.raises(KeyedOutcomeUnknown):
            send(upstream, body=order, key="a", sent_before=sent_before)
        assert upstream.posts == 0


@pytest.mark.parametrize("order", [{"startInfo": {"Reference": "mine"}}, {"startinfo": {"reference": "mine"}}])
def test_a_reference_of_the_callers_own_stays_and_is_not_taken_for_ours(order: dict[str, Any]) -> None:
    upstream = Upstream()
    upstream.lose = UpstreamBroke()
    with pytest.raises(UpstreamBroke):
        send(upstream, body=orjson.dumps(order))
    assert upstream.questions == []
    assert {value for name, value in upstream.kept[0].items() if name.lower() == "reference"} == {"mine"}


class TestARefusedCredential:
    def test_that_was_renewed_sends_the_order_again_where_the_upstream_does_not_know_it(self) -> None:
        upstream = Upstream()
        upstream.refuses = 1
        told = send(upstream)
        assert told.status == 201
        assert [order["Id"] for order in upstream.kept] == [1]
        assert len(upstream.questions) == 1
        assert upstream.posts == 2

    def test_that_was_renewed_sends_nothing_again_that_is_known(self) -> None:
        upstream = Upstream()
        upstream.refuses, upstream.refuses_after_keeping = 1, True
        told = send(upstream)
        assert told.headers[b"x-stagedoor-outcome"] == b"asked"
        assert (len(upstream.kept), upstream.posts) == (1, 1)

    def test_that_was_renewed_sends_nothing_again_while_the_upstream_cannot_say(self) -> None:
        upstream = Upstream()
        upstream.refuses, upstream.cannot_say = 1, True
        with pytest.raises(UpstreamRefusedCredential):
            send(upstream)
        assert upstream.posts == 1

    def test_that_is_not_renewed_is_told(self) -> None:
        upstream = Upstream()
        upstream.refuses, upstream.is_renewed = 1, False
        with pytest.raises(UpstreamRefusedCredential):
            send(upstream)
        assert (upstream.posts, upstream.questions) == (1, [])


def test_an_answer_that_breaks_off_half_way_is_asked_for() -> None:
    upstream = Upstream()
    upstream.breaks_off = True
    told = send(upstream)
    assert (told.status, told.json()["value"][0]["Id"]) == (201, 1)
    assert told.headers[b"x-stagedoor-outcome"] == b"asked"


class TestTheSameOrderAgain:
    def test_of_a_caller_who_left_finds_what_the_first_one_did(self) -> None:
        upstream, unsettled = Upstream(), Remembered()
        send(upstream, unsettled=unsettled, leaves=True)
        again = send(upstream, unsettled=unsettled)
        assert (again.status, again.json()["value"][0]["Id"]) == (201, 1)
        assert again.headers[b"x-stagedoor-outcome"] == b"asked"
        assert upstream.posts == 1
        assert unsettled.told == ["under-way", "over", "settled"]

    def test_that_was_answered_is_another_one(self) -> None:
        upstream, unsettled = Upstream(), Remembered()
        for _ in range(2):
            send(upstream, unsettled=unsettled)
        send(upstream, unsettled=unsettled, leaves=True)
        for _ in range(2):
            send(upstream, unsettled=unsettled)
        # The fourth was the third sent again; the fifth is one more.
        assert upstream.posts == 4

    def test_of_another_caller_or_with_another_body_is_another_one(self) -> None:
        upstream, unsettled = Upstream(), Remembered()
        send(upstream, unsettled=unsettled, leaves=True)
        send(upstream, unsettled=unsettled, caller="c2")
        send(upstream, unsettled=unsettled, body=orjson.dumps({"startInfo": {"ReleaseKey": "other"}}))
        assert upstream.posts == 3

    def test_whose_outcome_stayed_unknown_is_not_sent_while_the_upstream_cannot_say(self) -> None:
        upstream, unsettled = Upstream(), Remembered()
        upstream.lose, upstream.cannot_say = UpstreamBroke(), True
        with pytest.raises(UpstreamBroke):
            send(upstream, unsettled=unsettled)
        upstream.lose = None
        with pytest.raises(OutcomeUnknown):
            send(upstream, unsettled=unsettled)
        assert upstream.posts == 1
        upstream.cannot_say = False
        assert send(upstream, unsettled=unsettled).json()["value"][0]["Id"] == 1
        assert upstream.posts == 1

    def test_that_did_not_happen_is_sent_with_the_reference_that_it_had(self) -> None:
        upstream, unsettled = Upstream(), Remembered()
        upstream.lose, upstream.keeps = UpstreamBroke(), False
        with pytest.raises(UpstreamBroke):
            send(upstream, unsettled=unsettled)
        upstream.lose, upstream.keeps = None, True
        first = upstream.questions[0].query
        told = send(upstream, unsettled=unsettled)
        assert told.headers == {b"x-said": b"yes"}
        assert upstream.kept[0]["Reference"] in first
        assert (upstream.posts, unsettled.told) == (2, ["over", "settled"])

    def test_is_not_sent_while_the_first_is_still_under_way_elsewhere(self) -> None:
        upstream, unsettled = Upstream(), Remembered()
        send(upstream, unsettled=unsettled, leaves=True)
        [name] = unsettled._orders
        unsettled._keep(name, "sd-elsewhere", is_under_way=True)
        with pytest.raises(OutcomeUnknown) as told:
            send(upstream, unsettled=unsettled)
        assert told.value.headers["Retry-After"]
        assert upstream.posts == 1
        assert len(upstream.questions) == len(ASK_AGAIN_AFTER_SECONDS)
