"""Credentials as ``httpx2.Auth`` objects: each also serves a plain ``httpx2.Client`` or ``AsyncClient``.

::

    httpx2.get("http://127.0.0.1:8120/odata/Jobs", auth=AccessKey("sd_…"))

One generator holds the steps of each; a thin driver runs it for the synchronous and one for the asynchronous client.
"""

import threading
from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol, TypeVar

import anyio
import httpx2

from stagedoor.client._errors import NotSignedIn, ServerFailed, error_of
from stagedoor.kit.clock import Clock, SystemClock
from stagedoor.kit.secret import Secret

EARLY = timedelta(seconds=60)
DEFAULT_LIFETIME_SECONDS = 300
# How often a task looks whether another one has finished renewing; only while a renewal is under way.
LOCK_PAUSE_SECONDS = 0.01

# The steps of a renewed token: each yields a request for its answer, or ``TAKE_THE_LOCK`` for nothing.
TAKE_THE_LOCK = None
Result = TypeVar("Result")
AuthFlow = Generator[httpx2.Request | None, httpx2.Response | None, Result]


def as_secret(value: str | Secret) -> Secret:
    """Wrap a plain string; a secret passes as it is."""
    return value if isinstance(value, Secret) else Secret(value)


class AccessKey(httpx2.Auth):
    """Send one credential that needs no renewing as a bearer token: an access key or a personal access token."""

    def __init__(self, key: str | Secret) -> None:
        self._key = as_secret(key)

    def __repr__(self) -> str:
        return "AccessKey(***)"

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave. ``expires_at`` is the end of the access token; ``repr`` shows no secret."""

    access_token: Secret
    expires_at: datetime
    refresh_token: Secret | None = None
    scope: str = ""

    def is_due(self, now: datetime) -> bool:
        """Tell whether the access token has ended or will within a minute."""
        return now >= self.expires_at - EARLY


class TokenStore(Protocol):
    """Where tokens lie between calls. Both methods are called under a lock, one at a time in this process."""

    def load(self) -> Tokens | None:
        """Return what is stored, ``None`` when nothing is."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Store these in place of what was there; a refresh token that was used is dead from now on."""
        ...


