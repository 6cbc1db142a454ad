"""The OAuth side of identity over HTTP: a Starlette app of its rooms alone, a browser with cookies, and its people."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.factories.acme import Acme, acme
from tests.factories.people import SIGN_IN_PASSWORD, People, people_of

from stagedoor.identity.oauth_clients.first_party import GUIDE_2019, VENDOR_CLI
from stagedoor.identity.oauth_clients.schemas import NewApplication, OAuthClient
from stagedoor.identity.oauth_server import OAuthServer
from stagedoor.identity.signing_keys.models import SigningKeyRow
from stagedoor.identity.users.models import User
from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
TOKEN = "/identity_/connect/token"
AUTHORIZE = "/identity_/connect/authorize"
VENDOR_REDIRECT = "http://localhost:8104/oidc/login"
VENDOR_SCOPE = "offline_access ProcessMining OrchestratorApiUserAccess StudioWebBackend openid"
APP_REDIRECT = "https://app.example/callback"


def claims_of(token: str) -> dict[str, Any]:
    """Return a JWT's claims without looking at its signature."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def header_of(token: str) -> dict[str, Any]:
    """Return a JWT's header."""
    head = token.split(".")[0]
    header: dict[str, Any] = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return header


class _Door:
    """Stands in for the door: gives the rooms the scope that they know."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.organization: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "stagedoor.organization": self.organization}, receive, send)


@dataclass
class OAuthHouse:
    """One server with a browser in front of it; every call is plain and waits for its answer."""

    world: Acme
    people: People
    server: OAuthServer
    base_url: str
    loop: asyncio.AbstractEventLoop
    door: _Door
    ada: User = field(init=False)
    wim: User = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.new_client()

    def new_client(self, address: str = "192.0.2.7") -> httpx2.AsyncClient:
        """Return a client without cookies, from a network of its own if wanted."""
        transport = httpx2.ASGITransport(app=self.door, client=(address, 1))
        return httpx2.AsyncClient(transport=transport, base_url=self.base_url)

    def request(
        self, method: str, path: str, *, client: httpx2.AsyncClient | None = None, **how: Any
    ) -> httpx2.Response:
        """Send one request and return its answer; redirects are not followed."""
        return self.loop.run_until_complete((client or self.browser).request(method, path, **how))

    def get(self, path: str, **how: Any) -> httpx2.Response:
        """Send a GET."""
        return self.request("GET", path, **how)

    def post(self, path: str, data: Mapping[str, str] | None = None, **how: Any) -> httpx2.Response:
        """Send a form."""
        return self.request("POST", path, data=data, **how) if data is not None else self.request("POST", path, **how)

    def token(self, **fields: str) -> httpx2.Response:
        """Ask the token endpoint."""
        return self.post(TOKEN, fields)

    def sign_in(
        self,
        username: str = "ada",
        password: str = SIGN_IN_PASSWORD,
        *,
        return_url: str = "",
        organization: str = "acme",
    ) -> httpx2.Response:
        """Open the sign-in page and send it."""
        page = self.get("/identity_/account/login", params={"returnUrl": return_url} if return_url else {})
        fields = {**form_of(page), "username": username, "password": password, "organization": organization}
        return self.post("/identity_/account/login", fields)

    def authorize(self, **changes: str | None) -> httpx2.Response:
        """Ask for a code as the vendor's command line does, with changes; ``None`` leaves a field out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": VENDOR_CLI,
            "redirect_uri": VENDOR_REDIRECT,
            "scope": VENDOR_SCOPE,
            "state": "st4te",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return self.get(
            f"{AUTHORIZE}?{urlencode({name: value for name, value in fields.items() if value is not None})}"
        )

    def code(self, **changes: str | None) -> str:
        """Return a code for somebody who is signed in."""
        answer = sent_back(self.authorize(**changes))
        assert "code" in answer, answer
        return answer["code"]

    def exchange(self, code: str, **changes: str) -> httpx2.Response:
        """Exchange a code as the vendor's command line does."""
        fields = {
            "grant_type": "authorization_code",
            "client_id": VENDOR_CLI,
            "code": code,
            "redirect_uri": VENDOR_REDIRECT,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.token(**{name: value for name, value in fields.items() if value})

    def tokens(self, username: str = "ada", **changes: str | None) -> dict[str, Any]:
        """Sign somebody in and return the tokens of the vendor's command line."""
        self.sign_in(username)
        answer = self.exchange(self.code(**changes))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def refresh(self, refresh_token: str, **changes: str) -> httpx2.Response:
        """Refresh as the vendor's command line does."""
        fields = {"grant_type": "refresh_token", "client_id": VENDOR_CLI, "refresh_token": refresh_token, **changes}
        return self.token(**fields)

    def application(self, **wanted: Any) -> tuple[OAuthClient, str]:
        """Register an external application and return it with a secret, if it can have one."""
        order = NewApplication(**{"name": "App", "is_confidential": True, **wanted})
        with self.world.database.write() as session:
            client = self.server.applications.create(session, self.world.organization.id, order)
            secret = ""
            if client.is_confidential:
                _, made = self.server.applications.generate_secret(session, self.world.organization.id, client.id)
                secret = made.reveal()
        self.world.feed.catch_up()
        return client, secret

    def tokens_2019(self) -> dict[str, Any]:
        """Walk through the guide of 2019 and return its tokens."""
        self.sign_in("ada")
        fields = {
            "response_type": "code",
            "client_id": GUIDE_2019,
            "redirect_uri": f"{self.base_url}/mobile",
            "scope": "openid profile offline_access email ",
            "audience": "https://orchestrator.cloud.uipath.com",
            "nonce": "n1",
            "state": "s1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        code = sent_back(self.get(f"/authorize?{urlencode(fields)}"))["code"]
        body = {
            "grant_type": "authorization_code",
            "client_id": GUIDE_2019,
            "code": code,
            "redirect_uri": f"{self.base_url}/mobile",
            "code_verifier": VERIFIER,
        }
        answer = self.request("POST", "/oauth/token", json=body)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def sent_back(response: httpx2.Response) -> dict[str, str]:
    """Return what a redirect to a client carries."""
    assert response.status_code == 303, response.text
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def return_url_of(response: httpx2.Response) -> str:
    """Return where the sign-in page that a redirect leads to would go on."""
    location = urlsplit(response.headers["location"])
    assert location.path == "/identity_/account/login"
    return parse_qs(location.query)["returnUrl"][0]


def form_of(page: httpx2.Response) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


@cache
def _signing_key() -> RSAKey:
    # Finding primes takes longer than most tests; one key serves the whole run.
    return RSAKey.generate_key(2048)


def _seed_signing_key(world: Acme) -> None:
    key = _signing_key()
    kid = key.thumbprint()
    pem = Secret(key.as_pem(private=True).decode())
    now = world.clock.now()
    row = SigningKeyRow(
        kid=kid,
        created_at=now,
        signs_from=now,
        sealed_private_key=world.vault.seal(pem, context=f"signing_key:{kid}", chance=world.chance),
    )
    with world.database.write() as session:
        session.add(row)


@contextmanager
def oauth_house(directory: Path, base_url: str = "http://127.0.0.1:8120") -> Iterator[OAuthHouse]:
    """Yield a server with the administrator ``ada`` and the worker ``wim`` of ``acme``."""
    with acme(directory) as world:
        people = people_of(world)
        _seed_signing_key(world)
        threads = WorkerThreads(2)
        server = OAuthServer(
            database=world.database,
            feed=world.feed,
            vault=world.vault,
            clock=world.clock,
            chance=world.chance,
            threads=threads,
            sign_in_threads=threads,
            base_url=base_url,
            users=people.service,
            user_directory=people.directory,
            organizations=world.directory,
        )
        server.follow(world.feed)
        server.load()
        loop = asyncio.new_event_loop()
        house = OAuthHouse(world, people, server, base_url, loop, _Door(Starlette(routes=server.routes())))
        house.ada = people.make("ada", is_administrator=True)
        house.wim = people.make("wim")
        try:
            yield house
        finally:
            loop.run_until_complete(house.browser.aclose())
            loop.close()
            threads.close()
