"""From the bytes of a request's body to a JSON value, within bounds."""

from contextlib import suppress
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.single_quotes import with_double_quotes

DEPTH_MAX = 64
"""Levels of nesting; the vendor's deepest request has six, and reading a value recurses."""

CONTROL_INFORMATION = "@odata."

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

SINGLE_QUOTED_BYTES_MAX = 256 * 1024
"""What is rewritten before it is read is bounded; the clients that need it send a few lines."""

_UTF_16 = frozenset({"utf-16", "utf-16le", "utf-16be"})


def read_json_body(body: bytes, content_type: str, content_encoding: str = "") -> Any:
    """Return the body as a :class:`~stagedoor.orchestrator.call.Body`, a list or a plain value; ``None`` if empty.

    A body without a content type is read as JSON, and strings in single quotes are taken, both as the vendor does. The
    encoding is UTF-8, or UTF-16 where the content type says so. OData's control information (``Name@odata.type``
    and the like, OData JSON Format section 4.5) describes the values and is none itself: it is left out at every
    level, so that it never becomes content. Raises
    :class:`~stagedoor.orchestrator.errors.InvalidRequest` for a compressed body (415), for another type, for
    malformed JSON (with the place) and for more than :data:`DEPTH_MAX` levels.
    """
    _verify_is_plain(content_encoding)
    if _charset_of(content_type) in _UTF_16:
        body = _from_utf_16(body, _charset_of(content_type))
    body = body.removeprefix(BYTE_ORDER_MARK)
    if not body.strip():
        return None
    _verify_is_json(content_type)
    value = _read(body)
    # Without brackets enough there is nothing to measure, and measuring walks the whole value.
    if body.count(b"[") + body.count(b"{") > DEPTH_MAX:
        _verify_depth(value)
    if CONTROL_INFORMATION.encode() in body:
        value = _without_control_information(value)
    return _as_body(value)


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as malformed:
        # What was raised holds the whole body, which may hold a secret; only its place is kept.
        place = f"line {malformed.lineno}, column {malformed.colno}"
        details, internal = {"position": malformed.pos}, malformed.msg
    text = _as_text(body)
    if "'" in text and len(body) <= SINGLE_QUOTED_BYTES_MAX:
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(with_double_quotes(text))
    raise InvalidRequest(
        f"The request body is not valid JSON: {place}.",
        hint="Names and strings stand in double quotes; nothing may follow the last bracket.",
        details=details,
        internal=internal,
    )


def _as_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise InvalidRequest(
            "The request body is not written in UTF-8.",
            hint="Send UTF-8. Windows PowerShell does with -ContentType 'application/json; charset=utf-8'.",
        ) from None


def _charset_of(content_type: str) -> str:
    for parameter in content_type.lower().split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return value.strip().strip('"')
    return ""


def _from_utf_16(body: bytes, charset: str) -> bytes:
    try:
        return body.decode(charset).removeprefix("\ufeff").encode()
    except UnicodeError:
        raise InvalidRequest(f"The request body is not written in {charset.upper()}, as its type says.") from None


def _verify_is_plain(content_encoding: str) -> None:
    # Unpacking here would let a few kilobytes become gigabytes, and no client of the vendor's API packs its requests.
    if content_encoding.strip().lower() not in ("", "identity"):
        raise InvalidRequest(
            f"The request body may not be compressed, and this one is {content_encoding.strip()[:40]}.",
            hint="Send it without Content-Encoding.",
            status=415,
            headers={"Accept-Encoding": "identity"},
        )


def _verify_is_json(content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in ("", "application/json", "text/json") or media_type.endswith("+json"):
        return
    raise InvalidRequest(
        f"The request body must be JSON, not {media_type[:80]}.",
        hint="Send a JSON object with Content-Type: application/json.",
    )


def _verify_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEPTH_MAX):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise InvalidRequest(f"The request body is nested deeper than {DEPTH_MAX} levels.")


def _without_control_information(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_control_information(member)
            for name, member in value.items()
            if CONTROL_INFORMATION not in name
        }
    if isinstance(value, list):
        return [_without_control_information(item) for item in value]
    return value


def _as_body(value: Any) -> Any:
    if isinstance(value, dict):
        return Body(value)
    if isinstance(value, list):
        return [_as_body(item) for item in value]
    return value
