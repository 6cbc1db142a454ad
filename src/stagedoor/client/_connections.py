"""Connections to Orchestrators elsewhere: what to ask of the management API, and both clients' ways to ask."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypedDict, TypeVar
from urllib.parse import quote

from stagedoor.client._core import Core, Flow
from stagedoor.client._management import LIST_LIMIT, Ask, AskAll, call_to, read_as
from stagedoor.client._requests import Call
from stagedoor.kit.secret import Secret

# The server asks the other side several questions meanwhile, each for half a minute at most.
ASKING_SECONDS_MAX = 150.0

Result = TypeVar("Result")
ConnectionKind = Literal["app", "person", "user-key", "pat", "password"]


class SignInProblem(TypedDict):
    """Why the last sign-in of a connection failed: in a word, in a sentence, and what to do."""

    diagnosis: str
    says: str
    hint: str


class SignInFacts(TypedDict):
    """How a connection's own sign-in stands: ``state`` is ``not_yet``, ``signed_in`` or ``failing``."""

    state: str
    last_renewed_at: str | None
    expires_at: str | None
    renew_at: str | None
    failures: int
    next_try_at: str | None
    problem: SignInProblem | None


class ConnectionFacts(TypedDict):
    """One connection, never its secret. ``tenants`` are ours that are sent there, as ``organization/tenant``."""

    id: str
    name: str
    kind: str
    url: str
    token_url: str | None
    upstream: str | None
    client_id: str | None
    username: str | None
    scope: str | None
    has_own_authorities: bool
    proxy_url: str | None
    tenants: list[str]
    created_at: str
    created_by: str | None
    sign_in: SignInFacts


class TrialStep(TypedDict):
    """One step of a trial: what was found out, and where it failed what to do. ``is_ok`` is ``None`` if not tried."""

    name: str
    is_ok: bool | None
    says: str
    hint: str | None


class RefusedOperation(TypedDict):
    """An operation that the upstream refuses to the connection's own credential, and why."""

    operation: str
    because: str


class TrialReport(TypedDict):
    """What a trial found: each step, who and where it is there, and what is refused there."""

    is_working: bool
    url: str | None
    token_url: str | None
    steps: list[TrialStep]
    organization: str | None
    tenants: list[str]
    refused: list[RefusedOperation]
    refused_count: int
    allowed_count: int
    unknown_count: int
    known_from: list[str]


class Authorization(TypedDict):
    """Where a person signs in for a connection, and what has to be kept until the browser comes back."""

    authorize_url: str
    state: str
    code_verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInCode:
    """What came back from the sign-in of a person: the code, and what it was asked for with (RFC 7636)."""

    code: Secret
    code_verifier: Secret
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTerms:
    """What a connection is to be.

    ``secret`` is the client secret, user key, token or password; of kind ``person`` it is the :class:`SignedInCode`.
    ``upstream`` and ``tenant`` are ``organization/tenant``: there, and here. ``tenant`` is made where it is absent.
    """

    name: str
    kind: str
    url: str
    secret: Secret | SignedInCode | None = None
    client_id: str | None = None
    username: str | None = None
    scope: str | None = None
    identity_url: str | None = None
    upstream: str | None = None
    tenant: str | None = None
    ca_pem: str | None = None
    proxy_url: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the request's body; what was not given is left out."""
        body: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "tenant": self.tenant,
            "username": self.username,
            **self.reached_by(),
        }
        if isinstance(self.secret, SignedInCode):
            body |= code_fields(self.secret)
        elif self.secret is not None:
            body["secret"] = self.secret.reveal()
        return {name: value for name, value in body.items() if value is not None}

    def reached_by(self) -> dict[str, Any]:
        """Return how the identity there is reached, by which application and for what; without what was not given."""
        fields = {
            "url": self.url,
            "client_id": self.client_id,
            "scope": self.scope,
            "upstream": self.upstream,
            "identity_url": self.identity_url,
            "ca_pem": self.ca_pem,
            "proxy_url": self.proxy_url,
        }
        return {name: value for name, value in fields.items() if value is not None}


def code_fields(signed_in: SignedInCode) -> dict[str, str]:
    """Return the fields that stand in the place of a secret."""
    return {
        "code": signed_in.code.reveal(),
        "code_verifier": signed_in.code_verifier.reveal(),
        "redirect_uri": signed_in.redirect_uri,
    }


class Runner(Protocol):
    """Carry out a flow and return what it ends with."""

    def __call__(self, flow: Flow[Result]) -> Result: ...


class AsyncRunner(Protocol):
    """Carry out a flow and return what it ends with, later."""

    def __call__(self, flow: Flow[Result]) -> Awaitable[Result]: ...


def _path(word: str, action: str = "") -> str:
    return f"/connections/{quote(word, safe='')}{action}"


def _asking(path: str, *, json: Any = None) -> Call:
    """Return a call that the server answers when the other side has answered it."""
    return replace(call_to("POST", path, json=json), seconds_max=ASKING_SECONDS_MAX)


def _read(word: str) -> Ask[ConnectionFacts]:
    return Ask(call_to("GET", _path(word)), read_as(ConnectionFacts))


def _list() -> AskAll[ConnectionFacts]:
    return AskAll(call_to("GET", "/connections", query={"limit": LIST_LIMIT}))


def _create(terms: ConnectionTerms) -> Ask[ConnectionFacts]:
    return Ask(_asking("/connections", json=terms.body()), read_as(ConnectionFacts))


def _discover(terms: ConnectionTerms) -> Ask[TrialReport]:
    return Ask(_asking("/connections/discover", json=terms.body()), read_as(TrialReport))


