"""A refused credential is renewed once for everybody, and only what is safe goes out again."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from tests.factories.scripted_upstream import Listener, Script, ScriptedUpstream, Visit, onward, scripted_upstream

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads
from stagedoor.upstream.credential_renewal import CredentialRenewal
from stagedoor.upstream.errors import UpstreamRefusedCredential, UpstreamUnreachable
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

REFUSED = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token"\r\nContent-Length: 4\r\n\r\nnope'
)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OLD, NEW = "upstream-token", "new-token"


class Renewer:
    """Stands for the service that holds the tokens: blocks until it may go on, and counts."""

    def __init__(self, gives: str | Exception = NEW) -> None:
        self.gives = gives
        self.asked: list[tuple[str, str]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.newest: Secret | None = None

    def find_current(self, connection_id: str) -> Secret | None:
        return self.newest if connection_id == "c1" else None

    def renew(self, connection_id: str, because_of: Secret | None = None) -> Secret:
        assert because_of is not None
        self.asked.append((connection_id, because_of.reveal()))
        assert self.may_go_on.wait(10)
        if isinstance(self.gives, Exception):
            raise self.gives
        self.newest = Secret(self.gives)
        return self.newest


class World:
    """An upstream that takes the tokens in ``good`` and keeps what it received, a wire to it, and a renewer."""

    def __init__(self, wire: UpstreamWire, upstream: ScriptedUpstream, renewer: Renewer, heads: list[bytes]) -> None:
        self.wire, self.upstream, self.renewer, self.heads = wire, upstream, renewer, heads

    def begin(self, **changes: object) -> Listener:
        listener = Listener()
        values = {"owns_credential": True, "connection_id": "c1", **changes}
        self.exchange = self.wire.begin(onward(self.upstream.base_url, **values), listener)
        return listener

    async def ask(self, **changes: object) -> Listener:
        listener = self.begin(**changes)
        await listener.end()
        return listener


def guarded(heads: list[bytes], refusal: bytes = REFUSED, good: str = NEW) -> Script:
    async def script(visit: Visit) -> None:
        while True:
            head = await visit.head()
            heads.append(head)
            await visit.send(OK if b"Bearer " + good.encode() in head else refusal)

    return script


def run(
    talk: Callable[[World], Awaitable[None]],
    *,
    renewer: Renewer | None = None,
    script: Callable[[list[bytes]], Script] = guarded,
) -> None:
    async def main() -> None:
        heads: list[bytes] = []
        threads = WorkerThreads(4)
        chosen = renewer or Renewer()
        async with scripted_upstream(script(heads)) as upstream:
            wire = UpstreamWire(renewal=CredentialRenewal(chosen, threads))
            try:
                await talk(World(wire, upstream, chosen, heads))
            finally:
                chosen.may_go_on.set()
                await wire.close()
                threads.close()

    asyncio.run(main())


def error_of(listener: Listener) -> StagedoorError:
    assert listener.calls == ["fail"]
    assert listener.error is not None
    return listener.error


def test_a_read_goes_out_again_with_the_new_token_and_its_caller_notices_nothing() -> None:
    async def talk(world: World) -> None:
        listener = await world.ask()
        assert (listener.status, listener.body) == (200, b"ok")
        assert listener.calls == ["start", "write", "finish"]
        assert [OLD.encode() in head for head in world.heads] == [True, False]
        assert world.renewer.asked == [("c1", OLD)]

    run(talk)


def test_the_connection_that_carried_the_refusal_carries_the_request_too() -> None:
    async def talk(world: World) -> None:
        await world.ask()
        assert world.upstream.visits == 1

    run(talk)


@pytest.mark.parametrize(
    "refusal",
    [
        b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" + b"x" * 0x20000 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 401 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\n",
    ],
)
def test_a_refusal_that_is_long_or_never_complete_keeps_nobody_waiting(refusal: bytes) -> None:
    async def talk(world: World) -> None:
        assert (await world.ask()).status == 200

    run(talk, script=lambda heads: guarded(heads, refusal))


def test_a_hundred_callers_have_it_renewed_once() -> None:
    renewer = Renewer()
    renewer.may_go_on.clear()

    async def talk(world: World) -> None:
        listeners = [world.begin() for _ in range(100)]
        while len(world.heads) < 100:  # noqa: ASYNC110  # the upstream's side tells nobody
            await asyncio.sleep(0.001)
        renewer.may_go_on.set()
        for listener in listeners:
            await listener.end()
        assert {listener.status for listener in listeners} == {200}
        assert len(renewer.asked) == 1

    run(talk, renewer=renewer)


def test_what_comes_with_the_refused_token_afterwards_is_sent_with_the_new_one() -> None:
    async def talk(world: World) -> None:
        await world.ask()
        assert (await world.ask(method="POST")).status == 200
        assert [OLD.encode() in head for head in world.heads] == [True, False, False]
        assert world.renewer.asked == [("c1", OLD)]
        # It is the newest that counts, and the token of another connection stays what it is.
        world.renewer.newest = Secret("new-token-yet")
        await world.ask()
        assert b"new-token-yet" in world.heads[3]
        await world.ask(connection_id="c2")
        assert OLD.encode() in world.heads[4]

    run(talk)


def test_connections_are_renewed_apart() -> None:
    async def talk(world: World) -> None:
        first, second = world.begin(), world.begin(connection_id="c2")
        await first.end()
        await second.end()
        assert sorted(world.renewer.asked) == [("c1", OLD), ("c2", OLD)]

    run(talk)


def test_a_second_refusal_is_told_and_never_as_the_callers() -> None:
    async def talk(world: World) -> None:
        error = error_of(await world.ask())
        assert isinstance(error, UpstreamRefusedCredential)
        assert (error.status, error.is_renewed, error.headers) == (502, False, {})
        assert len(world.heads) == 2
        assert len(world.renewer.asked) == 1

    run(talk, script=lambda heads: guarded(heads, good="no token at all"))


def test_where_no_other_token_is_to_be_had_the_request_is_not_repeated() -> None:
    async def talk(world: World) -> None:
        assert isinstance(error_of(await world.ask()), UpstreamRefusedCredential)
        assert len(world.heads) == 1

    run(talk, renewer=Renewer(OLD))


def test_what_the_sign_in_says_is_passed_on() -> None:
    async def talk(world: World) -> None:
        assert isinstance(error_of(await world.ask()), UpstreamSignInFailed)

    run(talk, renewer=Renewer(UpstreamSignInFailed(Diagnosis.INVALID_CLIENT)))


@pytest.mark.parametrize("gives", [OLD, UpstreamSignInFailed(Diagnosis.INVALID_CLIENT)])
def test_what_was_in_vain_is_not_tried_again_at_once(gives: str | Exception) -> None:
    async def talk(world: World) -> None:
        errors = [error_of(await world.ask()) for _ in range(5)]
        assert len({type(error) for error in errors}) == 1
        assert len(world.renewer.asked) == 1
        await world.ask(token=Secret("another"))
        assert len(world.renewer.asked) == 2

    run(talk, renewer=Renewer(gives))


def test_a_failure_of_ours_is_no_answer_of_the_upstreams() -> None:
    async def talk(world: World) -> None:
        error = error_of(await world.ask())
        assert (error.status, error.internal) == (500, "KeyError('x')")

    run(talk, renewer=Renewer(KeyError("x")))


def test_a_fixed_token_has_nothing_to_renew_it_with() -> None:
    async def talk(world: World) -> None:
        assert isinstance(error_of(await world.ask(connection_id=None)), UpstreamRefusedCredential)
        assert world.renewer.asked == []

    run(talk)


def test_whoever_brings_a_credential_of_its_own_hears_the_refusal_as_it_is() -> None:
    async def talk(world: World) -> None:
        listener = await world.ask(owns_credential=False)
        assert (listener.status, listener.body) == (401, b"nope")
        assert world.renewer.asked == []

    run(talk)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_is_never_sent_again_but_its_caller_may(method: str) -> None:
    async def talk(world: World) -> None:
        error = error_of(await world.ask(method=method))
        assert isinstance(error, UpstreamRefusedCredential)
        assert error.is_renewed
        assert error.headers == {"Retry-After": "1"}
        assert len(world.heads) == 1

    run(talk)


def test_a_read_with_a_body_is_not_sent_again() -> None:
    async def talk(world: World) -> None:
        listener = world.begin(has_body=True, content_length=2)
        world.exchange.write_body(b"{}")
        world.exchange.end_body()
        await listener.end()
        assert isinstance(listener.error, UpstreamRefusedCredential)
        assert len(world.heads) == 1

    async def once(visit: Visit, heads: list[bytes]) -> None:
        heads.append(await visit.head())
        await visit.reader.readexactly(2)
        await visit.send(REFUSED)

    run(talk, script=lambda heads: lambda visit: once(visit, heads))


def test_a_refusal_in_the_middle_of_a_body_ends_it() -> None:
    async def talk(world: World) -> None:
        listener = world.begin(method="POST", has_body=True, content_length=1_000_000)
        world.exchange.write_body(b"x" * 10)
        await listener.end()
        assert isinstance(listener.error, UpstreamRefusedCredential)
        world.exchange.write_body(b"x" * 10)
        assert (await world.ask()).status == 200
        assert world.upstream.visits >= 2

    run(talk)


def test_who_leaves_during_the_renewal_hears_nothing_and_nothing_more_is_sent() -> None:
    renewer = Renewer()
    renewer.may_go_on.clear()

    async def talk(world: World) -> None:
        gone = world.begin()
        exchange = world.exchange
        stays = world.begin()
        while not renewer.asked:  # noqa: ASYNC110  # it is asked in a thread
            await asyncio.sleep(0.001)
        exchange.cancel()
        renewer.may_go_on.set()
        await stays.end()
        assert stays.status == 200
        assert gone.calls == []
        assert len(world.heads) == 3

    run(talk, renewer=renewer)


def test_closing_lets_nobody_wait() -> None:
    renewer = Renewer()
    renewer.may_go_on.clear()

    async def talk(world: World) -> None:
        listener = world.begin()
        while not renewer.asked:  # noqa: ASYNC110  # it is asked in a thread
            await asyncio.sleep(0.001)
        await world.wire.close()
        assert isinstance(listener.error, UpstreamRefusedCredential)

    run(talk, renewer=renewer)


def test_another_token_that_is_refused_meanwhile_is_renewed_for_itself() -> None:
    renewer = Renewer()
    renewer.may_go_on.clear()

    async def talk(world: World) -> None:
        first, other = world.begin(), world.begin(token=Secret("another"))
        while len(renewer.asked) < 2:  # noqa: ASYNC110  # it is asked in threads
            await asyncio.sleep(0.001)
        renewer.may_go_on.set()
        await first.end()
        await other.end()
        assert first.status == other.status == 200
        assert {because_of for _, because_of in renewer.asked} == {OLD, "another"}

    run(talk, renewer=renewer)


def test_whoever_awaits_is_served_alike() -> None:
    async def talk(world: World) -> None:
        told: list[object] = []

        async def start(status: int, headers: object) -> None:
            told.append(status)

        async def take(chunk: bytes) -> None:
            told.append(chunk)

        async def nothing() -> object:
            for piece in ():
                yield piece

        asked = onward(world.upstream.base_url, owns_credential=True, connection_id="c1")
        await Forwarder(world.wire).forward(asked, nothing(), start, take)  # type: ignore[arg-type]  # an empty body
        assert told == [200, b"ok"]
        refused = onward(world.upstream.base_url, owns_credential=True)
        with pytest.raises(UpstreamRefusedCredential):
            await Forwarder(world.wire).forward(refused, nothing(), start, take)  # type: ignore[arg-type]

    run(talk)


def test_what_finds_no_connection_to_be_sent_again_on_is_told() -> None:
    renewer = Renewer()
    renewer.may_go_on.clear()

    async def refuse_then_keep_silent(visit: Visit) -> None:
        await visit.head()
        await visit.send(REFUSED)
        await visit.reader.read()

    async def main() -> None:
        threads = WorkerThreads(1)
        async with scripted_upstream(refuse_then_keep_silent) as upstream:
            wire = UpstreamWire(PoolLimits(connections=1, waiting=1), renewal=CredentialRenewal(renewer, threads))
            world = World(wire, upstream, renewer, [])
            refused = world.begin()
            while not renewer.asked:  # noqa: ASYNC110  # it is asked in a thread
                await asyncio.sleep(0.001)
            # One holds the only connection, another the only place in the line.
            for _ in range(2):
                world.begin(connection_id=None)
            renewer.may_go_on.set()
            await refused.end()
            assert isinstance(refused.error, UpstreamUnreachable)
            await wire.close()
            threads.close()

    asyncio.run(main())
