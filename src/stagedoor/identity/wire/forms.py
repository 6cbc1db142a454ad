"""Reads the body of a form request strictly: one right form, bounded, each field once."""

import json
from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import Request

from stagedoor.identity.wire.errors import OAuthRequestRefused

FORM_BYTES_MAX = 64 * 1024
FIELDS_MAX = 64
FIELDS_OF_OAUTH = frozenset(
    {
        "client_assertion",
        "client_id",
        "client_secret",
        "code",
        "code_verifier",
        "grant_type",
        "password",
        "redirect_uri",
        "refresh_token",
        "scope",
        "token",
        "username",
    }
)
RIGHT_FORM = (
    "Send POST with Content-Type: application/x-www-form-urlencoded and the fields in the body, for example "
    "grant_type=client_credentials&client_id=...&client_secret=...&scope=OR.Jobs.Read"
)
RIGHT_JSON = (
    "Send POST with Content-Type: application/json and one object in the body, with the fields grant_type, client_id "
    "and refresh_token (or code, code_verifier, redirect_uri) as strings"
)


async def read_fields(request: Request, *, accepts_json: bool = False) -> dict[str, str]:
    """Return the fields of a form, or of a JSON object where that is accepted.

    Empty fields are absent, as the vendor's command line sends every field it knows. Raises
    :class:`OAuthRequestRefused`, which shows the right form, for another method than POST, fields in the address,
    another content type, a field given twice, and a body that is too large or cannot be read.
    """
    right_form = RIGHT_JSON if accepts_json else RIGHT_FORM
    if request.method != "POST":
        raise OAuthRequestRefused(f"This address takes POST, not {request.method}. {right_form}.", status=405)
    _refuse_fields_in_address(request, right_form)
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    is_json = content_type in ("application/json", "text/json")
    if content_type != "application/x-www-form-urlencoded" and not (is_json and accepts_json):
        told = "JSON" if is_json else (content_type[:60] or "no content type")
        raise OAuthRequestRefused(f"The body came as {told}, which is not read here. {right_form}.")
    body = await _read_body(request)
    if is_json:
        return _json_fields(body, right_form)
    return form_fields(body, right_form)


def form_fields(body: bytes, right_form: str = RIGHT_FORM) -> dict[str, str]:
    """Return the fields of an urlencoded body; raises :class:`OAuthRequestRefused`."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError as failure:
        raise OAuthRequestRefused(f"The body is not an urlencoded form. {right_form}.") from failure
    return _once_each(pairs)


def _once_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise OAuthRequestRefused(f"The field {name[:60]} was sent more than once; each may be sent once.")
        if "\x00" in value:
            raise OAuthRequestRefused(f"The field {name[:60]} holds a character that cannot be.")
        fields[name] = value
    return {name: value for name, value in fields.items() if value}


def _json_fields(body: bytes, right_form: str) -> dict[str, str]:
    def once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise OAuthRequestRefused("The JSON object has the same field more than once.")
        return dict(pairs)

    try:
        parsed = json.loads(body.decode("utf-8"), object_pairs_hook=once_each)
    except (ValueError, RecursionError) as failure:
        raise OAuthRequestRefused(f"The body is not JSON. {right_form}.") from failure
    if not isinstance(parsed, dict):
        raise OAuthRequestRefused(f"The body is JSON but no object. {right_form}.")
    fields: dict[str, str] = {}
    for name, value in parsed.items():
        # Clients send whole configurations along; what is no field of ours is left unread.
        if name not in FIELDS_OF_OAUTH or value is None:
            continue
        if not isinstance(value, str):
            raise OAuthRequestRefused(f"The field {name} must be a string.")
        fields[name] = value
    return _once_each(fields.items())


def _refuse_fields_in_address(request: Request, right_form: str) -> None:
    misplaced = sorted(FIELDS_OF_OAUTH & set(request.query_params))
    if misplaced:
        raise OAuthRequestRefused(
            f"Fields in the address are not read, because addresses are logged on their way: {', '.join(misplaced)}. "
            f"{right_form}."
        )


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            raise OAuthRequestRefused(f"The body is larger than {FORM_BYTES_MAX} bytes.", status=413)
    return bytes(body)
