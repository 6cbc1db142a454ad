"""Starting jobs and adding queue items on a remote Orchestrator at most once, and knowing whether it happened.

The vendor keeps a reference with each job and each queue item. A request that names none is given one of ours; when
its outcome is lost (the connection broke, no answer came in time, the upstream answered 5xx), the upstream is asked
for that reference, and what it has is the answer. A client that repeats a POST on such failures, as the vendor's own
does, then has nothing to repeat.

Where it stays unknown, and where the caller left before it was known, the order is remembered for a while
(``gateway/unsettled.py``): the same order, sent again, is asked for first, and goes out only once it is known not to
have happened, with the reference that it had.

A reference of the caller's own stays. Others may bear it too, so that nothing is asked for by it: such an order is sent
once each time that it comes.

With ``Idempotency-Key`` the reference follows from the key and who holds it, so that the same request sent again finds
what the first one did and is not sent a second time. That a key was used is remembered in the store
(``gateway/keyed_writes``); a request whose key was goes out again only once the upstream says that it knows nothing
of it.

Where the upstream refused the credential, which was renewed then, the request goes out again if the upstream says
that it does not know the reference: both together tell that it was never applied (RFC 9110 section 9.2.2).
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import orjson

from stagedoor.catalog.operations import Pace
from stagedoor.gateway.errors import IdempotencyKeyMalformed, KeyedOutcomeUnknown, OutcomeUnknown
from stagedoor.gateway.folder_headers import FOLDER_HEADERS
from stagedoor.gateway.unsettled import UnsettledOrders
from stagedoor.kit.errors import StagedoorError
from stagedoor.upstream.errors import UpstreamBroke, UpstreamRefusedCredential, UpstreamTimedOut
from stagedoor.upstream.forward import Begin, Forwarder
from stagedoor.upstream.onward import Onward, SendChunk, StartAnswer

IDEMPOTENCY_HEADER = "idempotency-key"
IDEMPOTENCY_KEY_CHARACTERS_MAX = 255
ASK_AFTER_SECONDS = (0.0, 0.5, 1.5)
"""An upstream that lost the connection may still be at work; it is asked again a little later."""
ASK_AGAIN_AFTER_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""The same for an order that was sent before and may be under way; shorter than clients wait."""
ANSWER_BYTES_MAX = 8 * 1024 * 1024
WHOLE_BYTES_MAX = 1024 * 1024
"""An answer up to this long is passed on once it is whole, so that one that breaks off can still be asked for."""
ABOUT_THE_BODY = frozenset({b"content-type", b"content-encoding", b"accept-encoding", b"prefer"})
OUTCOME_HEADER = (b"x-stagedoor-outcome", b"asked")

Pause = Callable[[float], Coroutine[None, None, None]]
UntilLeft = Callable[[], Awaitable[None]]


class _Known(Enum):
    """What the upstream says about a reference."""

    THERE = auto()
    NOT_THERE = auto()
    NOT_SAID = auto()


class SentBefore(Enum):
    """Whether a request with this ``Idempotency-Key`` went out before."""

    NO = auto()
    YES = auto()
    MAYBE_UNDER_WAY = auto()


@dataclass(frozen=True, slots=True)
class _Looked:
    """Where an operation keeps its reference, and where it is looked up."""

    parameter: str
    path: str
    answers_list: bool


OPERATIONS = {
    "Jobs_StartJobs": _Looked("startInfo", "/odata/Jobs", answers_list=True),
    "Queues_AddQueueItem": _Looked("itemData", "/odata/QueueItems", answers_list=False),
}


def verify_idempotency_key(idempotency_key: str) -> None:
    """Return if this is one; raises :class:`IdempotencyKeyMalformed`."""
    if not (0 < len(idempotency_key) <= IDEMPOTENCY_KEY_CHARACTERS_MAX):
        raise IdempotencyKeyMalformed


