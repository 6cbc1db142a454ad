"""The house's application behind a door that fails when the test says so, and stands still while data go back."""

import asyncio
from typing import cast

import orjson

from stagedoor.catalog import CATALOG
from stagedoor.door.app import VISIT
from stagedoor.door.bounded_protocol import BoundedProtocol
from stagedoor.door.errors import dialect_of, draw_error
from stagedoor.door.house import House
from stagedoor.door.surfaces import Surface
from stagedoor.door.visit import Message, Receive, Scope, Send, Visit
from stagedoor.identity.api_users.key_form import find_key_id
from stagedoor.identity.authenticators.errors import AccessKeyExpired, NotAuthenticated
from stagedoor.identity.issued_tokens.errors import Fault as TokenFault
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.kit.errors import StagedoorError
from stagedoor.testing.control import BODY_BYTES_MAX, PREFIX, Control, refusal_of
from stagedoor.testing.errors import ControlRefused, InjectedFault
from stagedoor.testing.faults import NO_TIME, Asked, Effect, Faults, Lost, credential_in
from stagedoor.testing.moved_clock import MovedClock

SEVER = "stagedoor.sever"
"""Where the protocol leaves in the scope how to end the connection."""
STANDSTILL_SECONDS_MAX = 10.0


class SeverableProtocol(BoundedProtocol):
    """The server's protocol, whose connections the application can end."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("Scope", self.scope)[SEVER] = self.transport.close


class FaultyDoor:
    """The ASGI application of a server for tests. Its methods are for the thread of its event loop."""

    def __init__(self, house: House, faults: Faults, clock: MovedClock, control: Control) -> None:
        self._house = house
        self._faults = faults
        self._clock = clock
        self._control = control
        self._open = asyncio.Event()
        self._open.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._under_way = 0
        self.was_used = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and str(scope["path"]).startswith(PREFIX):
            # Not one of the requests under way: an order may have to wait until there are none.
            await _answer_order(self._control, scope, receive, send)
            return
        await self._open.wait()
        self.was_used = True
        self._under_way += 1
        self._idle.clear()
        try:
            await self._answer(scope, receive, send)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def stand_still(self) -> None:
        """Let nobody in until :meth:`go_on`, and return when all who are in have left.

        Raises ``TimeoutError`` for those who do not leave.
        """
        self._open.clear()
        try:
            await asyncio.wait_for(self._idle.wait(), STANDSTILL_SECONDS_MAX)
        except TimeoutError:
            self._open.set()
            raise

    async def go_on(self, house: House) -> None:
        """Let everybody in again, to this house."""
        if house is not self._house:
            await self._house.gateway.close()
        self._house = house
        self._open.set()

    async def close(self) -> None:
        """Give back what belongs to the loop."""
        await self._house.gateway.close()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        house = self._house
        visit = house.app.enter(scope)
        asked = _asked(visit, credential_in(scope["headers"]))
        if visit.place.surface in (Surface.ORCHESTRATOR, Surface.MANAGEMENT) and self._faults.is_expired(
            asked.credential
        ):
            await _refuse(visit, _expired(asked.credential or "", house), send)
            return
        effect = self._faults.take(asked, self._clock.now()) or Effect()
        if effect.latency > NO_TIME:
            self._clock.step(effect.latency)
            await house.threads.run(house.upkeep.carry_out_duties)
        if effect.real_latency > NO_TIME:
            await asyncio.sleep(effect.real_latency.total_seconds())
        if effect.status is not None and effect.lost is None:
            await _refuse(visit, InjectedFault(effect.status, effect.retry_after), send)
            return
        if effect.lost is not None:
            outgoing = _LosingSend(send, effect.lost)
            if effect.lost is Lost.REQUEST:
                # What is left unread would have the connection reset, which looks different to the client.
                await _read_whole(receive)
            else:
                scope[VISIT] = visit
                await house.app(scope, receive, outgoing)
            await _sever(scope, receive)
            return
        scope[VISIT] = visit
        await house.app(scope, receive, send)


class _LosingSend:
    """Send of an answer what is to arrive."""

    def __init__(self, send: Send, lost: Lost) -> None:
        self._send = send
        self._begins = lost is Lost.HALF_THE_ANSWER
        self._is_over = False

    async def __call__(self, message: Message) -> None:
        if not self._begins or self._is_over:
            return
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
            self._is_over = True
        await self._send(message)


def _asked(visit: Visit, credential: str | None) -> Asked:
    path, operation_id = visit.place.path, None
    if visit.place.surface is Surface.ORCHESTRATOR and visit.raised is None:
        method = str(visit.scope["method"])
        match = CATALOG.match("GET" if method == "HEAD" else method, path)
        operation_id = None if match is None else match.operation.id
    return Asked(operation_id=operation_id, path=path, credential=credential)


def _expired(credential: str, house: House) -> StagedoorError:
    key_id = find_key_id(credential)
    if key_id is not None:
        return AccessKeyExpired(key_id, house.clock.now())
    return NotAuthenticated(hint=TokenRefused(TokenFault.EXPIRED).public)


async def _refuse(visit: Visit, error: StagedoorError, send: Send) -> None:
    drawn = draw_error(error, dialect_of(visit.place), visit.request_id)
    visit.raw_send = send
    await visit.answer(drawn.status, drawn.headers, drawn.body)


async def _answer_order(control: Control, scope: Scope, receive: Receive, send: Send) -> None:
    try:
        if not control.may(credential_in(scope["headers"])):
            raise ControlRefused(status=401)
        body = await _read_body(receive)
        content = await asyncio.to_thread(control.carry_out, str(scope["method"]), str(scope["path"]), body)
        status = 200
    except StagedoorError as refused:
        status, content = refusal_of(refused)
    written = orjson.dumps(content)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(written)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": written})


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise ControlRefused(f"An order has at most {BODY_BYTES_MAX} bytes.", status=413)
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body)


async def _read_whole(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
        pass


async def _sever(scope: Scope, receive: Receive) -> None:
    scope[SEVER]()
    # Until the server knows, it would answer for us.
    while (await receive())["type"] != "http.disconnect":
        pass
