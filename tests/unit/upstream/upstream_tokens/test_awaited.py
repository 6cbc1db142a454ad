"""Many wait for one token in one thread, and whoever leaves takes nobody along."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads
from stagedoor.upstream.upstream_tokens.awaited import AwaitedTokens
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

SECONDS_MAX = 10


class Signer:
    """Stands for the service that holds the tokens: blocks until it may go on, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_asked = threading.Event()
        self.may_go_on = threading.Event()
        self.failure: Exception | None = None

    def current(self, connection_id: str) -> Secret:
        self.asked.append(connection_id)
        self.is_asked.set()
        assert self.may_go_on.wait(SECONDS_MAX)
        if self.failure is not None:
            raise self.failure
        return Secret(f"token of {connection_id}")


def run(signer: Signer, ask: Callable[[AwaitedTokens], Awaitable[None]]) -> None:
    threads = WorkerThreads(1)

    async def main() -> None:
        await ask(AwaitedTokens(cast("UpstreamTokens", signer), threads))

    try:
        asyncio.run(main())
    finally:
        threads.close()


def test_many_who_wait_for_one_connection_ask_once_and_the_next_ones_anew() -> None:
    signer = Signer()

    async def ask(tokens: AwaitedTokens) -> None:
        waiting = [asyncio.create_task(tokens.token_for("c1")) for _ in range(50)]
        await asyncio.to_thread(signer.is_asked.wait, SECONDS_MAX)
        signer.may_go_on.set()
        assert await asyncio.gather(*waiting) == [Secret("token of c1")] * 50
        assert signer.asked == ["c1"]
        assert await tokens.token_for("c1") == Secret("token of c1")
        assert await tokens.token_for("c2") == Secret("token of c2")
        assert signer.asked == ["c1", "c1", "c2"]

    run(signer, ask)


def test_whoever_leaves_leaves_the_others_their_token() -> None:
    signer = Signer()

    async def ask(tokens: AwaitedTokens) -> None:
        leaving, staying = (asyncio.create_task(tokens.token_for("c1")) for _ in range(2))
        await asyncio.to_thread(signer.is_asked.wait, SECONDS_MAX)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        signer.may_go_on.set()
        assert await staying == Secret("token of c1")

    run(signer, ask)


def test_all_who_wait_hear_of_a_failure() -> None:
    signer = Signer()
    signer.failure = UpstreamSignInFailed(Diagnosis.INVALID_CLIENT)
    signer.may_go_on.set()

    async def ask(tokens: AwaitedTokens) -> None:
        told = await asyncio.gather(*(tokens.token_for("c1") for _ in range(3)), return_exceptions=True)
        assert [type(failure) for failure in told] == [UpstreamSignInFailed] * 3

    run(signer, ask)
