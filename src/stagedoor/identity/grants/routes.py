"""The token endpoint on the wire: POST with a form, CORS for pages on loopback, JSON for every answer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.form_endpoint import EVERY_METHOD, answer_form
from stagedoor.identity.grants.service import TokenEndpoint
from stagedoor.identity.wire.loopback_cors import allow_loopback, answer_preflight
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import IdentityEvent


def routes(
    endpoint: TokenEndpoint,
    threads: WorkerThreads,
    *,
    path: str = "/identity_/connect/token",
    accepts_json: bool = False,
) -> list[BaseRoute]:
    """Return the route of one token endpoint."""

    async def token(request: Request) -> Response:
        if request.method == "OPTIONS":
            return answer_preflight(request)
        response = await answer_form(
            request, endpoint.answer, threads, accepts_json=accepts_json, refused_as=IdentityEvent.TOKEN_REFUSED
        )
        return allow_loopback(request, response)

    return [Route(path, token, methods=EVERY_METHOD)]
