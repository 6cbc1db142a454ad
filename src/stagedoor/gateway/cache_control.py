"""What a request and an answer say about being kept (RFC 9111 section 5.2)."""

import re
from collections.abc import Iterable

Header = tuple[bytes, bytes]

NOT_KEPT = frozenset({"no-store", "no-cache", "private"})
_DIRECTIVE = re.compile(r'\s*([!#$%&\'*+\-.^_`|~\w]+)(?:=(?:"([^"]*)"|([^\s,"]*)))?\s*(?:,|$)')
_SECONDS_MAX = 2**31


def directives(headers: Iterable[Header], name: bytes = b"cache-control") -> dict[str, str]:
    """Return the directives of all headers of this name, in lower case; what cannot be read counts as ``no-store``."""
    found: dict[str, str] = {}
    for header, value in headers:
        if header != name:
            continue
        text = value.decode("latin-1").strip()
        at = 0
        while at < len(text):
            match = _DIRECTIVE.match(text, at)
            if match is None:
                return {"no-store": ""}
            found[match[1].lower()] = match[2] or match[3] or ""
            at = match.end()
    return found


def seconds_of(text: str | None) -> int | None:
    """Return a number of seconds (RFC 9111 section 1.2.2), or ``None``; what is no number counts as zero."""
    if text is None:
        return None
    return min(int(text), _SECONDS_MAX) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def lifetime_of(headers: Iterable[Header]) -> int | None:
    """Return for how long the upstream calls its answer fresh, or ``None`` where it does not say.

    A date of expiry alone counts as none: upstream's clock is not ours.
    """
    pairs = list(headers)
    said = directives(pairs)
    lifetime = seconds_of(said.get("s-maxage", said.get("max-age")))
    if lifetime is None:
        return 0 if any(name == b"expires" for name, _ in pairs) else None
    return lifetime - age_of(pairs)


def age_of(headers: Iterable[Header]) -> int:
    """Return how old the answer was when it came."""
    return max(
        (seconds_of(value.decode("latin-1").strip()) or 0 for name, value in headers if name == b"age"), default=0
    )
