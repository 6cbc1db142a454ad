"""The revocation endpoint on the wire."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.form_endpoint import EVERY_METHOD, answer_form
from stagedoor.identity.revocation.service import Revocation
from stagedoor.kit.threads import WorkerThreads


def routes(revocation: Revocation, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the route of the revocation endpoint."""

    async def revoke(request: Request) -> Response:
        return await answer_form(request, revocation.answer, threads)

    return [Route("/identity_/connect/revocation", revoke, methods=EVERY_METHOD)]