class AtMostOnce:
    """Carry one of :data:`OPERATIONS`, and ask for the outcome where it is unknown."""

    def __init__(self, forwarder: Forwarder, unsettled: UnsettledOrders, *, pause: Pause = asyncio.sleep) -> None:
        self._forwarder = forwarder
        self._unsettled = unsettled
        self._pause = pause

    async def forward(
        self,
        operation_id: str,
        onward: Onward,
        body: bytes,
        *,
        request_id: str,
        caller_id: str,
        key_holder: str,
        idempotency_key: str | None,
        begin: Begin,
        start_answer: StartAnswer,
        send_chunk: SendChunk,
        until_left: UntilLeft,
        sent_before: SentBefore = SentBefore.NO,
    ) -> None:
        """Send the request once, and answer what came of it.

        ``until_left`` waits for the caller to leave; what was begun goes on then. ``key_holder`` and ``sent_before``
        are about the ``idempotency_key`` alone: who else uses the same one means another order.
        Raises what :meth:`~stagedoor.upstream.forward.Forwarder.forward` raises where the upstream does not know the
        reference either, :class:`OutcomeUnknown` for an order sent again that cannot be told from one that happened,
        and :class:`IdempotencyKeyMalformed`.
        """
        looked = OPERATIONS[operation_id]
        caller = _Caller(begin, start_answer, send_chunk)
        reference = _reference(request_id, key_holder, operation_id, idempotency_key)
        place = (onward.base_url, _folder_of(onward))
        name = self._unsettled.name_of(caller_id, operation_id, *place, idempotency_key or "", body=body)
        former = None if idempotency_key is not None else self._unsettled.find(name)
        if former is not None:
            reference = former.reference
        marked = _mark(body, looked.parameter, reference)
        if marked is None:
            # It names a reference of its own, or it is nothing that could bear one.
            if sent_before is not SentBefore.NO:
                raise KeyedOutcomeUnknown(is_under_way=sent_before is SentBefore.MAYBE_UNDER_WAY)
            await self._send(onward, body, begin, start_answer, send_chunk)
            return
        order = _Order(looked, onward, marked, reference)
        if sent_before is not SentBefore.NO:
            may_be_under_way = sent_before is SentBefore.MAYBE_UNDER_WAY
            if await self._is_answered_again(name, order, caller, may_be_under_way=may_be_under_way):
                return
        elif idempotency_key is not None and await self._is_answered(order, caller):
            return
        if former is not None and await self._is_answered_again(name, order, caller):
            return
        async with self._remembered_if_left(name, order.reference, until_left):
            await self._carry_out(name, order, caller)
        if former is not None:
            await self._unsettled.settle(name)

    async def _carry_out(self, name: str, order: "_Order", caller: "_Caller") -> None:
        try:
            lost = await self._send_unless_lost(order.onward, order.body, caller)
        except UpstreamRefusedCredential as refusal:
            lost = await self._send_renewed(refusal, order, caller)
        if lost is None:
            return
        for seconds in ASK_AFTER_SECONDS:
            await self._pause(seconds)
            if await self._is_answered(order, caller):
                return
        await self._unsettled.note(name, order.reference, is_under_way=False)
        if isinstance(lost, StagedoorError):
            raise lost
        await lost.send(caller.start_answer, caller.send_chunk)

    async def _is_answered_again(
        self, name: str, order: "_Order", caller: "_Caller", *, may_be_under_way: bool = False
    ) -> bool:
        """Answer an order that was sent before; returns false where it is known not to have happened."""
        for seconds in ASK_AGAIN_AFTER_SECONDS:
            await self._pause(seconds)
            known = await self._answer_from(order, caller)
            if known is _Known.THERE:
                await self._unsettled.settle(name)
                return True
            former = self._unsettled.find(name)
            is_over = not may_be_under_way and (former is None or not former.is_under_way)
            if known is _Known.NOT_THERE and is_over:
                return False
        raise OutcomeUnknown

    @asynccontextmanager
    async def _remembered_if_left(self, name: str, reference: str, until_left: UntilLeft) -> AsyncIterator[None]:
        has_left = False

        async def watch() -> None:
            nonlocal has_left
            await until_left()
            has_left = True
            await self._unsettled.note(name, reference, is_under_way=True)

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            if not has_left:
                watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            if has_left:
                await self._unsettled.note(name, reference, is_under_way=False)

    async def _send(
        self, onward: Onward, body: bytes, begin: Begin, start_answer: StartAnswer, send_chunk: SendChunk
    ) -> None:
        sent = replace(onward, has_body=bool(body), content_length=len(body) if body else None)
        await self._forwarder.forward(sent, _pieces(body), start_answer, send_chunk, begin=begin)

    async def _send_unless_lost(
        self, onward: Onward, body: bytes, caller: "_Caller"
    ) -> "StagedoorError | _Held | None":
        """Return ``None`` once the answer went to the caller, else what stands in place of an outcome."""
        held = _Held(0, [])
        has_started = False

        async def start(status: int, headers: list[tuple[bytes, bytes]]) -> None:
            held.status, held.headers = status, headers

        async def take(chunk: bytes) -> None:
            nonlocal has_started
            if has_started:
                await caller.send_chunk(chunk)
                return
            held.take(chunk)
            if held.status < 500 and len(held.body) > WHOLE_BYTES_MAX:
                has_started = True
                await held.send(caller.start_answer, caller.send_chunk)

        try:
            await self._send(onward, body, caller.begin, start, take)
        except (UpstreamBroke, UpstreamTimedOut) as failure:
            if has_started:
                raise
            return failure
        if held.status >= 500:
            return held
        if not has_started:
            await held.send(caller.start_answer, caller.send_chunk)
        return None

    async def _send_renewed(
        self, refusal: UpstreamRefusedCredential, order: "_Order", caller: "_Caller"
    ) -> "StagedoorError | _Held | None":
        if not refusal.is_renewed:
            raise refusal
        known = await self._answer_from(order, caller)
        if known is _Known.THERE:
            return None
        if known is _Known.NOT_SAID:
            raise refusal
        return await self._send_unless_lost(order.onward, order.body, caller)

    async def _is_answered(self, order: "_Order", caller: "_Caller") -> bool:
        return await self._answer_from(order, caller) is _Known.THERE

    async def _answer_from(self, order: "_Order", caller: "_Caller") -> _Known:
        """Answer with what the upstream has under the reference, if it has anything."""
        held = _Held(0, [])

        async def start(status: int, headers: list[tuple[bytes, bytes]]) -> None:
            held.status, held.headers = status, headers

        async def take(chunk: bytes) -> None:
            held.take(chunk)

        try:
            await self._forwarder.forward(order.question(), _pieces(b""), start, take, begin=caller.begin)
            found = orjson.loads(bytes(held.body)) if held.status == 200 else {}
        except (StagedoorError, orjson.JSONDecodeError):
            return _Known.NOT_SAID
        rows = found.get("value") if isinstance(found, dict) else None
        if not isinstance(rows, list):
            return _Known.NOT_SAID
        if not rows:
            return _Known.NOT_THERE
        answer: Any = found if order.looked.answers_list else rows[0]
        content = orjson.dumps(answer)
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(content))]
        await caller.start_answer(201, [*headers, OUTCOME_HEADER])
        await caller.send_chunk(content)
        return _Known.THERE


