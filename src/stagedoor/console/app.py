"""The console, put together: which page stands at which address."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stagedoor.client import NotSignedIn, StagedoorClientError
from stagedoor.console import activity, connections, home, keys, legacy_window, new_connection, new_key, orchestrator
from stagedoor.console.errors import PageUnknown
from stagedoor.console.forms import FormGuard
from stagedoor.console.pages import Pages, security_headers
from stagedoor.console.person_sign_in import CALLBACK_PATH as CONNECTION_CALLBACK_PATH
from stagedoor.console.person_sign_in import DEPARTURE_PATH, show_departure
from stagedoor.console.sealed_cookie import SealedCookie
from stagedoor.console.sessions import SessionCookies
from stagedoor.console.sign_in import CALLBACK_PATH, HOME, SIGN_IN_PATH, SignInDesk, local_path
from stagedoor.console.visit import Surroundings, Visit
from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.errors import StagedoorError

Page = Callable[[Visit], Awaitable[Response]]

READS: dict[str, Page] = {
    "/console": home.show_home,
    "/console/keys": keys.show_keys,
    "/console/keys/new": new_key.show_new_key,
    "/console/keys/{key_id}": keys.show_key,
    "/console/activity": activity.show_activity,
    "/console/activity/rows": activity.show_new_rows,
    "/console/connections": connections.show_connections,
    "/console/connections/new": new_connection.show_new_connection,
    "/console/connections/{connection_id}": connections.show_connection,
    "/console/legacy-window": legacy_window.show_window,
    "/console/orchestrator": orchestrator.show_jobs,
    "/console/orchestrator/jobs": orchestrator.show_jobs,
    "/console/orchestrator/queues": orchestrator.show_queues,
    "/console/orchestrator/queues/{queue_id}": orchestrator.show_queue,
    "/console/orchestrator/assets": orchestrator.show_assets,
}
"""Pages that only look."""

AWAY: dict[str, Page] = {
    DEPARTURE_PATH: show_departure,
    CONNECTION_CALLBACK_PATH: new_connection.finish_sign_in,
}
"""The pages before and after a sign-in at another identity. They show nothing unless this session began one; the second
makes a connection, and believes no answer but the one to its own question."""

WRITES: dict[str, Page] = {
    "/console/keys": new_key.make_key,
    "/console/keys/new": new_key.redraw_new_key,
    "/console/keys/new/choice": new_key.show_choice,
    "/console/keys/{key_id}/limits": keys.change_limits,
    "/console/keys/{key_id}/rotate": keys.rotate_key,
    "/console/keys/{key_id}/revoke": keys.revoke_key,
    "/console/connections": new_connection.create_connection,
    "/console/connections/new": new_connection.redraw_new_connection,
    "/console/connections/new/fields": new_connection.show_fields,
    "/console/connections/new/trial": new_connection.try_connection,
    "/console/connections/{connection_id}/test": connections.test_connection,
    "/console/connections/{connection_id}/secret": connections.renew_secret,
    "/console/connections/{connection_id}/sign-in": connections.sign_in_again,
    "/console/connections/{connection_id}/map": connections.map_tenant,
    "/console/connections/{connection_id}/unmap": connections.unmap_tenant,
    "/console/connections/{connection_id}/remove": connections.remove_connection,
    "/console/legacy-window": legacy_window.change_window,
}
"""What forms are sent to. Each reads its form through :meth:`Visit.form`, which refuses those of other sites."""

# A sign-in that is refused right after it was made would be refused again: show the error instead of going round.
FRESH_SIGN_IN = timedelta(seconds=20)


def build_console(*, app: ASGIApp, base_url: str, vault: Vault, clock: Clock, chance: Chance) -> ASGIApp:
    """Return the application for ``/`` and ``/console/…``.

    ``app`` is the whole house, which the pages call as any client would; ``base_url`` is the origin that people use.
    What is raised as a :class:`~stagedoor.kit.errors.StagedoorError` becomes a page; anything else is passed on.
    """
    cookies = SessionCookies(vault, chance, base_url=base_url)
    guard = FormGuard(vault, base_url=base_url)
    pages = Pages(clock)
    desk = SignInDesk(app=app, base_url=base_url, cookies=cookies, guard=guard, clock=clock, chance=chance)
    around = Surroundings(
        app=app,
        base_url=base_url,
        token_url=desk.token_url,
        pages=pages,
        guard=guard,
        pending_sign_in=SealedCookie(
            "stagedoor_console_connection", vault, chance, is_https=base_url.startswith("https://")
        ),
        clock=clock,
        chance=chance,
    )
    let_in = Receptionist(cookies, around)
    routes = [
        Route("/", _to_home, methods=["GET"]),
        Route("/console/", _to_home, methods=["GET"]),
        Route(SIGN_IN_PATH, desk.begin, methods=["GET"]),
        Route(CALLBACK_PATH, desk.finish, methods=["GET"]),
        Route("/console/sign-out", desk.end, methods=["POST"]),
        Route("/console/static/{name}", pages.static, methods=["GET"]),
        *(Route(path, let_in.to(page), methods=["GET"]) for path, page in {**AWAY, **READS}.items()),
        *(Route(path, let_in.to(page), methods=["POST"]) for path, page in WRITES.items()),
    ]
    return Console(Router(routes, redirect_slashes=False, default=_unknown), pages, base_url=base_url)


class Receptionist:
    """Stand in front of every page: let in who is signed in, send everybody else to sign in."""

    def __init__(self, cookies: SessionCookies, around: Surroundings) -> None:
        self._cookies = cookies
        self._around = around

    def to(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint for a page."""

        async def endpoint(request: Request) -> Response:
            session = self._cookies.find_session(request)
            if session is None:
                return _to_sign_in(request)
            visit = Visit(request, session, self._around)
            try:
                response = await page(visit)
            except NotSignedIn as refusal:
                if self._around.clock.now() - session.started_at < FRESH_SIGN_IN:
                    response = await _draw_failure(visit, refusal)
                else:
                    response = _to_sign_in(request)
                self._cookies.remove_session(response)
                return response
            except StagedoorClientError as failure:
                response = await _draw_failure(visit, failure)
            if visit.renewed_session is not None:
                self._cookies.write_session(response, visit.renewed_session)
            return response

        return endpoint


