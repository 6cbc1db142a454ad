"""Step 1: refuse a head that is too large, contradicts itself or wants to be another method."""

from stagedoor.catalog.canonical import PATH_BYTES_MAX, QUERY_BYTES_MAX
from stagedoor.door.refusals import HeadTooLarge, MalformedHead, MethodOverrideRefused
from stagedoor.door.visit import Visit

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
METHOD_OVERRIDES = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override", b"x-original-method"})
ADDRESS_OVERRIDES = frozenset({b"x-original-url", b"x-rewrite-url"})
SINGLE_HEADERS = frozenset(
    {b"authorization", b"host", b"content-length", b"content-type", b"x-api-key", b"idempotency-key"}
)
HEADERS_MAX = 100


def bound_head(visit: Visit) -> None:
    """Let only honest heads in; everything after this may rely on single headers being single."""
    head_bytes_max = visit.house.settings.limits.head_bytes_max
    scope = visit.scope
    if len(scope["raw_path"]) > PATH_BYTES_MAX or len(scope["query_string"]) > QUERY_BYTES_MAX:
        raise HeadTooLarge("The request's address is too long.", status=414)
    headers = scope["headers"]
    if len(headers) > HEADERS_MAX or sum(len(name) + len(value) for name, value in headers) > head_bytes_max:
        raise HeadTooLarge
    if scope["method"] not in METHODS:
        raise MalformedHead("This method is not spoken here.", status=501)
    seen: set[bytes] = set()
    for name, _ in headers:
        if name in METHOD_OVERRIDES:
            raise MethodOverrideRefused
        if name in ADDRESS_OVERRIDES:
            raise MalformedHead("Headers that rewrite the address are not accepted.")
        if name in SINGLE_HEADERS:
            if name in seen:
                raise MalformedHead(f"The header {name.decode()} may be sent once only.")
            seen.add(name)
