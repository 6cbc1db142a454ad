"""Answers of the OAuth endpoints: JSON that nobody may cache, errors as RFC 6749 section 5.2 has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from starlette.responses import JSONResponse, RedirectResponse, Response

from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.passage import IdentityOutcome

DESCRIPTION_LENGTH_MAX = 600
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before any framework has seen it; ``outcome`` is what the audit is told of it."""

    status: int
    body: Mapping[str, object] | str
    headers: tuple[tuple[str, str], ...] = field(default=())
    outcome: IdentityOutcome | None = None

    @property
    def refusal(self) -> tuple[str, str] | None:
        """The OAuth error and its description, where the answer is one."""
        if isinstance(self.body, str) or "error" not in self.body:
            return None
        return str(self.body["error"]), str(self.body.get("error_description", ""))

    @property
    def location(self) -> str | None:
        """Where the browser is sent, if it is."""
        return next((value for name, value in self.headers if name.lower() == "location"), None)


def plain(text: str) -> str:
    """Return text in the characters that an ``error_description`` may have, bounded.

    RFC 6749 section 5.2 leaves out quotes, backslashes and everything beyond ASCII.
    """
    allowed = (letter if " " <= letter <= "~" else "?" for letter in text.replace('"', "'").replace("\\", "/"))
    return "".join(allowed)[:DESCRIPTION_LENGTH_MAX]


def json_answer(status: int, body: Mapping[str, object], headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Return a JSON response that is never cached."""
    response = JSONResponse(dict(body), status, headers=NO_STORE)
    for name, value in headers:
        if name.lower() not in ("content-type", "cache-control", "pragma"):
            response.headers[name] = value
    return response


def write_answer(answer: Answer) -> Response:
    """Return the response for an answer."""
    if answer.location is not None:
        return RedirectResponse(answer.location, 303, headers=NO_STORE)
    body = answer.body if not isinstance(answer.body, str) else {}
    return json_answer(answer.status, body, answer.headers)


def refuse(refused: OAuthRequestRefused) -> Response:
    """Return the response for a request that was in the wrong form."""
    body = {"error": refused.error, "error_description": plain(refused.public)}
    headers = [("Allow", "POST, OPTIONS")] if refused.status == 405 else []
    return json_answer(refused.status, body, headers)
