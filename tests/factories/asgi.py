"""A surface of the house over HTTP without the house: routes, the scope that the door gives them, errors as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from stagedoor.kit.errors import StagedoorError


class _WithScope:
    def __init__(self, app: ASGIApp, extras: Mapping[str, Any]) -> None:
        self._app = app
        self._extras = extras

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, **self._extras}, receive, send)


def client_of(
    routes: Sequence[BaseRoute],
    *,
    organization: str | None = None,
    tenant: str | None = None,
    address: str = "192.0.2.7",
) -> TestClient:
    """Return a client of these routes; ``organization`` and ``tenant`` are what the address would have named."""

    async def draw(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, StagedoorError)
        body = {
            "message": error.public,
            "errorCode": getattr(error, "error_code", 0),
            "code": error.code,
            "hint": error.hint,
            **error.details,
        }
        return JSONResponse(body, error.status, headers=dict(error.headers))

    app = Starlette(routes=list(routes), exception_handlers={StagedoorError: draw})
    extras = {
        "stagedoor.organization": organization,
        "stagedoor.tenant": tenant,
        "stagedoor.request_id": "0" * 32,
        "client": (address, 0),
    }
    return TestClient(_WithScope(app, extras), base_url="http://testserver")
