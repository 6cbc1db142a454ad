"""The account host of 2019 on the wire."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.grants.routes import routes as token_routes
from stagedoor.identity.grants.service import TokenEndpoint
from stagedoor.identity.wire.pages import Pages
from stagedoor.kit.threads import WorkerThreads

TOKEN_PATH = "/oauth/token"
SHOWN_LENGTH_MAX = 512


def routes(endpoint: TokenEndpoint, pages: Pages, base_url: str, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the routes of the account host but for ``/authorize``."""

    async def mobile(request: Request) -> Response:
        code = request.query_params.get("code", "")[:SHOWN_LENGTH_MAX]
        told = request.query_params.get("error_description") or request.query_params.get("error")
        sentence = told or "There is no code in the address. Begin with the address for /authorize, and sign in."
        return pages.draw(
            "code_2019.html",
            200 if code else 400,
            title="Your code" if code else "No code",
            code=code,
            state=request.query_params.get("state", "")[:SHOWN_LENGTH_MAX],
            sentence=sentence[:SHOWN_LENGTH_MAX],
            token_address=f"{base_url}{TOKEN_PATH}",
        )

    return [
        *token_routes(endpoint, threads, path=TOKEN_PATH, accepts_json=True),
        Route("/mobile", mobile, methods=["GET"]),
    ]
