"""Carrying a write that bears an ``Idempotency-Key``: once, and what came of it for whoever sends it again.

As draft-ietf-httpapi-idempotency-key-header has it. That a key is used is written before anything is sent, and what
was answered before the caller sees the end of it, so that no moment is left in which the same request could go out a
second time: neither by another worker nor after a kill. What a kill leaves behind is a write whose outcome is unknown,
and that is said.

The bodies are not held: a fingerprint is made of them as they pass.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Protocol

from stagedoor.gateway.at_most_once import IDEMPOTENCY_HEADER, SentBefore, verify_idempotency_key
from stagedoor.gateway.body import Receive, read_whole, stream
from stagedoor.gateway.carriage import Carriage, destination_of
from stagedoor.gateway.embedded import SendAnswerBody, SendAnswerStart
from stagedoor.gateway.errors import AnswerNotKept, BodyTooLarge, IdempotencyKeyReused, KeyedOutcomeUnknown
from stagedoor.gateway.keyed_writes.schemas import FormerWrite, Header, KeptAnswer, WriteState
from stagedoor.gateway.keyed_writes.service import ANSWER_BYTES_MAX, KeyedWrites
from stagedoor.kit.clock import Clock
from stagedoor.kit.errors import StagedoorError, StoreUnavailable
from stagedoor.kit.logs import get_logger
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import Caller, CredentialKind, Destination, RequestHead
from stagedoor.upstream.errors import UpstreamRefusedCredential, UpstreamUnreachable
from stagedoor.upstream.upstream_tokens.errors import UpstreamSignInFailed
from stagedoor.upstream.wire.head import SAFE_METHODS

LOOK_AGAIN_AFTER_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
"""The first of two that come at the same time is mostly over soon, and then its answer is the second's."""
UNDER_WAY_AT_MOST = timedelta(minutes=10)
"""Longer than anything takes that is asked of an upstream; what is older was left by a process that died."""
KEPT_HEADER = (b"x-stagedoor-outcome", b"kept")
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
LASTING = frozenset({CredentialKind.ACCESS_KEY, CredentialKind.NARROWED_KEY, CredentialKind.PERSONAL_ACCESS_TOKEN})
"""Credentials that are the same for as long as they open anything."""
NEVER_SENT = (UpstreamUnreachable, UpstreamRefusedCredential, UpstreamSignInFailed, BodyTooLarge)
"""After these it is known that nothing was carried out."""

_log = get_logger("stagedoor.gateway")


class CarryOn(Protocol):
    """Carries a request to its destination."""

    def __call__(
        self,
        carriage: Carriage,
        receive: Receive,
        start: SendAnswerStart,
        send_body: SendAnswerBody,
        sent_before: SentBefore = SentBefore.NO,
        /,
    ) -> Coroutine[Any, Any, None]:
        """Carry it and send its answer."""


def is_keyed(head: RequestHead) -> bool:
    """Tell whether a request is a write that bears an ``Idempotency-Key``; on reads the header means nothing."""
    return head.method not in SAFE_METHODS and IDEMPOTENCY_HEADER in head.headers


def holder_of(caller: Caller) -> str:
    """Return what tells those who use idempotency keys from one another; the same key means to each another write.

    An OAuth token is another one after each renewal, but the person, and the program that acts for them, are the same.
    """
    if caller.credential_kind in LASTING:
        return f"{caller.credential_kind}:{caller.credential_name}"
    return f"{caller.kind}:{caller.id}:{caller.client_id or ''}"


