"""Reads the body of a login: JSON however it is labelled, and the one other form that a real client sends.

PyPI's uipath-tools posts the ``repr`` of a Python dictionary, single quotes and all, and calls it JSON. It is read
here and nowhere else, with the parser for literals, never with one that evaluates.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from stagedoor.identity.legacy_basic.errors import RIGHT_FORM, LoginBodyRefused
from stagedoor.identity.legacy_basic.schemas import LoginBody
from stagedoor.kit.secret import Secret

BODY_BYTES_MAX = 16 * 1024
LITERAL_BYTES_MAX = 2 * 1024
NAME_LENGTH_MAX = 256
PASSWORD_LENGTH_MAX = 1024

TENANCY_NAME = "tenancyname"
USERNAME = "usernameoremailaddress"
PASSWORD = "password"

ESCAPED_AS_BY_REPR = re.compile(r"(?:[^\\]|\\[\\'\"nrtxuU])*", re.DOTALL)
"""Text with no backslash that ``repr`` would not write. Python warns about others, on a stream that is none of ours."""


def read_login_body(body: bytes, query: str) -> LoginBody:
    """Return what a login says; property names in any letter case.

    Decides by the body itself, since clients label it at random. Raises :class:`LoginBodyRefused`, which shows the
    right form and never anything of the body: for credentials in the query or in a form, for a body that is too
    large or cannot be read, for a field that is missing, no text or too long.
    """
    if len(body) > BODY_BYTES_MAX:
        raise LoginBodyRefused("The body is too large for a login.", status=413)
    text = body.strip(b" \t\r\n\xef\xbb\xbf")
    if not text:
        if _names_a_credential(query):
            raise LoginBodyRefused(
                "The login came as query parameters. It belongs into the body as JSON; "
                "what stood in the address may be in logs now, so change that password."
            )
        raise LoginBodyRefused("The body is empty; the login belongs into it as JSON.")
    if text[:1] != b"{":
        if _names_a_credential(text.decode("utf-8", "replace")):
            raise LoginBodyRefused("The login came as a form. It belongs into the body as JSON.")
        raise LoginBodyRefused("The body is no JSON object.")
    fields = {name.lower(): value for name, value in _read_object(text).items() if isinstance(name, str)}
    return LoginBody(
        tenancy_name=_text(fields, TENANCY_NAME, "tenancyName", NAME_LENGTH_MAX, needed=False).strip(),
        username_or_email=_text(fields, USERNAME, "usernameOrEmailAddress", NAME_LENGTH_MAX).strip(),
        password=Secret(_text(fields, PASSWORD, "password", PASSWORD_LENGTH_MAX)),
    )


def _read_object(text: bytes) -> Mapping[Any, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = _read_literal(text)
    if not isinstance(value, dict):
        raise _not_json()
    return value


def _read_literal(text: bytes) -> object:
    if len(text) > LITERAL_BYTES_MAX:
        raise _not_json()
    # Whatever was raised is not kept as the cause: its words quote the body, which may hold a password.
    try:
        literal = text.decode()
        if not ESCAPED_AS_BY_REPR.fullmatch(literal):
            raise _not_json()
        return ast.literal_eval(literal)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise _not_json() from None


def _not_json() -> LoginBodyRefused:
    return LoginBodyRefused("The body is no JSON object, or its JSON is broken.")


def _text(fields: Mapping[str, Any], key: str, name: str, length_max: int, *, needed: bool = True) -> str:
    value = fields.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or len(value) > length_max or (needed and not value.strip()):
        raise LoginBodyRefused(
            f"{name} must be a text of at most {length_max} characters{'' if needed else ', or be left out'}.",
            hint=f"Send {RIGHT_FORM}",
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        # A lone surrogate of JSON's \\ud800 can neither be hashed nor stored.
        raise LoginBodyRefused(f"{name} holds characters that are no text.") from None
    return value


def _names_a_credential(pairs: str) -> bool:
    try:
        names = {name.lower() for name, _ in parse_qsl(pairs, keep_blank_values=True, max_num_fields=100)}
    except ValueError:
        return False
    return bool(names & {USERNAME, PASSWORD})
