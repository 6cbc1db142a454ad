"""The way from the console to the house: the front door, without a socket."""

import httpx2
from starlette.requests import Request
from starlette.types import ASGIApp


def transport_for(app: ASGIApp, request: Request) -> httpx2.AsyncBaseTransport:
    """Return a transport to the whole house that names the person's own address, for networks and the audit."""
    address = request.client.host if request.client else ""
    return httpx2.ASGITransport(app, client=(address, 0))
