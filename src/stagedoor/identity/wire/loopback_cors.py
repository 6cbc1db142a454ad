"""Lets pages on the caller's own machine read the token endpoint: the vendor's command line serves such a page."""

from starlette.requests import Request
from starlette.responses import Response

from stagedoor.identity.oauth_clients.redirects import is_loopback_origin

PREFLIGHT_SECONDS = 600


def allow_loopback(request: Request, response: Response) -> Response:
    """Add the headers of CORS if the page that asks lives on loopback; no other page may read the answer.

    Cookies are never part of it: the endpoint reads none.
    """
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("origin", "")
    if is_loopback_origin(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def answer_preflight(request: Request) -> Response:
    """Return the answer to a browser's question whether it may POST here."""
    response = allow_loopback(request, Response(status_code=204, headers={"Allow": "POST, OPTIONS"}))
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "content-type, authorization"
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response
