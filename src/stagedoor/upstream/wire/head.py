"""What passes from one hop to the next in a head, and what stays behind (RFC 9110 section 7.6)."""

import re
from collections.abc import Iterable

from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.origin import Origin

# RFC 9110 section 7.6.1: these speak of one connection and end at each hop.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# A caller must not have the folder that was judged taken out again by calling it hop-by-hop.
NEVER_HOP_BY_HOP = b"x-uipath-"
# The caller's own credential, and cookies, which would carry one, never go upstream.
CALLERS_OWN = frozenset({b"authorization", b"cookie", b"x-api-key", b"host", b"content-length", b"expect"})
# An upstream's cookies and challenges are between it and us; "server" and "date" are written by our own server.
UPSTREAMS_OWN = frozenset({b"set-cookie", b"www-authenticate", b"server", b"date"})
# Which pages may read an answer is for the door to say: two words about it, and a browser takes neither.
ABOUT_PAGES = b"access-control-"
NOT_ONWARD = HOP_BY_HOP | CALLERS_OWN
NOT_BACK = HOP_BY_HOP | UPSTREAMS_OWN
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# RFC 9110 section 8.6: these say so when they have no body, for a server may wait for one.
BODY_EXPECTED = frozenset({"POST", "PUT", "PATCH"})

# What nearly every message says, told apart without taking it to pieces.
NAMES_NOTHING = frozenset({b"keep-alive", b"close"})
_NOT_IN_A_TARGET = re.compile(rb"[\x00-\x20\x7f]")


def named_in_connection(values: Iterable[bytes]) -> frozenset[bytes]:
    """Return the headers that ``Connection`` declares to be of this hop alone, in lower case."""
    words = (word.strip().lower() for value in values for word in value.split(b","))
    return frozenset(word for word in words if word and not word.startswith(NEVER_HOP_BY_HOP))


def request_head(onward: Onward, origin: Origin) -> bytes:
    """Return the head of a request as it is written.

    The path that was judged follows the origin's base path byte for byte. Raises ``ValueError`` where a byte in the
    target or in a header would end it early and begin something else.
    """
    target = origin.target_prefix + onward.path.encode("latin-1")
    if onward.query:
        target += b"?" + onward.query.encode("latin-1")
    if _NOT_IN_A_TARGET.search(target):
        raise ValueError("a request target holds no space and no control character")
    kept: list[tuple[bytes, bytes]] = []
    connection_values: list[bytes] = []
    for pair in onward.headers:
        name = pair[0].lower()
        if name not in NOT_ONWARD:
            kept.append(pair)
        elif name == b"connection" and pair[1] not in NAMES_NOTHING:
            connection_values.append(pair[1])
    if connection_values and (named := named_in_connection(connection_values)):
        kept = [pair for pair in kept if pair[0].lower() not in named]
    lines = [b"%b %b HTTP/1.1" % (onward.method.encode("latin-1"), target), b"host: " + origin.host_header]
    lines += [b"%b: %b" % pair for pair in kept]
    if onward.token is not None:
        # As UTF-8, which takes every text: an error about an encoding would show the token it is about.
        lines.append(b"authorization: Bearer " + onward.token.reveal().encode())
    if onward.has_body:
        if onward.content_length is None:
            lines.append(b"transfer-encoding: chunked")
        else:
            lines.append(b"content-length: %d" % onward.content_length)
    elif onward.method in BODY_EXPECTED:
        lines.append(b"content-length: 0")
    if origin.proxy is not None and origin.tls is None and origin.proxy.authorization is not None:
        lines.append(b"proxy-authorization: " + origin.proxy.authorization)
    ends = len(lines) + 1
    lines += (b"", b"")
    head = b"\r\n".join(lines)
    # Each line has one end. One more, and some name or value has brought its own.
    if head.count(b"\n") != ends or head.count(b"\r") != ends or b"\0" in head:
        raise ValueError("a header holds no line end and no NUL")
    return head