class KeyedCarrying:
    """Carry writes with an ``Idempotency-Key``.

    ``can_be_asked_for`` tells of which of them the upstream can be asked whether they happened; those go on although
    an earlier one's outcome is unknown.
    """

    def __init__(
        self,
        writes: KeyedWrites,
        threads: WorkerThreads,
        clock: Clock,
        *,
        can_be_asked_for: Callable[[Carriage], bool],
        asked_body_bytes_max: int,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._writes = writes
        self._threads = threads
        self._clock = clock
        self._can_be_asked_for = can_be_asked_for
        self._asked_body_bytes_max = asked_body_bytes_max
        self._pause = pause

    async def carry(
        self,
        carriage: Carriage,
        receive: Receive,
        start: SendAnswerStart,
        send_body: SendAnswerBody,
        carry_on: CarryOn,
    ) -> None:
        """Carry the request, or answer what is known of it.

        Raises what carrying it raises, :class:`~stagedoor.gateway.errors.IdempotencyKeyMalformed`,
        :class:`IdempotencyKeyReused`, :class:`AnswerNotKept`, :class:`KeyedOutcomeUnknown`, and
        :class:`~stagedoor.kit.errors.StoreUnavailable` or :class:`~stagedoor.kit.steady_clock.ClockUntrusted` where it
        could not be remembered; it is not sent then.
        """
        key = carriage.head.headers[IDEMPOTENCY_HEADER]
        verify_idempotency_key(key)
        holder = self._writes.hash_of("keyed-write-holder", holder_of(carriage.caller))
        counted_to = self._writes.hash_of("keyed-write-holder", _counted_to(carriage.caller))
        operation = carriage.match.operation.id
        name = self._writes.hash_of("keyed-write", holder, carriage.tenant.tenant_id, operation, key)
        request = _Request(receive, carriage, self._writes.hash_of)
        use = _Use(self._writes, self._threads, name, carriage.head.request_id)
        former = await self._threads.run(self._writes.claim, name, counted_to, use.owner)
        if former is None:
            await self._carry_first(use, carriage, request, start, send_body, carry_on)
        elif former.state is not WriteState.FINISHED and self._can_be_asked_for(carriage):
            await self._carry_again(use, former, carriage, request, start, send_body, carry_on)
        else:
            await self._answer(use, former, request, start, send_body)

    async def _carry_first(
        self,
        use: "_Use",
        carriage: Carriage,
        request: "_Request",
        start: SendAnswerStart,
        send_body: SendAnswerBody,
        carry_on: CarryOn,
        sent_before: SentBefore = SentBefore.NO,
    ) -> None:
        answering = _Answering(use, request, start, send_body)
        is_embedded = destination_of(carriage.tenant) is Destination.EMBEDDED
        try:
            await carry_on(carriage, request.receive, answering.start, answering.send_body, sent_before)
        except BaseException as failure:
            if not answering.is_settled:
                # Where the upstream can be asked, that is better than to know.
                is_undone = not self._can_be_asked_for(carriage) and _is_undone(failure, is_embedded=is_embedded)
                await use.end(request.fingerprint, is_undone=is_undone)
            raise

    async def _carry_again(
        self,
        use: "_Use",
        former: FormerWrite,
        carriage: Carriage,
        request: "_Request",
        start: SendAnswerStart,
        send_body: SendAnswerBody,
        carry_on: CarryOn,
    ) -> None:
        """Ask for what an earlier request did, and send it only where the upstream knows nothing of that."""
        body = await read_whole(request.receive, bytes_max=self._asked_body_bytes_max)
        self._verify_same(former, request)
        if self._is_under_way(former):
            # Its owner settles it.
            await carry_on(carriage, _whole(body), start, send_body, SentBefore.MAYBE_UNDER_WAY)
        elif await self._threads.run(self._writes.take_over, use.name, use.owner, former):
            whole = _Request(_whole(body), carriage, self._writes.hash_of)
            await self._carry_first(use, carriage, whole, start, send_body, carry_on, SentBefore.YES)
        else:
            raise KeyedOutcomeUnknown(is_under_way=True)

    async def _answer(
        self,
        use: "_Use",
        former: FormerWrite,
        request: "_Request",
        start: SendAnswerStart,
        send_body: SendAnswerBody,
    ) -> None:
        async for _ in stream(request.receive):
            # Only its fingerprint is wanted.
            pass
        self._verify_same(former, request)
        for seconds in LOOK_AGAIN_AFTER_SECONDS:
            if former.state is not WriteState.UNDER_WAY:
                break
            await self._pause(seconds)
            found = await self._threads.run(self._writes.find, use.name)
            if found is None:
                # The first one came to nothing. Whoever sends it once more is the first.
                raise KeyedOutcomeUnknown(is_under_way=True)
            former = found
            self._verify_same(former, request)
        if former.state is not WriteState.FINISHED:
            raise KeyedOutcomeUnknown(is_under_way=self._is_under_way(former), answered=former.status)
        if former.answer is None:
            raise AnswerNotKept(answered=former.status)
        await start(former.answer.status, [*former.answer.headers, KEPT_HEADER])
        await send_body(former.answer.body, False)

    def _is_under_way(self, former: FormerWrite) -> bool:
        return former.state is WriteState.UNDER_WAY and self._clock.now() - former.claimed_at <= UNDER_WAY_AT_MOST

    @staticmethod
    def _verify_same(former: FormerWrite, request: "_Request") -> None:
        if former.fingerprint is not None and former.fingerprint != request.fingerprint:
            raise IdempotencyKeyReused


class _Request:
    """What is asked: its body on the way through, and the fingerprint of all of it."""

    def __init__(self, receive: Receive, carriage: Carriage, hash_of: Callable[..., str]) -> None:
        head = carriage.head
        folder = "" if carriage.folder is None else carriage.folder.key
        kind = (head.headers.get(name, "") for name in ("content-type", "content-encoding"))
        words = "\n".join((head.method, carriage.path, head.query, folder, *kind, ""))
        self._digest = hashlib.sha256(words.encode("utf-8", "surrogateescape"))
        self._receive = receive
        self._hash_of = hash_of
        self._is_whole = False

    @property
    def fingerprint(self) -> str | None:
        """What tells this request from another; ``None`` until its body was read to the end."""
        return self._hash_of("keyed-write-request", self._digest.hexdigest()) if self._is_whole else None

    async def receive(self) -> Any:
        """Return the next message. Behind the body there is none: a caller who leaves ends nothing here."""
        if self._is_whole:
            await asyncio.Event().wait()
        message = await self._receive()
        if message["type"] == "http.request":
            self._digest.update(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        return message


class _Use:
    """One use of a key, by the request that owns it."""

    def __init__(self, writes: KeyedWrites, threads: WorkerThreads, name: str, owner: str) -> None:
        self._writes = writes
        self._threads = threads
        self.name = name
        self.owner = owner

    async def settle(self, fingerprint: str | None, status: int, answer: KeptAnswer | None) -> None:
        """Note what was answered."""
        writes, name, owner = self._writes, self.name, self.owner
        if status == TOO_MANY_REQUESTS:
            await self._write(lambda: writes.release(name, owner))
        elif status >= SERVER_ERROR:
            await self._write(lambda: writes.lose(name, owner, fingerprint=fingerprint, status=status))
        else:
            await self._write(lambda: writes.finish(name, owner, fingerprint=fingerprint, status=status, answer=answer))

    async def end(self, fingerprint: str | None, *, is_undone: bool) -> None:
        """Note that there was no answer."""
        writes, name, owner = self._writes, self.name, self.owner
        if is_undone:
            await self._write(lambda: writes.release(name, owner))
        else:
            await self._write(lambda: writes.lose(name, owner, fingerprint=fingerprint, status=None))

    async def _write(self, what: Callable[[], None]) -> None:
        try:
            await self._threads.run(what)
        except StoreUnavailable as failure:
            # It stays under way there, which is never sent again either.
            _log.warning("keyed_write_not_settled", internal=failure.internal)


class _Answering:
    """An answer on its way to the caller, held while it is short enough to be kept, and noted before its end."""

    def __init__(self, use: _Use, request: _Request, start: SendAnswerStart, send_body: SendAnswerBody) -> None:
        self._use = use
        self._request = request
        self._start = start
        self._send_body = send_body
        self._status = 0
        self._headers: list[Header] = []
        self._body = bytearray()
        self._goes_through = False
        self.is_settled = False

    async def start(self, status: int, headers: list[Header]) -> None:
        """Take the head."""
        self._status, self._headers = status, headers

    async def send_body(self, piece: bytes, more: bool) -> None:
        """Take a piece of the body."""
        self._body += piece
        if not more:
            await self._settle()
        if not self._goes_through and (not more or len(self._body) > ANSWER_BYTES_MAX):
            self._goes_through = True
            await self._start(self._status, self._headers)
        if self._goes_through:
            piece = bytes(self._body)
            self._body.clear()
            await self._send_body(piece, more)

    async def _settle(self) -> None:
        is_kept = not self._goes_through and len(self._body) <= ANSWER_BYTES_MAX
        answer = KeptAnswer(self._status, tuple(self._headers), bytes(self._body)) if is_kept else None
        await self._use.settle(self._request.fingerprint, self._status, answer)
        self.is_settled = True


def _counted_to(caller: Caller) -> str:
    # Whoever holds a narrowed key makes as many of it as they like; all of them are counted to the access key.
    if caller.credential_kind in LASTING:
        return f"credential:{caller.credential_id}"
    return f"{caller.kind}:{caller.id}"


def _is_undone(failure: BaseException, *, is_embedded: bool) -> bool:
    """Tell whether it is known that nothing was carried out.

    The embedded Orchestrator carries an operation out in one transaction, which a refusal rolls back.
    """
    if isinstance(failure, NEVER_SENT):
        return True
    return is_embedded and isinstance(failure, StagedoorError) and not isinstance(failure, StoreUnavailable)


def _whole(body: bytes) -> Receive:
    waiting: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop()

    return receive