@dataclass(frozen=True, slots=True)
class _Order:
    """What goes upstream once; ``body`` bears the reference by which it is asked for."""

    looked: _Looked
    onward: Onward
    body: bytes
    reference: str

    def question(self) -> Onward:
        """Return the read that looks for the reference."""
        return replace(
            self.onward,
            method="GET",
            path=self.looked.path,
            query=f"$filter=Reference%20eq%20'{self.reference}'",
            headers=tuple(pair for pair in self.onward.headers if pair[0] not in ABOUT_THE_BODY),
            has_body=False,
            content_length=None,
            pace=Pace.READ,
        )


@dataclass(frozen=True, slots=True)
class _Caller:
    """Where an answer goes, and what it passes on the way."""

    begin: Begin
    start_answer: StartAnswer
    send_chunk: SendChunk


class _Held:
    """An answer that is not the caller's yet."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        self.headers = headers
        self.body = bytearray()

    def take(self, chunk: bytes) -> None:
        self.body += chunk
        if len(self.body) > ANSWER_BYTES_MAX:
            raise UpstreamBroke(internal="an answer that had to be held is too long")

    async def send(self, start_answer: StartAnswer, send_chunk: SendChunk) -> None:
        await start_answer(self.status, self.headers)
        if self.body:
            await send_chunk(bytes(self.body))


def _reference(request_id: str, key_holder: str, operation_id: str, idempotency_key: str | None) -> str:
    if idempotency_key is None:
        return f"sd-{request_id}"
    verify_idempotency_key(idempotency_key)
    named = "\n".join((key_holder, operation_id, idempotency_key)).encode("utf-8", "surrogateescape")
    return f"sd-{hashlib.sha256(named).hexdigest()[:40]}"


def _folder_of(onward: Onward) -> str:
    named = [f"{name!r}{value!r}" for name, value in onward.headers if name in FOLDER_HEADERS]
    return "".join(named)


def _mark(body: bytes, parameter: str, reference: str) -> bytes | None:
    """Return the body with the reference in it, or ``None`` for one that has its own or cannot bear any."""
    try:
        order = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(order, dict):
        return None
    named = [name for name in order if name.lower() == parameter.lower()]
    if len(named) != 1 or not isinstance(order[named[0]], dict):
        return None
    inner = order[named[0]]
    if any(name.lower() == "reference" and inner[name] for name in inner):
        return None
    for name in [name for name in inner if name.lower() == "reference"]:
        del inner[name]
    inner["Reference"] = reference
    return orjson.dumps(order)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    if body:
        yield body
