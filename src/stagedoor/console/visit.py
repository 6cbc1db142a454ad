"""One request of somebody who is signed in: what a page may use to answer it."""

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from stagedoor.client import AsyncStagedoor, SignedIn, Tenant, Tokens, WhoAmI
from stagedoor.console.forms import Form, FormGuard
from stagedoor.console.in_process import transport_for
from stagedoor.console.pages import Pages
from stagedoor.console.sealed_cookie import SealedCookie
from stagedoor.console.sessions import ConsoleSession
from stagedoor.console.sign_in import CLIENT_ID
from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all visits share. ``pending_sign_in`` keeps a sign-in for a connection while the browser is away."""

    app: ASGIApp
    base_url: str
    token_url: str
    pages: Pages
    guard: FormGuard
    pending_sign_in: SealedCookie
    clock: Clock
    chance: Chance


class SessionTokens:
    """The session's tokens while a request is answered; a renewal goes back into the cookie with the answer."""

    def __init__(self, tokens: Tokens) -> None:
        self.current = tokens
        self.renewed = False

    def load(self) -> Tokens | None:
        return self.current

    def save(self, tokens: Tokens) -> None:
        self.current = tokens
        self.renewed = True


class Visit:
    """A request, its session, and the house as its person sees it."""

    def __init__(self, request: Request, session: ConsoleSession, around: Surroundings) -> None:
        self.request = request
        self.around = around
        self._session = session
        self._tokens = SessionTokens(session.tokens)
        self._auth = SignedIn(around.token_url, client_id=CLIENT_ID, store=self._tokens, clock=around.clock)
        self._transport = transport_for(around.app, request)
        self._clients: dict[str | None, AsyncStagedoor] = {}
        self._whoami: WhoAmI | None = None
        self._tenants: list[Tenant] | None = None

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.around.clock

    @property
    def session_id(self) -> str:
        """Which session this is, of all that there are."""
        return self._session.id

    @property
    def renewed_session(self) -> ConsoleSession | None:
        """The session with the tokens that were renewed meanwhile, if any were."""
        return replace(self._session, tokens=self._tokens.current) if self._tokens.renewed else None

    @property
    def is_part(self) -> bool:
        """Tell whether a part of a page was asked for, by htmx."""
        return self.request.headers.get("hx-request") == "true"

    def stagedoor(self, tenant: str | None = None) -> AsyncStagedoor:
        """Return a client that acts for the person, in a tenant (``organization/tenant``) if one is named."""
        if tenant not in self._clients:
            self._clients[tenant] = AsyncStagedoor(
                self.around.base_url,
                auth=self._auth,
                tenant=tenant,
                transport=self._transport,
                chance=self.around.chance,
            )
        return self._clients[tenant]

    async def whoami(self) -> WhoAmI:
        """Return who is signed in."""
        if self._whoami is None:
            self._whoami = await self.stagedoor().whoami()
        return self._whoami

    async def tenants(self) -> list[Tenant]:
        """Return the tenants that the person may enter."""
        if self._tenants is None:
            self._tenants = await self.stagedoor().tenants()
        return self._tenants

    async def form(self) -> Form:
        """Return the form that was sent; raises what :meth:`FormGuard.read` raises."""
        return await self.around.guard.read(self.request, self._session)

    async def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Draw a whole page with its head and navigation."""
        return self.around.pages.draw(
            template,
            status,
            me=await self.whoami(),
            mark=self.around.guard.mark_of(self._session),
            path=self.request.url.path,
            **values,
        )

    def part(self, template: str, status: int = 200, **values: Any) -> Response:
        """Draw a part of a page."""
        return self.around.pages.draw(template, status, mark=self.around.guard.mark_of(self._session), **values)

    def go(self, path: str) -> Response:
        """Send the browser to a page of the console, after a form was taken."""
        return RedirectResponse(path, 303)


def path_of(tenant: Tenant) -> str:
    """Return a tenant as the API names it: ``organization/tenant``."""
    return f"{tenant['organization']['name']}/{tenant['name']}"


def find_tenant(tenants: list[Tenant], path: str) -> Tenant | None:
    """Return the tenant of this path, or the first one where the path names none."""
    return next((tenant for tenant in tenants if path_of(tenant) == path), tenants[0] if tenants else None)
