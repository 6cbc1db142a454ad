"""Where a browser may be sent with a code: exact matching, but for the loopback port (RFC 8252 section 7.3)."""

from urllib.parse import SplitResult, urlsplit

REDIRECT_LENGTH_MAX = 2048
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback_origin(origin: str) -> bool:
    """Tell whether a browser's ``Origin`` is a page on this very machine."""
    parts = _split(origin)
    return (
        parts is not None
        and parts.scheme in ("http", "https")
        and parts.hostname in LOOPBACK_HOSTS
        and (parts.path, parts.query) == ("", "")
    )


def can_be_registered(uri: str) -> bool:
    """Tell whether a redirect is safe to register.

    That is ``https`` anywhere, ``http`` on loopback, or an application's own scheme, which has a dot in its name
    (RFC 8252 section 7.1), so that ``javascript:`` and its like can never stand here.
    """
    parts = _split(uri)
    if parts is None:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme == "http":
        return parts.hostname in LOOPBACK_HOSTS
    return "." in parts.scheme


def redirect_matches(registered: str, given: str) -> bool:
    """Tell whether ``given`` is the registered redirect.

    Character by character, except on loopback: there the port is free, because native applications take any that is
    open, and the path may be left out, because the vendor's command line leaves it out when it asks for a code.
    """
    parts = _split(given)
    if parts is None:
        return False
    if registered == given:
        return True
    wanted = _split(registered)
    if wanted is None or wanted.scheme != "http" or wanted.hostname not in LOOPBACK_HOSTS:
        return False
    if (parts.scheme, parts.hostname) != (wanted.scheme, wanted.hostname):
        return False
    return (parts.path, parts.query) in ((wanted.path, wanted.query), ("", ""))


def is_same_redirect(asked_with: str, exchanged_with: str) -> bool:
    """Tell whether the redirect at the token endpoint is the one that the code was asked for.

    RFC 6749 section 4.1.3 wants them identical. On loopback the vendor's command line leaves the path out in the
    first request and sends the whole in the second; host and port have to agree even so.
    """
    if asked_with == exchanged_with:
        return True
    first, second = _split(asked_with), _split(exchanged_with)
    if first is None or second is None or first.scheme != "http" or first.hostname not in LOOPBACK_HOSTS:
        return False
    return (first.path, first.query) == ("", "") and (first.scheme, first.netloc) == (second.scheme, second.netloc)


def origin_of(uri: str) -> str | None:
    """Return scheme, host and port of a redirect, or its own scheme with a colon; ``None`` for what is no address."""
    parts = _split(uri)
    if parts is None:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def form_target_of(uri: str) -> str | None:
    """Return the source for a ``form-action`` policy under which a form may end at this redirect.

    The policy's grammar has no IPv6 addresses, so such a redirect is allowed by its scheme alone.
    """
    origin = origin_of(uri)
    return "http:" if origin is not None and origin.startswith("http://[") else origin


def _split(uri: str) -> SplitResult | None:
    # Browsers read a backslash as a slash and drop control characters, so what holds one is no address at all here.
    if not uri or len(uri) > REDIRECT_LENGTH_MAX or any(letter <= " " or letter in '\\"<>\x7f' for letter in uri):
        return None
    try:
        parts = urlsplit(uri)
        # Reading the port raises for one that is none.
        _ = parts.port
    except ValueError:
        return None
    if not parts.scheme or parts.fragment or "#" in uri or parts.username is not None or parts.password is not None:
        return None
    if parts.scheme in ("http", "https") and not parts.hostname:
        return None
    return parts
