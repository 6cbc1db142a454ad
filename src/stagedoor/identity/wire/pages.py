"""Draws identity's pages: escaped, without scripts, never framed, never cached."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

PAGES = Path(__file__).parent.parent / "pages"


class Pages:
    """The templates of ``identity/pages``."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(PAGES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._style = (PAGES / "identity.css").read_bytes()

    def draw(
        self, template: str, status: int = 200, *, form_targets: Iterable[str] = (), **values: object
    ) -> HTMLResponse:
        """Return a page.

        ``form_targets`` are the origins that a form on the page may lead to in the end: browsers hold every redirect
        after a form against its policy.
        """
        response = HTMLResponse(self._templates.get_template(template).render(**values), status)
        targets = " ".join(["'self'", *form_targets])
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action {targets}"
        )
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def routes(self) -> list[BaseRoute]:
        """Return the route of the style sheet."""

        async def style(_: Request) -> Response:
            headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
            return Response(self._style, media_type="text/css", headers=headers)

        return [Route("/identity_/static/identity.css", style, methods=["GET"])]
