"""A whole Stagedoor in this process: its own store, a clock that stands still, and requests that come over ASGI."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from sqlalchemy import select

from stagedoor.audit.models import AuditRow
from stagedoor.door.house import House
from stagedoor.door.opening import open_house
from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.identity.organizations.service import Organizations
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.kit.steady_clock import SteadyClock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REDIRECT = "http://127.0.0.1:53682/callback"
SCOPE = "openid profile email offline_access OR.Default StagedoorManagement"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answered:
    """An answer as it left the door."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class SmallHouse:
    """One house with what its first start made, and a loop to ask it on; every call waits for its answer."""

    house: House
    clock: HeldClock
    loop: asyncio.AbstractEventLoop
    base_url: str
    marker: int = 0
    browser: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx2.ASGITransport(app=self.house.app, client=("192.0.2.7", 1))
        self.browser = httpx2.AsyncClient(transport=transport, base_url=self.base_url)

    @property
    def sample_key(self) -> str:
        key = self.house.first_start.sample_key
        assert key is not None
        return key.reveal()

    @property
    def admin_password(self) -> str:
        password = self.house.first_start.admin_password
        assert password is not None
        return password.reveal()

    def ask(
        self,
        method: str,
        target: str,
        headers: Headers = (),
        body: bytes = b"",
        *,
        key: str | None = None,
        client: tuple[str, int] | None = ("192.0.2.7", 4000),
    ) -> Answered:
        """Send one request whose head is exactly what is written here, and return the answer.

        ``target`` goes in as it is, percent signs and all. ``key`` is a bearer credential.
        """
        path, _, query = target.partition("?")
        pairs = [*headers, ("authorization", f"Bearer {key}")] if key else list(headers)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
            "client": client,
            "server": ("127.0.0.1", 8120),
        }
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            # A caller who has sent everything waits for the answer and stays on the line.
            return waiting.pop(0) if waiting else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        self.loop.run_until_complete(self.house.app(scope, receive, send))
        [start] = [message for message in sent if message["type"] == "http.response.start"]
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        return Answered(start["status"], told, b"".join(message.get("body", b"") for message in sent))

    def request(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """Send one request with the browser's cookies; redirects are not followed."""
        return self.loop.run_until_complete(self.browser.request(method, path, **how))

    def manage(self, method: str, path: str, token: str, **how: Any) -> httpx2.Response:
        """Ask the management API."""
        return self.request(method, f"/api/stagedoor/v1{path}", headers={"Authorization": f"Bearer {token}"}, **how)

    def make_key(self, *allow: str, **order: Any) -> str:
        """Have the administrator make an access key for ``acme/dev`` and return it."""
        wanted = {"name": "a key", "tenant": "acme/dev", "allow": list(allow), **order}
        answer = self.manage("POST", "/keys", self.admin_token, json=wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    def make_folder(self, name: str, parent_id: int | None = None) -> int:
        """Have the administrator make a folder in ``dev`` and return its number."""
        body = json.dumps({"DisplayName": name, "ParentId": parent_id}).encode()
        headers = [("content-type", "application/json")]
        made = self.ask("POST", "/acme/dev/odata/Folders", headers, body, key=self.admin_token)
        assert made.status == 201, made.body
        return int(made.json()["Id"])

    def make_tenant(self, name: str) -> None:
        """Make another tenant of ``acme``, with an Orchestrator of its own."""
        organizations = Organizations(Vault(bytes(32)), self.clock, self.house.chance)
        with self.house.database.write() as session:
            organization = organizations.get_organization(session, "acme")
            organizations.create_tenant(session, organization, name)
        self.house.changes.catch_up()

    @cached_property
    def admin_token(self) -> str:
        """The administrator's access token, good for an hour of the held clock."""
        return str(self.tokens()["access_token"])

    def sign_in(self, username: str, password: str, *, return_url: str = "") -> httpx2.Response:
        """Open the sign-in page and send its form."""
        page = self.request("GET", "/identity_/account/login", params={"returnUrl": return_url} if return_url else {})
        return self.send_form(
            page, "/identity_/account/login", username=username, password=password, organization="acme"
        )

    def send_form(self, page: httpx2.Response, path: str, **typed: str) -> httpx2.Response:
        """Send the form on a page, with what was typed into it."""
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
        return self.request("POST", path, data={**hidden, **typed})

    def authorize(self, **changes: str) -> httpx2.Response:
        """Ask for a code as Stagedoor's own command line does."""
        query = {
            "response_type": "code",
            "client_id": STAGEDOOR_CLI,
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
            "state": "st4te",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return self.request("GET", f"/identity_/connect/authorize?{urlencode(query)}")

    def code(self) -> str:
        """Return a code for whoever is signed in."""
        return dict(parse_qsl(urlsplit(self.authorize().headers["location"]).query))["code"]

    def token(self, **fields: str) -> httpx2.Response:
        """Ask the token endpoint as Stagedoor's own command line does."""
        return self.request("POST", "/identity_/connect/token", data={"client_id": STAGEDOOR_CLI, **fields})

    def exchange(self, code: str) -> httpx2.Response:
        """Exchange a code."""
        return self.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT, code_verifier=VERIFIER)

    def refresh(self, refresh_token: str) -> httpx2.Response:
        """Exchange a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def tokens(self, username: str = "admin", password: str | None = None) -> dict[str, Any]:
        """Sign somebody in and return the tokens."""
        self.sign_in(username, password or self.admin_password)
        answer = self.exchange(self.code())
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def rows(self) -> list[AuditRow]:
        """Return what the audit holds by now, all of it."""
        self.house.audit.flush()
        with self.house.database.read() as session:
            rows = list(session.scalars(select(AuditRow).order_by(AuditRow.id)))
            session.expunge_all()
        return rows

    def new_rows(self) -> list[AuditRow]:
        """Return the audit's rows since the last time this was asked."""
        rows = [row for row in self.rows() if row.id > self.marker]
        self.marker = max([self.marker, *(row.id for row in rows)])
        return rows


@contextmanager
def open_small_house(
    directory: Path, *, local_authority: Secret | None = None, steady_clock: SteadyClock | None = None, **settings: Any
) -> Iterator[SmallHouse]:
    """Yield a house with its data in ``directory``, seeded as at a first start; its clock is held or watched."""
    clock = HeldClock(START)
    chosen = Settings(data_dir=directory / "data", **settings)
    with open_house(
        chosen, local_authority=local_authority, clock=steady_clock or clock, chance=SeededChance(11)
    ) as house:
        loop = asyncio.new_event_loop()
        small = SmallHouse(house, clock, loop, chosen.base_url)
        try:
            yield small
        finally:
            loop.run_until_complete(small.browser.aclose())
            loop.run_until_complete(house.gateway.close())
            loop.close()
