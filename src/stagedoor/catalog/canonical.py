"""The one canonical form of a request's path and query: what is judged is exactly what is sent.

A front door that judges one reading of a path and forwards another is open to whoever finds the difference. So every
path is brought to one form here, before anything looks at it, and that form is what the destination gets. Whatever
two servers could read differently (dot segments, backslashes, path parameters, double encoding, encoded slashes) is
refused rather than repaired. RFC 3986 sections 2.3, 3.3 and 6.2.2; OData 4.01 URL Conventions section 2.
"""

import re
from dataclasses import dataclass
from typing import NewType
from urllib.parse import quote, unquote_to_bytes

from stagedoor.catalog.errors import PathRefused, QueryRefused
from stagedoor.kit.errors import StagedoorError

CanonicalPath = NewType("CanonicalPath", str)
"""A path in canonical form: ASCII, percent-encoded where it must be, upper-case hex, no empty or dot segments."""

PATH_BYTES_MAX = 4 * 1024
QUERY_BYTES_MAX = 16 * 1024
QUERY_OPTIONS_MAX = 64

# RFC 3986 pchar without the semicolon; quote() itself adds the unreserved characters.
_PATH_SAFE = "!$&'()*+,=:@"
_QUERY_VALUE_SAFE = "!$'()*,:@/"
_QUERY_NAME_SAFE = "$@"
# Safe in names and in values alike; a name holds no slash (_OPTION_NAME), and its brackets are quoted.
_NOTHING_TO_QUOTE = re.compile(r"[A-Za-z0-9_.\-~$@]*\Z")
_CANONICAL_ALREADY = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9\-._~!$&'()*+,=:@]+)+/?\Z")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_WHITESPACE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_OPTION_NAME = re.compile(r"[A-Za-z0-9_.$@\-\[\]]{1,128}\Z")
# OData servers may read these without their dollar sign too (OData 4.01 URL Conventions section 5.1).
_SYSTEM_OPTIONS = frozenset({"apply", "compute", "count", "deltatoken", "expand", "filter", "format", "orderby"})
_SYSTEM_OPTIONS |= {"search", "select", "skip", "skiptoken", "top"}


@dataclass(frozen=True, slots=True)
class CanonicalQuery:
    """A query string's decoded pairs in their order, and the one text that is sent on for them."""

    pairs: tuple[tuple[str, str], ...] = ()
    text: str = ""


_EMPTY_QUERY = CanonicalQuery()


def canonical_path(raw: str | bytes) -> CanonicalPath:
    """Return the canonical form of a path as it came over the wire, still percent-encoded, without its query.

    Doubled slashes become one; every escape is decoded once, and what must be encoded is encoded again in upper case.
    A trailing slash stays. A slash may be encoded only inside the quotes of an OData key.

    Raises :class:`PathRefused` for more than ``PATH_BYTES_MAX`` and for everything that two servers could read in two
    ways. The result is its own canonical form.
    """
    text = _as_text(raw, PATH_BYTES_MAX, PathRefused)
    if _CANONICAL_ALREADY.match(text):
        return CanonicalPath(text)
    if not text.startswith("/"):
        raise PathRefused("A path starts with a slash.")
    segments = [_canonical_segment(segment) for segment in text.split("/") if segment]
    closing = "/" if segments and text.endswith("/") else ""
    return CanonicalPath(f"/{'/'.join(segments)}{closing}")


def canonical_query(raw: str | bytes) -> CanonicalQuery:
    """Return the pairs of a query string, given without its question mark, and its canonical text.

    Names and values are decoded once, a plus being a space; empty parts are left out; a name without a value has an
    empty one. A name may come more than once, as lists do, but an OData option may not, with its dollar sign or
    without and in any letter case.

    Raises :class:`QueryRefused` for more than ``QUERY_BYTES_MAX`` or ``QUERY_OPTIONS_MAX``, a strange name, a control
    character, broken escapes or a doubled option. The text is its own canonical form.
    """
    if not raw:
        return _EMPTY_QUERY
    text = _as_text(raw, QUERY_BYTES_MAX, QueryRefused)
    parts = [part for part in text.split("&", QUERY_OPTIONS_MAX + 1) if part]
    if len(parts) > QUERY_OPTIONS_MAX:
        raise QueryRefused(f"A query string holds at most {QUERY_OPTIONS_MAX} options.")
    pairs: list[tuple[str, str]] = []
    options_seen: set[str] = set()
    for part in parts:
        raw_name, _, raw_value = part.partition("=")
        name = _decode(raw_name.replace("+", " "), QueryRefused)
        if not _OPTION_NAME.match(name):
            raise QueryRefused("A query option has a name that no operation knows.")
        option = name.lower().removeprefix("$")
        if option in _SYSTEM_OPTIONS:
            if option in options_seen:
                raise QueryRefused(f"The option ${option} is given more than once.")
            options_seen.add(option)
        value = _decode(raw_value.replace("+", " "), QueryRefused)
        if _CONTROL_BUT_WHITESPACE.search(value):
            raise QueryRefused("A query option holds a control character.")
        pairs.append((name, value))
    return CanonicalQuery(
        tuple(pairs),
        "&".join([f"{_quoted(name, _QUERY_NAME_SAFE)}={_quoted(value, _QUERY_VALUE_SAFE)}" for name, value in pairs]),
    )


def _quoted(text: str, safe: str) -> str:
    # quote() walks through every text byte by byte; most of them hold nothing to be quoted.
    return text if _NOTHING_TO_QUOTE.match(text) else quote(text, safe=safe)


def _canonical_segment(raw: str) -> str:
    # The raw marks would end the path or start parameters for some readers, even inside quotes.
    if any(mark in raw for mark in ";?#"):
        raise PathRefused("A path holds no semicolon, question mark or hash in plain.")
    decoded = _decode(raw, PathRefused)
    if _ESCAPE.search(decoded):
        raise PathRefused("The path is percent-encoded twice.")
    if _CONTROL.search(decoded) or "\\" in decoded:
        raise PathRefused("A path holds no control characters and no backslashes.")
    # Encoded slashes count as well: a later reader may decode them before it resolves dot segments.
    if any(part in (".", "..") for part in decoded.split("/")):
        raise PathRefused("A path holds no dot segments.")
    if "/" in decoded or ";" in decoded:
        _verify_marks_are_quoted(decoded)
    return quote(decoded, safe=_PATH_SAFE)


def _verify_marks_are_quoted(decoded: str) -> None:
    quoted = False
    for character in decoded:
        if character == "'":
            quoted = not quoted
        elif character in "/;" and not quoted:
            raise PathRefused("An encoded slash or semicolon may stand only inside a quoted key.")
    if quoted:
        raise PathRefused("A quoted key is not closed.")


def _decode(text: str, refused: type[StagedoorError]) -> str:
    if "%" not in text and text.isascii():
        return text
    if _BROKEN_ESCAPE.search(text):
        raise refused("A percent sign is not followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError as broken:
        raise refused("The request is not written in UTF-8.") from broken


def _as_text(raw: str | bytes, bytes_max: int, refused: type[StagedoorError]) -> str:
    try:
        encoded = raw.encode("utf-8") if isinstance(raw, str) else raw
        if len(encoded) > bytes_max:
            raise refused(f"This part of the request may have at most {bytes_max} bytes.", status=414)
        return encoded.decode("utf-8")
    except UnicodeError as broken:
        raise refused("The request is not written in UTF-8.") from broken