class MemoryTokenStore:
    """Tokens for as long as the process runs."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens


class RenewedToken(httpx2.Auth):
    """The steps that every renewed token shares: renew when due, once more on 401, then give up.

    Safe over threads and tasks: one renewal is under way at a time, and whoever waited for it uses its result. The
    renewal travels through the same client as the request, so its proxies, trust and transports hold for it too. A
    request that was answered 401 was not carried out; it is the one case in which a write is sent a second time.
    """

    def __init__(self, token_url: str, *, store: TokenStore, clock: Clock) -> None:
        self.token_url = token_url
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.token_url!r}, ***)"

    def renewal_fields(self, tokens: Tokens | None) -> dict[str, str]:
        """Return the form to send to the token endpoint; raises :class:`NotSignedIn` when there is none."""
        raise NotImplementedError

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        yield from self._steps(self._flow(request), request)

    def renew_if_due(self, client: httpx2.Client) -> Tokens:
        """Return tokens that hold for at least a minute, renewed through ``client`` when need be.

        For handing the access token to another program; a client of its own needs no such call.
        """
        steps = self._steps(self._valid(client.timeout.as_dict()), None)
        try:
            request = next(steps)
            while True:
                request = steps.send(client.send(request, auth=None))
        except StopIteration as done:
            tokens: Tokens = done.value
            return tokens
        finally:
            steps.close()

    def _steps(
        self, flow: AuthFlow[Result], original: httpx2.Request | None
    ) -> Generator[httpx2.Request, httpx2.Response, Result]:
        try:
            step = next(flow)
            while True:
                if step is TAKE_THE_LOCK:
                    self._lock.acquire()
                    step = flow.send(None)
                else:
                    response = yield step
                    if step is not original:
                        response.read()
                    step = flow.send(response)
        except StopIteration as done:
            result: Result = done.value
            return result
        finally:
            flow.close()

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        flow = self._flow(request)
        try:
            step = next(flow)
            while True:
                if step is TAKE_THE_LOCK:
                    # A thread's lock, not a task's: one object may serve several event loops and threads at once, and
                    # blocking on it would stop the very loop that the holder needs to finish.
                    while not self._lock.acquire(blocking=False):  # noqa: ASYNC110  # its holder may be a thread
                        await anyio.sleep(LOCK_PAUSE_SECONDS)
                    step = flow.send(None)
                else:
                    response = yield step
                    if step is not request:
                        await response.aread()
                    step = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()

    def _flow(self, request: httpx2.Request) -> AuthFlow[None]:
        timeout = request.extensions.get("timeout", {})
        seen = yield from self._valid(timeout)
        response = yield from _send(_signed(request, seen))
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            renewed = yield from self._renewed(timeout, seen, rejected=True)
            yield from _send(_signed(request, renewed))

    def _valid(self, timeout: Mapping[str, float | None]) -> AuthFlow[Tokens]:
        seen = self._store.load()
        if seen is None or seen.is_due(self._clock.now()):
            return (yield from self._renewed(timeout, seen, rejected=False))
        return seen

    def _renewed(self, timeout: Mapping[str, float | None], seen: Tokens | None, *, rejected: bool) -> AuthFlow[Tokens]:
        """Renew once, unless another thread, task or process has done so since ``seen`` was read."""
        yield TAKE_THE_LOCK
        try:
            stored = self._store.load()
            is_spent = stored is None or stored.is_due(self._clock.now()) or (rejected and stored == seen)
            if stored is not None and not is_spent:
                return stored
            form = self.renewal_fields(stored)
            response = yield from _send(
                # A request made here has no timeout of its own; it takes the one of the request that needs it.
                httpx2.Request(
                    "POST",
                    self.token_url,
                    data=form,
                    headers={"Accept": "application/json"},
                    extensions={"timeout": timeout},
                )
            )
            if response.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
                said = error_of(response)
                raise NotSignedIn(
                    f"The sign-in has ended: {said.message}", status=said.status, code=said.code, hint="Sign in again."
                )
            if response.status_code != HTTPStatus.OK:
                raise error_of(response)
            tokens = tokens_of(response, now=self._clock.now(), former=stored)
            self._store.save(tokens)
            return tokens
        finally:
            self._lock.release()


class SignedIn(RenewedToken):
    """A person's sign-in: an access token, renewed with the refresh token that came with it (RFC 6749, section 6).

    Each renewal gives a new refresh token, which goes to the store before the request is sent: a store that outlives
    the process must be durable, because presenting a used refresh token ends the whole sign-in.
    """

    def __init__(
        self,
        token_url: str,
        *,
        client_id: str,
        tokens: Tokens | None = None,
        store: TokenStore | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(token_url, store=store or MemoryTokenStore(tokens), clock=clock or SystemClock())
        self._client_id = client_id

    def renewal_fields(self, tokens: Tokens | None) -> dict[str, str]:
        if tokens is None or tokens.refresh_token is None:
            raise NotSignedIn("The sign-in has ended and cannot be renewed.", hint="Sign in again.")
        return {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "refresh_token": tokens.refresh_token.reveal(),
        }


class ClientCredentials(RenewedToken):
    """An external application that acts for itself (RFC 6749, section 4.4)."""

    def __init__(
        self,
        token_url: str,
        *,
        client_id: str,
        client_secret: str | Secret,
        scope: str = "",
        store: TokenStore | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(token_url, store=store or MemoryTokenStore(), clock=clock or SystemClock())
        self._client_id = client_id
        self._client_secret = as_secret(client_secret)
        self._scope = scope

    def renewal_fields(self, tokens: Tokens | None) -> dict[str, str]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret.reveal(),
        }
        return form | ({"scope": self._scope} if self._scope else {})


def tokens_of(response: httpx2.Response, *, now: datetime, former: Tokens | None = None) -> Tokens:
    """Read a token endpoint's answer (RFC 6749, section 5.1).

    ``former`` gives the refresh token when the answer brings none. Raises :class:`ServerFailed` when the answer is
    not one: some wrong addresses answer 200 with a page.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise ServerFailed(
            "The token endpoint did not answer with a token.",
            status=response.status_code,
            hint="Check the base URL: a wrong address can answer with a page.",
        )
    lifetime = body.get("expires_in")
    seconds = lifetime if isinstance(lifetime, int | float) else DEFAULT_LIFETIME_SECONDS
    refresh = body.get("refresh_token")
    return Tokens(
        access_token=Secret(body["access_token"]),
        expires_at=now + timedelta(seconds=seconds),
        refresh_token=Secret(refresh) if refresh else (former.refresh_token if former else None),
        scope=str(body.get("scope") or ""),
    )


def _signed(request: httpx2.Request, tokens: Tokens) -> httpx2.Request:
    request.headers["Authorization"] = f"Bearer {tokens.access_token.reveal()}"
    return request


def _send(request: httpx2.Request) -> AuthFlow[httpx2.Response]:
    response = yield request
    assert response is not None  # noqa: S101  # a driver answers a request with a response
    return response
