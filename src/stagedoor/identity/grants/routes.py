"""The token endpoint on the wire: POST with a form, CORS for pages on loopback, JSON for every answer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.grants.service import TokenEndpoint
from stagedoor.identity.outcomes import OUTCOME, outcome_of_refused
from stagedoor.identity.wire.answers import refuse, write_answer
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.identity.wire.forms import read_fields
from stagedoor.identity.wire.loopback_cors import allow_loopback, answer_preflight
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import IdentityEvent

EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


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
        try:
            fields = await read_fields(request, accepts_json=accepts_json)
            answer = await threads.run(endpoint.answer, fields, request.headers.get("authorization"))
        except OAuthRequestRefused as refused:
            request.scope[OUTCOME] = outcome_of_refused(refused, IdentityEvent.TOKEN_REFUSED)
            return allow_loopback(request, refuse(refused))
        request.scope[OUTCOME] = answer.outcome
        return allow_loopback(request, write_answer(answer))

    return [Route(path, token, methods=EVERY_METHOD)]
