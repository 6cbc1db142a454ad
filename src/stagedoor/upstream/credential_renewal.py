"""What follows when an upstream refuses the credential that Stagedoor has for it: one renewal for all who meet that.

A request is sent again only if it is safe (RFC 9110 section 9.2.1) and had no body. A 401 says that a request was not
applied (section 15.5.2), but an Orchestrator stands behind proxies and is made of several services, and a change that
one of them made before another refused cannot be told from one that was not made; so a change is never sent again
here. Whoever can ask whether it happened (``gateway/at_most_once.py``) may send it again after that.
"""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Protocol

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import get_logger
from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads
from stagedoor.upstream.errors import UpstreamRefusedCredential
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import Exchange
from stagedoor.upstream.wire.head import SAFE_METHODS
from stagedoor.upstream.wire.upstream_wire import SendAgain

IN_VAIN_SECONDS = 1.0
"""So long nobody asks again for what could not be renewed: an upstream may say 401 where it means something else."""

_log = get_logger("stagedoor.upstream")


class Tokens(Protocol):
    """Holds the token of each connection, and renews it."""

    def find_current(self, connection_id: str) -> Secret | None:
        """Return the newest token that is in memory."""

    def renew(self, connection_id: str, because_of: Secret | None = None) -> Secret:
        """Return a token other than ``because_of``, or the same where a new one would be refused too; blocks."""


class CredentialRenewal:
    """Have refused tokens renewed, once for all requests that were refused with the same, and send on what may be.

    For the event loop alone. However many wait for a connection's renewal, they take one thread together.
    """

    def __init__(self, tokens: Tokens, threads: WorkerThreads) -> None:
        self._tokens = tokens
        self._threads = threads
        self._under_way: dict[str, tuple[Secret, asyncio.Task[Secret]]] = {}
        self._renewed: set[str] = set()
        self._in_vain: dict[str, tuple[Secret, float, StagedoorError]] = {}

    def newest(self, onward: Onward) -> Onward:
        """Return the request with the newest token, where one was ever renewed because it was refused.

        Whoever made the request may hear of a renewal a moment later than it is known here.
        """
        connection_id = onward.connection_id
        if connection_id is None or connection_id not in self._renewed:
            return onward
        token = self._tokens.find_current(connection_id)
        return onward if token is None or token == onward.token else replace(onward, token=token)

    def take(self, exchange: Exchange, send_again: SendAgain) -> None:
        """Send the exchange again with a new token, or fail it: it was refused before, or there is no other token."""
        onward = exchange.onward
        if exchange.was_refused or onward.connection_id is None or onward.token is None:
            exchange.fail(UpstreamRefusedCredential())
            return
        exchange.was_refused = True
        loop = asyncio.get_running_loop()
        in_vain, until, error = self._in_vain.get(onward.connection_id, (None, 0.0, None))
        if error is not None and in_vain == onward.token and loop.time() < until:
            exchange.fail(error)
            return
        renewal = self._renewal(onward.connection_id, onward.token)
        renewal.add_done_callback(partial(_settle, exchange, onward.token, send_again))

    async def close(self) -> None:
        """Let nobody wait any more; whoever does hears that the credential was refused."""
        renewals = [renewal for _, renewal in self._under_way.values()]
        for renewal in renewals:
            renewal.cancel()
        await asyncio.gather(*renewals, return_exceptions=True)

    def _renewal(self, connection_id: str, refused: Secret) -> asyncio.Task[Secret]:
        because_of, renewal = self._under_way.get(connection_id, (None, None))
        if renewal is None or because_of != refused:
            renewal = asyncio.get_running_loop().create_task(
                self._threads.run(self._tokens.renew, connection_id, refused)
            )
            self._under_way[connection_id] = (refused, renewal)
            renewal.add_done_callback(partial(self._note, connection_id, refused))
        return renewal

    def _note(self, connection_id: str, refused: Secret, ended: asyncio.Task[Secret]) -> None:
        _, renewal = self._under_way.get(connection_id, (None, None))
        if renewal is ended:
            del self._under_way[connection_id]
        if ended.cancelled():
            return
        if (error := _error_of(ended, refused)) is None:
            self._renewed.add(connection_id)
            _log.info("upstream_credential_renewed", connection_id=connection_id)
        else:
            until = ended.get_loop().time() + IN_VAIN_SECONDS
            self._in_vain[connection_id] = (refused, until, error)


def _settle(exchange: Exchange, refused: Secret, send_again: SendAgain, renewal: "asyncio.Task[Secret]") -> None:
    if renewal.cancelled():
        exchange.fail(UpstreamRefusedCredential())
    elif (error := _error_of(renewal, refused)) is not None:
        exchange.fail(error)
    elif exchange.onward.has_body or exchange.onward.method not in SAFE_METHODS:
        exchange.fail(UpstreamRefusedCredential(is_renewed=True))
    elif not exchange.is_over:
        send_again(exchange, renewal.result())


def _error_of(renewal: "asyncio.Task[Secret]", refused: Secret) -> StagedoorError | None:
    failure = renewal.exception()
    if failure is None:
        return UpstreamRefusedCredential() if renewal.result() == refused else None
    return failure if isinstance(failure, StagedoorError) else StagedoorError(internal=repr(failure))
