"""Credentials: what is sent, when it is renewed, and that one renewal serves all who wait for it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import anyio
import httpx2
import pytest
from tests.factories.wire import NOON, Wire, ok

from stagedoor.client import (
    AccessKey,
    ClientCredentials,
    MemoryTokenStore,
    NotSignedIn,
    ServerFailed,
    SignedIn,
    Tokens,
    UpstreamFailed,
)
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.secret import Secret

TOKEN_URL = "http://stagedoor.test/identity_/connect/token"
API = "http://stagedoor.test/odata/Jobs"


def tokens(number: int = 1, *, minutes: float = 60, refresh: bool = True) -> Tokens:
    return Tokens(
        Secret(f"access-{number}"),
        NOON + timedelta(minutes=minutes),
        Secret(f"refresh-{number}") if refresh else None,
    )


class Server:
    """An API that knows the newest access token only, and a token endpoint that rotates refresh tokens."""

    def __init__(self, *, current: int = 1) -> None:
        self.current = current
        self.renewals: list[dict[str, list[str]]] = []
        self.calls: list[str] = []
        self.before_renewal: Callable[[], None] = lambda: None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if str(request.url) == TOKEN_URL:
            self.before_renewal()
            form = parse_qs(request.content.decode())
            self.renewals.append(form)
            if form["grant_type"] == ["refresh_token"] and form["refresh_token"] != [f"refresh-{self.current}"]:
                return ok({"error": "invalid_grant", "error_description": "The refresh token was used."}, 400)
            self.current += 1
            number = self.current
            return ok({"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "expires_in": 3600})
        bearer = request.headers["authorization"]
        self.calls.append(bearer)
        return ok({"as": bearer}, 200 if bearer == f"Bearer access-{self.current}" else 401)


def signed_in(held: Tokens | None, clock: HeldClock | None = None) -> SignedIn:
    return SignedIn(TOKEN_URL, client_id="cli", tokens=held, clock=clock or HeldClock(NOON))


def get(auth: httpx2.Auth, server: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.Response:
    with httpx2.Client(transport=httpx2.MockTransport(server), auth=auth) as client:
        return client.get(API)


async def aget(auth: httpx2.Auth, server: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(server), auth=auth) as client:
        return await client.get(API)


@pytest.fixture(params=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Callable[..., httpx2.Response]:
    if request.param == "sync":
        return get
    return lambda auth, server: anyio.run(aget, auth, server)


Send = Callable[..., httpx2.Response]


class TestAccessKey:
    def test_is_sent_as_a_bearer_token(self, send: Send) -> None:
        assert send(AccessKey("access-1"), Server()).json() == {"as": "Bearer access-1"}

    def test_is_never_printed(self) -> None:
        assert "canary" not in repr(AccessKey("canary")) + str(AccessKey(Secret("canary")))


class TestSignedIn:
    def test_a_token_that_holds_is_used_as_it_is(self, send: Send) -> None:
        server = Server()
        assert send(signed_in(tokens()), server).status_code == 200
        assert server.renewals == []

    @pytest.mark.parametrize("minutes", [-5, 0, 1])
    def test_a_token_that_ends_within_a_minute_is_renewed_first(self, send: Send, minutes: float) -> None:
        server = Server()
        assert send(signed_in(tokens(minutes=minutes)), server).json() == {"as": "Bearer access-2"}
        assert server.renewals == [
            {"grant_type": ["refresh_token"], "client_id": ["cli"], "refresh_token": ["refresh-1"]}
        ]

    def test_a_rejected_token_is_renewed_once_and_the_request_sent_again(self, send: Send) -> None:
        server = Server(current=5)
        store = MemoryTokenStore(Tokens(Secret("access-4"), NOON + timedelta(hours=1), Secret("refresh-5")))
        auth = SignedIn(TOKEN_URL, client_id="cli", store=store, clock=HeldClock(NOON))
        assert send(auth, server).json() == {"as": "Bearer access-6"}
        assert server.calls == ["Bearer access-4", "Bearer access-6"]

    def test_a_second_rejection_is_final(self, send: Send) -> None:
        wire = Wire(
            ok({}, 401), ok({"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 60}), ok({}, 401)
        )
        assert send(signed_in(tokens()), wire.answer).status_code == 401
        assert len(wire.sent) == 3

    def test_the_new_refresh_token_replaces_the_old_one(self, send: Send) -> None:
        clock, server = HeldClock(NOON), Server()
        auth = signed_in(tokens(), clock)
        for _ in range(3):
            clock.advance(timedelta(hours=2))
            assert send(auth, server).status_code == 200
        assert [form["refresh_token"] for form in server.renewals] == [["refresh-1"], ["refresh-2"], ["refresh-3"]]

    def test_an_answer_without_a_refresh_token_keeps_the_old_one(self, send: Send) -> None:
        store = MemoryTokenStore(tokens(minutes=0))
        wire = Wire(ok({"access_token": "a", "expires_in": 60}), ok({}))
        send(SignedIn(TOKEN_URL, client_id="cli", store=store, clock=HeldClock(NOON)), wire.answer)
        kept = store.load()
        assert kept is not None
        assert kept.refresh_token == Secret("refresh-1")

    def test_what_another_process_stored_meanwhile_is_used(self, send: Send) -> None:
        store = MemoryTokenStore(tokens(1))
        server = Server(current=2)

        def reject_and_store(request: httpx2.Request) -> httpx2.Response:
            response = server(request)
            if response.status_code == 401:
                store.save(tokens(2))
            return response

        auth = SignedIn(TOKEN_URL, client_id="cli", store=store, clock=HeldClock(NOON))
        assert send(auth, reject_and_store).json() == {"as": "Bearer access-2"}
        assert server.renewals == []

    def test_a_refused_renewal_says_to_sign_in_again(self, send: Send) -> None:
        with pytest.raises(NotSignedIn, match="The refresh token was used") as caught:
            send(signed_in(tokens(9, minutes=0)), Server())
        assert (caught.value.code, caught.value.hint) == ("invalid_grant", "Sign in again.")

    @pytest.mark.parametrize("held", [None, tokens(minutes=0, refresh=False)])
    def test_without_a_refresh_token_there_is_nothing_to_renew(self, send: Send, held: Tokens | None) -> None:
        with pytest.raises(NotSignedIn, match="cannot be renewed"):
            send(signed_in(held), Server())

    def test_a_failing_token_endpoint_loses_nothing(self, send: Send) -> None:
        store = MemoryTokenStore(tokens(minutes=0))
        auth = SignedIn(TOKEN_URL, client_id="cli", store=store, clock=HeldClock(NOON))
        with pytest.raises(UpstreamFailed):
            send(auth, Wire(ok({}, 503)).answer)
        assert store.load() == tokens(minutes=0)
        assert send(auth, Server()).status_code == 200

    def test_a_cut_connection_lets_the_next_caller_renew(self, send: Send) -> None:
        auth = signed_in(tokens(minutes=0))
        with pytest.raises(httpx2.ReadError):
            send(auth, Wire(httpx2.ReadError("cut")).answer)
        assert send(auth, Server()).status_code == 200

    @pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"access_token": 5}'])
    def test_a_page_in_place_of_a_token_is_told_apart(self, send: Send, body: bytes) -> None:
        with pytest.raises(ServerFailed, match="did not answer with a token"):
            send(signed_in(tokens(minutes=0)), Wire(httpx2.Response(200, content=body)).answer)

    def test_the_renewal_takes_the_timeout_of_its_request(self) -> None:
        wire = Wire(ok({"access_token": "a", "expires_in": 60}), ok({}))
        with httpx2.Client(transport=wire.transport, auth=signed_in(tokens(minutes=0)), timeout=3) as client:
            client.get(API)
        assert wire.sent[0].extensions["timeout"]["read"] == 3

    def test_a_write_is_sent_again_with_its_body_after_a_rejected_token(self) -> None:
        wire = Wire(ok({}, 401), ok({"access_token": "a", "expires_in": 60}), ok({}))
        with httpx2.Client(transport=wire.transport, auth=signed_in(tokens())) as client:
            client.post(API, json={"a": 1})
        assert wire.sent[0].content == wire.sent[2].content == b'{"a":1}'

    def test_is_never_printed(self) -> None:
        held = tokens()
        assert "access-1" not in repr(signed_in(held)) + repr(held)


class TestHandingOut:
    def test_a_token_that_holds_is_handed_out_without_a_request(self) -> None:
        wire = Wire(ok({}, 500))
        with httpx2.Client(transport=wire.transport) as client:
            assert signed_in(tokens()).renew_if_due(client).access_token == Secret("access-1")
        assert wire.sent == []

    def test_a_token_that_is_due_is_renewed_first(self) -> None:
        server = Server()
        with httpx2.Client(transport=httpx2.MockTransport(server)) as client:
            assert signed_in(tokens(minutes=0)).renew_if_due(client).access_token == Secret("access-2")


class TestSingleFlight:
    def test_many_threads_renew_once(self) -> None:
        server, auth = Server(), signed_in(tokens(minutes=0))
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(get(auth, server).status_code)) for _ in range(20)]
        everybody_waits = threading.Event()
        server.before_renewal = lambda: everybody_waits.wait(0.2) and None
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 20
        assert len(server.renewals) == 1

    def test_many_tasks_renew_once(self) -> None:
        server, auth = Server(), signed_in(tokens(minutes=0))
        answers: list[int] = []

        async def slow(request: httpx2.Request) -> httpx2.Response:
            await anyio.lowlevel.checkpoint()
            return server(request)

        async def one() -> None:
            async with httpx2.AsyncClient(transport=httpx2.MockTransport(slow), auth=auth) as client:
                answers.append((await client.get(API)).status_code)

        async def all_at_once() -> None:
            async with anyio.create_task_group() as group:
                for _ in range(100):
                    group.start_soon(one)

        anyio.run(all_at_once)
        assert answers == [200] * 100
        assert len(server.renewals) == 1

    def test_a_cancelled_renewal_lets_the_next_task_renew(self) -> None:
        server, auth = Server(), signed_in(tokens(minutes=0))

        async def hang(request: httpx2.Request) -> httpx2.Response:
            await anyio.sleep_forever()
            return server(request)

        async def cancel_then_call() -> int:
            client = httpx2.AsyncClient(transport=httpx2.MockTransport(hang), auth=auth)
            async with client, anyio.create_task_group() as group:
                group.start_soon(client.get, API)
                await anyio.wait_all_tasks_blocked()
                group.cancel_scope.cancel()
            return (await aget(auth, server)).status_code

        assert anyio.run(cancel_then_call) == 200


class TestClientCredentials:
    def auth(self, **options: str) -> ClientCredentials:
        return ClientCredentials(
            TOKEN_URL, client_id="app", client_secret="app-canary", clock=HeldClock(NOON), **options
        )

    def test_gets_a_token_before_the_first_request(self, send: Send) -> None:
        server = Server()
        assert send(self.auth(scope="OR.Jobs"), server).status_code == 200
        assert server.renewals == [
            {
                "grant_type": ["client_credentials"],
                "client_id": ["app"],
                "client_secret": ["app-canary"],
                "scope": ["OR.Jobs"],
            }
        ]

    def test_a_token_serves_many_requests(self, send: Send) -> None:
        server, auth = Server(), self.auth()
        assert [send(auth, server).status_code for _ in range(3)] == [200] * 3
        assert len(server.renewals) == 1
        assert "scope" not in server.renewals[0]

    def test_is_never_printed(self) -> None:
        assert "canary" not in repr(self.auth())