class Console:
    """Put the security headers on every answer, and draw what the pages refuse."""

    def __init__(self, router: Router, pages: Pages, *, base_url: str) -> None:
        self._router = router
        self._pages = pages
        self._headers = security_headers(base_url=base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._router(scope, receive, send_guarded)
        except StagedoorError as refusal:
            if begun:
                raise
            is_part = Request(scope).headers.get("hx-request") == "true"
            response = self._pages.draw(
                "problem_part.html" if is_part else "problem_alone.html",
                refusal.status,
                message=refusal.public,
                hint=refusal.hint,
                request_id=scope.get("stagedoor.request_id"),
            )
            await response(scope, receive, send_guarded)


async def _draw_failure(visit: Visit, failure: StagedoorClientError) -> Response:
    """Say on a page what the house answered."""
    if isinstance(failure, NotSignedIn):
        status = 401
    else:
        status = failure.status if failure.status is not None and failure.status >= 400 else 502
    request_id = failure.request_id or visit.request.scope.get("stagedoor.request_id")
    template = "problem_part.html" if visit.is_part else "problem_alone.html"
    return visit.part(template, status, message=failure.message, hint=failure.hint, request_id=request_id)


def _to_sign_in(request: Request) -> Response:
    """Send a browser to sign in and back to the page it was on; nothing that was sent is kept."""
    is_part = request.headers.get("hx-request") == "true"
    if is_part:
        shown = urlsplit(request.headers.get("hx-current-url", ""))
        path = shown.path + (f"?{shown.query}" if shown.query else "")
    elif request.method == "GET":
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        path = HOME
    address = f"{SIGN_IN_PATH}?{urlencode({'next': local_path(path)})}"
    if is_part:
        # A part must not end up inside the page as a sign-in form would; this makes htmx leave the page.
        return Response(status_code=200, headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return RedirectResponse(address, 303)


async def _to_home(_: Request) -> Response:
    return RedirectResponse(HOME, 303)


async def _unknown(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise PageUnknown
