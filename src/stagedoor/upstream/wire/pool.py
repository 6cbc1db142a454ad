"""The connections to one origin, and who gets which."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from stagedoor.catalog.operations import Pace
from stagedoor.kit.settings import UpstreamTimeouts
from stagedoor.upstream.errors import (
    UpstreamBroke,
    UpstreamConnectTimedOut,
    UpstreamRefusedCredential,
    UpstreamTimedOut,
    UpstreamUnreachable,
)
from stagedoor.upstream.wire.connection import UpstreamConnection
from stagedoor.upstream.wire.exchange import Exchange
from stagedoor.upstream.wire.head import SAFE_METHODS
from stagedoor.upstream.wire.origin import Origin
from stagedoor.upstream.wire.tunnel import open_connection

CLOSING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many and how long. Times but the connect timeout are whole numbers of ticks, and up to one tick late.

    The ticks that are named like a :class:`~stagedoor.catalog.operations.Pace` bound the silence before an answer to
    such a request; ``pause_ticks`` bounds each silence within a body, request's or answer's, however long the whole.
    ``idle_ticks`` is how long a connection is kept that nobody uses.
    """

    connections: int = 128
    waiting: int = 1024
    connect_seconds: float = 10.0
    tick_seconds: float = 1.0
    line_ticks: int = 10
    idle_ticks: int = 30
    read_ticks: int = 60
    write_ticks: int = 100
    long_ticks: int = 300
    transfer_ticks: int = 300
    pause_ticks: int = 60

    @classmethod
    def within(cls, timeouts: UpstreamTimeouts) -> Self:
        """Return the limits that keep to an operator's timeouts."""
        return cls(
            connect_seconds=timeouts.connect,
            line_ticks=timeouts.connect,
            read_ticks=timeouts.read,
            write_ticks=timeouts.write,
            long_ticks=timeouts.long,
            transfer_ticks=timeouts.transfer,
            pause_ticks=timeouts.idle,
        )

    def ticks_for(self, pace: Pace) -> int:
        """Return how long the upstream may be silent before it answers such a request."""
        match pace:
            case Pace.READ:
                return self.read_ticks
            case Pace.WRITE:
                return self.write_ticks
            case Pace.LONG:
                return self.long_ticks
            case Pace.TRANSFER:
                return self.transfer_ticks


def refuse(exchange: Exchange) -> None:
    """Tell a caller that the upstream refused the credential; where nobody can renew it."""
    exchange.fail(UpstreamRefusedCredential())


