"""Step 3a: pages on the caller's own machine may call, as the vendor's TypeScript client does in a browser.

A browser keeps an answer from a page of another origin unless the answer says that the page may read it (Fetch
Standard, "CORS protocol"). Only pages on loopback get that word: whoever develops one runs it there. It opens nothing
by itself, for the surface reads no cookie, and a page has to bring a credential of its own like every caller.
"""

import re
from collections.abc import Awaitable

from stagedoor.door.visit import Visit
from stagedoor.identity.oauth_clients.redirects import is_loopback_origin

PREFLIGHT_SECONDS = 600
METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
EXPOSED = b"x-request-id, retry-after, www-authenticate, deprecation, sunset, link"
_HEADER_NAMES = re.compile(r"[A-Za-z0-9_\-]{1,64}(?: ?, ?[A-Za-z0-9_\-]{1,64}){0,31}\Z")


def let_loopback_pages_read(visit: Visit) -> Awaitable[None] | None:
    """Answer the question that a browser asks before such a page's request, and let the page read what comes of it."""
    origin = visit.head.headers.get("origin", "")
    if not is_loopback_origin(origin):
        return None
    visit.answer_headers += [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED),
        (b"vary", b"Origin"),
    ]
    wanted = visit.head.headers.get("access-control-request-headers", "")
    asks_first = visit.head.method == "OPTIONS" and "access-control-request-method" in visit.head.headers
    if not asks_first or (wanted and not _HEADER_NAMES.match(wanted)):
        return None
    visit.is_preflight = True
    allowed = [
        (b"access-control-allow-methods", METHODS),
        (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
    ]
    if wanted:
        allowed.append((b"access-control-allow-headers", wanted.encode("latin-1")))
    return visit.answer(204, allowed, b"")
