"""Everything that the client raises.

::

    StagedoorClientError
    ├── Unreachable            no answer came: no connection, no name, no trust, or it took too long
    ├── NotSignedIn      401   no credential, or one that is expired, revoked or unknown
    ├── Refused          403   the credential is good, its grant does not cover this
    ├── NotFound         404   no such thing, or none that this caller may see
    ├── Throttled        429   too many calls; ``retry_after`` says when to come back
    ├── BadRequest       4xx   the request itself is wrong
    │   └── Conflict     409   it collides with what is already there
    ├── NotBuilt         501   the operation is known and not built
    └── ServerFailed     5xx   Stagedoor failed
        └── UpstreamFailed     502, 503, 504: the Orchestrator or the store behind it did not answer

An error holds what the answer said: ``status``, ``code`` (the page ``docs/errors/<code>.md`` where it is one of ours),
``hint`` and ``request_id``. None of them ever holds the credential that was sent.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import httpx2


class StagedoorClientError(Exception):
    """A call that did not do what was asked.

    ::

        try:
            stagedoor.call("Jobs_Get")
        except StagedoorClientError as error:
            print(error, error.hint)
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        hint: str | None = None,
        request_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.hint = hint
        self.request_id = request_id
        self.details: Mapping[str, Any] = details or {}


class Unreachable(StagedoorClientError):
    """No answer came. ``maybe_done`` is true when the request was a write that may have been carried out."""

    def __init__(self, message: str, *, hint: str | None = None, maybe_done: bool = False) -> None:
        super().__init__(message, code="unreachable", hint=hint)
        self.maybe_done = maybe_done


class NotSignedIn(StagedoorClientError):
    """The credential is missing, expired, revoked or unknown."""


class Refused(StagedoorClientError):
    """The grant does not cover the call.

    ``reason`` says why in a word, ``rule`` which rule refused, and ``smallest_grant`` holds the selectors of a grant
    that would pass, in ``folder`` where it needs one; it is empty when no grant would::

        except Refused as refusal:
            print(refusal.reason, "ask for", *refusal.smallest_grant)
    """

    @property
    def reason(self) -> str | None:
        """The word for why, such as ``operation_not_granted``."""
        return _text(self.details, "reason")

    @property
    def rule(self) -> str | None:
        """The rule that refused."""
        return _text(self.details, "rule")

    @property
    def folder(self) -> str | None:
        """The path of the folder that such a grant would need."""
        return _text(self.details, "folder")

    @property
    def smallest_grant(self) -> tuple[str, ...]:
        """The selectors that would let the call pass."""
        found = _first(self.details, "smallest_grant")
        return tuple(str(selector) for selector in found) if isinstance(found, list) else ()


class NotFound(StagedoorClientError):
    """There is no such thing, or none that this caller may see."""


class Throttled(StagedoorClientError):
    """Too many calls. ``retry_after`` is in seconds; ``None`` when the answer did not say."""

    def __init__(self, message: str, *, retry_after: int | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class BadRequest(StagedoorClientError):
    """The request is wrong in itself; sending it again will not help."""


class Conflict(BadRequest):
    """The request collides with what is there: a name in use, an item that another one finished."""


class NotBuilt(StagedoorClientError):
    """The operation is in the catalogue and the embedded Orchestrator does not carry it out."""


class ServerFailed(StagedoorClientError):
    """Stagedoor failed, or what answered is not Stagedoor."""


class UpstreamFailed(ServerFailed):
    """Stagedoor answered, but the Orchestrator or the store behind it did not."""


_BY_STATUS: Mapping[int, type[StagedoorClientError]] = {
    401: NotSignedIn,
    403: Refused,
    404: NotFound,
    409: Conflict,
    501: NotBuilt,
    502: UpstreamFailed,
    503: UpstreamFailed,
    504: UpstreamFailed,
}


def error_of(response: httpx2.Response) -> StagedoorClientError:
    """Return the error that a read answer stands for, whichever of the three dialects it is written in.

    The dialects: our problem document (RFC 9457), the Orchestrator's ``message`` and ``errorCode`` with ours under
    ``stagedoor``, and OAuth's ``error`` and ``error_description`` (RFC 6749, section 5.2).
    """
    status = response.status_code
    body = _body_of(response)
    message = _text(body, "detail", "message", "error_description", "title", "error") or _status_words(status)
    facts: dict[str, Any] = {
        "status": status,
        "code": _text(body, "code", "error"),
        "hint": _text(body, "hint"),
        "request_id": _text(body, "request_id", "trace_id") or response.headers.get("x-request-id"),
        "details": body,
    }
    if 300 <= status < 400:
        facts["hint"] = (
            "Redirects are not followed, so that a key never goes astray. Set the base URL to the new place."
        )
        return ServerFailed(f"Answered with a redirect to {response.headers.get('location', 'nowhere')}.", **facts)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(message, retry_after=retry_after_of(response), **facts)
    fallback: type[StagedoorClientError] = BadRequest if status < 500 else ServerFailed
    return _BY_STATUS.get(status, fallback)(message, **facts)


def retry_after_of(response: httpx2.Response) -> int | None:
    """Return the whole seconds of ``Retry-After``; ``None`` for a date, as the two clocks may differ."""
    value = response.headers.get("retry-after", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None


def _body_of(response: httpx2.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:  # not JSON, or not text at all: a proxy's page
        return {}
    if not isinstance(body, dict):
        return {}
    ours = body.pop("stagedoor", None)
    return body | ours if isinstance(ours, dict) else body


def _first(body: Mapping[str, Any], *names: str) -> Any:
    """Find the first of these members, however the dialect writes it: ``smallest_grant`` or ``smallestGrant``."""
    lowered = {name.replace("_", "").lower(): value for name, value in body.items()}
    found: Sequence[Any] = [lowered.get(name.replace("_", "").lower()) for name in names]
    return next((value for value in found if value not in (None, "", [])), None)


def _text(body: Mapping[str, Any], *names: str) -> str | None:
    value = _first(body, *names)
    return value if isinstance(value, str) else None


def _status_words(status: int) -> str:
    try:
        return f"Answered {status} {HTTPStatus(status).phrase}."
    except ValueError:
        return f"Answered {status}."
