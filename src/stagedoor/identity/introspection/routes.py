"""The introspection endpoint on the wire."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.form_endpoint import EVERY_METHOD, answer_form
from stagedoor.identity.introspection.service import Introspection
from stagedoor.kit.threads import WorkerThreads


def routes(introspection: Introspection, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the route of the introspection endpoint."""

    async def introspect(request: Request) -> Response:
        return await answer_form(request, introspection.answer, threads)

    return [Route("/identity_/connect/introspect", introspect, methods=EVERY_METHOD)]