def _authorize_url(terms: ConnectionTerms, redirect_uri: str) -> Ask[Authorization]:
    body = terms.reached_by() | {"redirect_uri": redirect_uri}
    return Ask(_asking("/connections/authorize-url", json=body), read_as(Authorization))


def _test(word: str) -> Ask[TrialReport]:
    return Ask(_asking(_path(word, "/test")), read_as(TrialReport))


def _renew_secret(word: str, secret: Secret | SignedInCode) -> Ask[ConnectionFacts]:
    body = code_fields(secret) if isinstance(secret, SignedInCode) else {"secret": secret.reveal()}
    return Ask(_asking(_path(word, "/secret"), json=body), read_as(ConnectionFacts))


def _remove(word: str, *, unmap: bool) -> Call:
    return call_to("DELETE", _path(word), query={"unmap": "true"} if unmap else None)


def _map(tenant_id: str, connection: str) -> Call:
    return call_to("PUT", f"/tenants/{quote(tenant_id, safe='')}/connection", json={"connection": connection})


def _unmap(tenant_id: str) -> Call:
    return call_to("DELETE", f"/tenants/{quote(tenant_id, safe='')}/connection")


class Connections:
    """The connections of the organization; ``Stagedoor.connections``. All of it is for administrators.

    ``word`` is a connection's name or id. Calls raise :class:`~stagedoor.client.StagedoorClientError`.
    """

    def __init__(self, core: Core, run: Runner) -> None:
        self._core = core
        self._run = run

    def list(self) -> "list[ConnectionFacts]":
        """List the connections."""
        return self._run(self._core.ask_all(_list()))

    def get(self, word: str) -> ConnectionFacts:
        """Return one connection."""
        return self._run(self._core.ask(_read(word)))

    def create(self, terms: ConnectionTerms) -> ConnectionFacts:
        """Make a connection; with a tenant, send that tenant there at once."""
        return self._run(self._core.ask(_create(terms)))

    def discover(self, terms: ConnectionTerms) -> TrialReport:
        """Try what :meth:`create` would make, and keep nothing. Not for a person: their code is good once."""
        return self._run(self._core.ask(_discover(terms)))

    def authorize_url(self, terms: ConnectionTerms, *, redirect_uri: str) -> Authorization:
        """Return where a person signs in for a connection of kind ``person``."""
        return self._run(self._core.ask(_authorize_url(terms, redirect_uri)))

    def test(self, word: str) -> TrialReport:
        """Make the calls that prove a connection, and tell what its credential is refused."""
        return self._run(self._core.ask(_test(word)))

    def renew_secret(self, word: str, secret: Secret | SignedInCode) -> ConnectionFacts:
        """Give a connection a new secret, or a person's new sign-in; its ``sign_in`` tells how that went."""
        return self._run(self._core.ask(_renew_secret(word, secret)))

    def remove(self, word: str, *, unmap: bool = False) -> None:
        """Remove a connection; with ``unmap`` its tenants go back to the embedded Orchestrator, else they hold it."""
        self._run(self._core.value(_remove(word, unmap=unmap)))

    def map_tenant(self, tenant_id: str, connection: str) -> None:
        """Send a tenant of ours to a connection from the next request on."""
        self._run(self._core.value(_map(tenant_id, connection)))

    def unmap_tenant(self, tenant_id: str) -> None:
        """Send a tenant back to the embedded Orchestrator."""
        self._run(self._core.value(_unmap(tenant_id)))


class AsyncConnections:
    """The asynchronous twin of :class:`Connections`; ``AsyncStagedoor.connections``."""

    def __init__(self, core: Core, run: AsyncRunner) -> None:
        self._core = core
        self._run = run

    async def list(self) -> "list[ConnectionFacts]":
        """List the connections."""
        return await self._run(self._core.ask_all(_list()))

    async def get(self, word: str) -> ConnectionFacts:
        """Return one connection."""
        return await self._run(self._core.ask(_read(word)))

    async def create(self, terms: ConnectionTerms) -> ConnectionFacts:
        """Make a connection; with a tenant, send that tenant there at once."""
        return await self._run(self._core.ask(_create(terms)))

    async def discover(self, terms: ConnectionTerms) -> TrialReport:
        """Try what :meth:`create` would make, and keep nothing. Not for a person: their code is good once."""
        return await self._run(self._core.ask(_discover(terms)))

    async def authorize_url(self, terms: ConnectionTerms, *, redirect_uri: str) -> Authorization:
        """Return where a person signs in for a connection of kind ``person``."""
        return await self._run(self._core.ask(_authorize_url(terms, redirect_uri)))

    async def test(self, word: str) -> TrialReport:
        """Make the calls that prove a connection, and tell what its credential is refused."""
        return await self._run(self._core.ask(_test(word)))

    async def renew_secret(self, word: str, secret: Secret | SignedInCode) -> ConnectionFacts:
        """Give a connection a new secret, or a person's new sign-in; its ``sign_in`` tells how that went."""
        return await self._run(self._core.ask(_renew_secret(word, secret)))

    async def remove(self, word: str, *, unmap: bool = False) -> None:
        """Remove a connection; with ``unmap`` its tenants go back to the embedded Orchestrator, else they hold it."""
        await self._run(self._core.value(_remove(word, unmap=unmap)))

    async def map_tenant(self, tenant_id: str, connection: str) -> None:
        """Send a tenant of ours to a connection from the next request on."""
        await self._run(self._core.value(_map(tenant_id, connection)))

    async def unmap_tenant(self, tenant_id: str) -> None:
        """Send a tenant back to the embedded Orchestrator."""
        await self._run(self._core.value(_unmap(tenant_id)))
