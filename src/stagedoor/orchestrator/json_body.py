"""From the bytes of a request's body to a JSON value, within bounds."""

from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest

DEPTH_MAX = 64
"""Levels of nesting; the vendor's deepest request has six, and reading a value recurses."""

CONTROL_INFORMATION = "@odata."

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_json_body(body: bytes, content_type: str) -> Any:
    """Return the body as a :class:`~stagedoor.orchestrator.call.Body`, a list or a plain value; ``None`` if empty.

    A body without a content type is read as JSON, as the vendor does. OData's control information (``Name@odata.type``
    and the like, OData JSON Format section 4.5) describes the values and is none itself: it is left out at every
    level, so that it never becomes content. Raises
    :class:`~stagedoor.orchestrator.errors.InvalidRequest` for another type, for malformed JSON (with the place) and
    for more than :data:`DEPTH_MAX` levels.
    """
    body = body.removeprefix(BYTE_ORDER_MARK)
    if not body.strip():
        return None
    _verify_is_json(content_type)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as malformed:
        raise InvalidRequest(
            f"The request body is not valid JSON: line {malformed.lineno}, column {malformed.colno}.",
            hint="Names and strings stand in double quotes; nothing may follow the last bracket.",
            details={"position": malformed.pos},
            internal=malformed.msg,
        ) from None  # The exception holds the whole body, which may hold a secret.
    # Without brackets enough there is nothing to measure, and measuring walks the whole value.
    if body.count(b"[") + body.count(b"{") > DEPTH_MAX:
        _verify_depth(value)
    if CONTROL_INFORMATION.encode() in body:
        value = _without_control_information(value)
    return _as_body(value)


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