class ConnectionPool:
    """Give each exchange the connection that was used last, or a new one, or a place in a bounded line.

    The connection used last is the least likely to be closed at the other end; the others grow idle and are let go.
    ``when_refused`` is given an exchange, without a connection, whose credential the upstream refused, and has to
    send or fail it.
    """

    def __init__(
        self,
        origin: Origin,
        limits: PoolLimits,
        when_empty: Callable[[], None],
        when_refused: Callable[[Exchange], None] = refuse,
    ) -> None:
        self.origin = origin
        self.when_refused = when_refused
        self._limits = limits
        self._when_empty = when_empty
        self._loop = asyncio.get_running_loop()
        self._connections: set[UpstreamConnection] = set()
        self._idle: list[UpstreamConnection] = []
        self._line: deque[Exchange] = deque()
        self._dials: set[asyncio.Task[None]] = set()
        self._dialling = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, exchange: Exchange) -> None:
        """Carry the exchange now or, when no connection is idle, as soon as there is one.

        Raises :class:`UpstreamUnreachable` when too many wait already; nothing was sent then.
        """
        idle = self._idle
        while idle:
            connection = idle.pop()
            if not connection.can_carry:
                continue
            if not exchange.is_repeatable and connection.is_doubtful():
                connection.drop()
                continue
            connection.carry(exchange)
            return
        if len(self._line) >= self._limits.waiting:
            raise UpstreamUnreachable(internal=f"{self._limits.waiting} requests wait for a connection already")
        self._line.append(exchange)
        self._dial_for_the_line()

    def repeat(self, exchange: Exchange) -> None:
        """Carry an exchange whose pooled connection was dead, on a fresh one: the other idle ones may be dead too."""
        self._dial(exchange)

    def leave(self, exchange: Exchange) -> None:
        """Take an exchange that was cancelled out of the line."""
        if exchange in self._line:
            self._line.remove(exchange)

    def give_back(self, connection: UpstreamConnection) -> None:
        """Take a connection that can carry the next exchange."""
        if not connection.can_carry:
            return
        if self._line:
            connection.carry(self._line.popleft())
        else:
            connection.ticks_quiet = 0
            self._idle.append(connection)

    def forget(self, connection: UpstreamConnection) -> None:
        """Strike out a connection that was closed."""
        self._connections.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._dial_for_the_line()

    async def close(self) -> None:
        """Close every connection at once; what was under way fails."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting = list(self._line)
        self._line.clear()
        dials = list(self._dials)
        for dial in dials:
            dial.cancel()
        open_ones = list(self._connections)
        for connection in open_ones:
            connection.break_off("Stagedoor closes its connections")
        for exchange in waiting:
            exchange.fail(UpstreamUnreachable(internal="Stagedoor closes its connections"))
        await asyncio.gather(*dials, return_exceptions=True)
        if open_ones:
            # The loop tells of a closed transport a few rounds later, and must not be closed itself before.
            await asyncio.wait([connection.gone for connection in open_ones], timeout=CLOSING_SECONDS)

    def _dial_for_the_line(self) -> None:
        limit = self._limits.connections
        while self._dialling < len(self._line) and len(self._connections) + self._dialling < limit:
            self._dial(None)

    def _dial(self, exchange: Exchange | None) -> None:
        dial = self._loop.create_task(self._connect(exchange))
        self._dials.add(dial)
        self._dialling += 1
        dial.add_done_callback(self._dials.discard)
        if self._timer is None:
            self._timer = self._loop.call_later(self._limits.tick_seconds, self._tick)

    async def _connect(self, exchange: Exchange | None) -> None:
        connection = UpstreamConnection(self)
        failure: Exception | None = None
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                await open_connection(self.origin, connection)
        except (OSError, UnicodeError) as reason:
            failure = reason
        except asyncio.CancelledError:
            if exchange is not None:
                exchange.fail(UpstreamBroke(internal="Stagedoor closes its connections"))
            raise
        finally:
            self._dialling -= 1
        if failure is None:
            self._connections.add(connection)
            self._hand_over(connection, exchange)
            return
        if exchange is None and self._line:
            exchange = self._line.popleft()
        if exchange is not None:
            where = self.origin.authority
            said = f"{where}: {str(failure) or type(failure).__name__}"
            if isinstance(failure, TimeoutError):
                exchange.fail(UpstreamConnectTimedOut(seconds=self._limits.connect_seconds, internal=said))
            else:
                exchange.fail(UpstreamUnreachable(internal=said))
        self._dial_for_the_line()

    def _hand_over(self, connection: UpstreamConnection, exchange: Exchange | None) -> None:
        if exchange is None or exchange.is_over:
            self.give_back(connection)
        elif connection.can_carry:
            connection.carry(exchange)
        else:
            exchange.fail(UpstreamBroke(internal="upstream closes each connection"))
        if connection.transport.is_closing():
            self.forget(connection)
        else:
            self._dial_for_the_line()

    def _tick(self) -> None:
        limits = self._limits
        for connection in list(self._connections):
            if connection.exchange is None:
                connection.ticks_quiet += 1
                if connection.ticks_quiet > limits.idle_ticks:
                    connection.drop()
            elif connection.waits_for_upstream():
                connection.ticks_quiet += 1
                self._end_what_is_too_quiet(connection)
        for exchange in list(self._line):
            exchange.ticks_waited += 1
            if exchange.ticks_waited > limits.line_ticks:
                self.leave(exchange)
                seconds = limits.line_ticks * limits.tick_seconds
                exchange.fail(UpstreamConnectTimedOut(seconds=seconds, internal="no connection came free in time"))
        if self._connections or self._line or self._dials:
            self._timer = self._loop.call_later(limits.tick_seconds, self._tick)
        else:
            self._timer = None
            self._when_empty()

    def _end_what_is_too_quiet(self, connection: UpstreamConnection) -> None:
        exchange = connection.exchange
        if exchange is None:
            return
        pace = exchange.onward.pace
        is_pause = connection.is_within_a_body
        ticks = self._limits.pause_ticks if is_pause else self._limits.ticks_for(pace)
        if connection.ticks_quiet > ticks:
            seconds = ticks * self._limits.tick_seconds
            timeout = "idle" if is_pause else pace.value
            changes = exchange.onward.method not in SAFE_METHODS
            connection.time_out(UpstreamTimedOut(timeout, seconds=seconds, changes=changes, internal=timeout))
