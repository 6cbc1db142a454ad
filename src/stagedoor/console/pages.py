"""Draw the console's pages: escaped, without a script or style of their own, never framed, never kept."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stagedoor.console.errors import PageUnknown
from stagedoor.console.wording import Wording
from stagedoor.kit.clock import Clock

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def security_headers(*, base_url: str) -> Mapping[str, str]:
    """Return the headers that every answer of the console carries.

    The referrer is kept within the origin rather than dropped: browsers would say ``Origin: null`` on our own forms.
    """
    headers = {
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


class Pages:
    """The templates and the static files."""

    def __init__(self, clock: Clock) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._static = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES}
        digest = hashlib.sha256(b"".join(self._static[name] for name in sorted(self._static))).hexdigest()[:12]
        self._templates.globals["static_version"] = digest
        self._templates.filters.update(Wording(clock).filters())

    def draw(self, template: str, status: int = 200, **values: object) -> Response:
        """Return a page or a part of one."""
        return HTMLResponse(
            self._templates.get_template(template).render(**values), status, headers={"Cache-Control": "no-store"}
        )

    async def static(self, request: Request) -> Response:
        """Return a static file; its address changes with its content, so browsers may keep it."""
        name = request.path_params["name"]
        content = self._static.get(name)
        if content is None:
            raise PageUnknown
        return Response(
            content,
            media_type=MEDIA_TYPES[Path(name).suffix],
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )
