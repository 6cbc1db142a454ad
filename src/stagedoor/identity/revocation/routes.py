"""The revocation endpoint on the wire."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.grants.routes import EVERY_METHOD
from stagedoor.identity.outcomes import OUTCOME, outcome_of_refused
from stagedoor.identity.revocation.service import Revocation
from stagedoor.identity.wire.answers import refuse, write_answer
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.identity.wire.forms import read_fields
from stagedoor.kit.threads import WorkerThreads


def routes(revocation: Revocation, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the route of the revocation endpoint."""

    async def revoke(request: Request) -> Response:
        try:
            fields = await read_fields(request)
        except OAuthRequestRefused as refused:
            request.scope[OUTCOME] = outcome_of_refused(refused)
            return refuse(refused)
        answer = await threads.run(revocation.answer, fields, request.headers.get("authorization"))
        request.scope[OUTCOME] = answer.outcome
        return write_answer(answer)

    return [Route("/identity_/connect/revocation", revoke, methods=EVERY_METHOD)]
