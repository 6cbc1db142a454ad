"""The way in: every connection of one process to any upstream."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret
from stagedoor.upstream.errors import UpstreamUnreachable
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import AnswerSink, Exchange
from stagedoor.upstream.wire.head import request_head
from stagedoor.upstream.wire.origin import origin_of, tls_context
from stagedoor.upstream.wire.pool import ConnectionPool, PoolLimits, refuse

PoolKey = tuple[str, str | None, str | None]


SendAgain = Callable[[Exchange, Secret], None]


class Renewal(Protocol):
    """Deals with exchanges whose credential an upstream refused."""

    def newest(self, onward: Onward) -> Onward:
        """Return the request with the newest token, if one was renewed because it was refused."""

    def take(self, exchange: Exchange, send_again: SendAgain) -> None:
        """Have the exchange sent again with another token, or fail it, now or later."""

    async def close(self) -> None:
        """Let nobody wait any more."""


class UpstreamWire:
    """A bounded pool of connections for each address, authority and proxy.

    A request that may write goes out once: only a safe method without a body is sent a second time, and only when a
    pooled connection turned out to be dead before any byte of an answer, or when ``renewal`` has a new token for one
    that was refused.
    """

    def __init__(self, limits: PoolLimits | None = None, *, renewal: Renewal | None = None) -> None:
        self._renewal = renewal
        self._limits = limits or PoolLimits()
        self._pools: dict[PoolKey, ConnectionPool] = {}
        self._system_tls: ssl.SSLContext | None = None

    def prepare(self) -> None:
        """Load the system's certificate authorities, which takes a moment; for a worker thread."""
        self._trust_the_system()

    def begin(self, onward: Onward, sink: AnswerSink) -> Exchange:
        """Send the request's head, over an idle connection at once, and return its exchange.

        Hand the body over with :meth:`Exchange.write_body` and :meth:`Exchange.end_body`. Raises
        :class:`UpstreamUnreachable` when nothing can be sent (an address that is none, a line that is full) and
        ``ValueError`` for a head that could not be told from two; the sink hears nothing then.
        """
        if self._renewal is not None and onward.connection_id is not None:
            onward = self._renewal.newest(onward)
        key = (onward.base_url, onward.ca_pem, onward.proxy_url)
        pool = self._pools.get(key) or self._open_pool(key)
        head = onward.written
        if head is None:
            head = onward.written = request_head(onward, pool.origin)
        exchange = Exchange(sink, onward, head, pool)
        pool.begin(exchange)
        return exchange

    async def close(self) -> None:
        """Close every connection at once; what was under way fails."""
        if self._renewal is not None:
            await self._renewal.close()
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.close()

    def _open_pool(self, key: PoolKey) -> ConnectionPool:
        base_url, ca_pem, proxy_url = key
        try:
            tls = self._tls(ca_pem) if base_url.startswith("https:") else None
            origin = origin_of(base_url, tls=tls, proxy_url=proxy_url)
        except (ValueError, ssl.SSLError) as failure:
            # Not the address itself: a proxy's may hold a password.
            raise UpstreamUnreachable(internal=f"the address of the upstream cannot be used: {failure}") from failure
        when_refused = refuse if self._renewal is None else self._renew
        pool = ConnectionPool(origin, self._limits, lambda: self._let_go(key), when_refused)
        self._pools[key] = pool
        return pool

    def _renew(self, exchange: Exchange) -> None:
        if exchange.is_over:
            return
        if self._renewal is None:
            refuse(exchange)
        else:
            self._renewal.take(exchange, self._send_again)

    def _send_again(self, exchange: Exchange, token: Secret) -> None:
        onward = exchange.onward = replace(exchange.onward, token=token)
        key = (onward.base_url, onward.ca_pem, onward.proxy_url)
        try:
            pool = exchange.pool = self._pools.get(key) or self._open_pool(key)
            exchange.head = request_head(onward, pool.origin)
            exchange.ticks_waited = 0
            pool.begin(exchange)
        except StagedoorError as failure:
            exchange.fail(failure)

    def _let_go(self, key: PoolKey) -> None:
        self._pools.pop(key, None)

    def _tls(self, ca_pem: str | None) -> ssl.SSLContext:
        return self._trust_the_system() if ca_pem is None else tls_context(ca_pem)

    def _trust_the_system(self) -> ssl.SSLContext:
        if self._system_tls is None:
            self._system_tls = tls_context()
        return self._system_tls
