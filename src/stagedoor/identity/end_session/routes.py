"""The end-session endpoint on the wire."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.authorize.return_address import read_query
from stagedoor.identity.authorize.routes import SIGN_OUT_PATH, AuthorizePages
from stagedoor.identity.authorize.sessions import Cookies
from stagedoor.identity.end_session.service import AskFirst, EndSession
from stagedoor.identity.outcomes import OUTCOME, outcome_of_refused
from stagedoor.identity.wire.answers import refuse
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.identity.wire.forms import read_fields
from stagedoor.kit.threads import WorkerThreads


def routes(end_session: EndSession, pages: AuthorizePages, cookies: Cookies, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the route of the end-session endpoint."""

    async def end(request: Request) -> Response:
        try:
            fields = await read_fields(request) if request.method == "POST" else read_query(request.url.query)
        except OAuthRequestRefused as refused:
            request.scope[OUTCOME] = outcome_of_refused(refused)
            return refuse(refused)
        decision = await threads.run(end_session.decide, fields or {}, request.cookies.get(cookies.session))
        if isinstance(decision, AskFirst):
            return RedirectResponse(SIGN_OUT_PATH, 303)
        return await pages.end_session(request, decision.then)

    return [Route("/identity_/connect/endsession", end, methods=["GET", "POST"])]
