"""Forms as they come in: read strictly, and only from pages that were drawn for this very session."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from stagedoor.console.errors import FormMalformed, FormRefused
from stagedoor.console.sessions import ConsoleSession
from stagedoor.kit.crypto import Vault

# A key can be made of some hundred operations and folders; each is a field.
FIELDS_MAX = 1500
MARK_FIELD = "mark"
MARK_HEADER = "x-console-mark"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, in the order in which they came."""

    pairs: Sequence[tuple[str, str]]

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of a field, without spaces around it."""
        return next((value.strip() for field, value in reversed(self.pairs) if field == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, each once."""
        return tuple(dict.fromkeys(value.strip() for field, value in self.pairs if field == name and value.strip()))

    def has(self, name: str) -> bool:
        """Tell whether the field came, empty or not."""
        return any(field == name for field, _ in self.pairs)


class FormGuard:
    """Tell our own forms from those of other sites (cross-site request forgery).

    Three things must hold: the browser says that the request comes from this origin, the cookie came along (SameSite
    keeps it at home otherwise), and the form or the request's header holds the mark that was drawn for that session.
    """

    def __init__(self, vault: Vault, *, base_url: str) -> None:
        self._vault = vault
        self._origin = base_url

    def mark_of(self, session: ConsoleSession) -> str:
        """Return what a form of this session has to bring back."""
        return self._vault.keyed_hash(f"console form\n{session.id}")

    async def read(self, request: Request, session: ConsoleSession) -> Form:
        """Return the form that was sent.

        Raises :class:`FormRefused` for one that is not ours and :class:`FormMalformed` for one that cannot be read.
        """
        self._verify_origin(request)
        form = _parse(request.headers.get("content-type", ""), await request.body())
        mark = request.headers.get(MARK_HEADER) or form.text(MARK_FIELD)
        if not hmac.compare_digest(mark.encode(), self.mark_of(session).encode()):
            raise FormRefused(internal="a form came without the mark of its session")
        return form

    def _verify_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        fetch_site = request.headers.get("sec-fetch-site")
        is_here = origin == self._origin if origin is not None else fetch_site == "same-origin"
        if not is_here or fetch_site not in (None, "same-origin"):
            raise FormRefused(internal=f"a form came from {(origin or 'no origin')[:200]}")


def _parse(content_type: str, body: bytes) -> Form:
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise FormMalformed
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as broken:
        raise FormMalformed from broken
    if any("\x00" in value for _, value in pairs):
        raise FormMalformed
    return Form(pairs)
