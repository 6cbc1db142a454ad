"""Ask a remote server single questions before, or beside, what a connection carries: bounded, and led nowhere else."""

import json
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx2

from stagedoor.kit.clock import stopwatch
from stagedoor.kit.secret import Secret
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.token_requests import HEADERS, Way, diagnose_failure, make_client, send_bounded

ANSWER_BYTES_MAX = 1024 * 1024
SECONDS_MAX = 60.0
"""For all questions together: the last one that begins in time may take another half minute."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer. ``value`` is its JSON, ``None`` where it is none; ``leads_to`` the origin a redirect points to."""

    status: int
    value: object
    is_page: bool
    leads_to: str | None

    @property
    def fields(self) -> dict[str, object]:
        """The fields of a JSON object that came with success; empty for everything else."""
        return self.value if isinstance(self.value, dict) and 200 <= self.status < 300 else {}

    @property
    def rows(self) -> list[dict[str, object]]:
        """The objects of a JSON array that came with success; empty for everything else."""
        if not isinstance(self.value, list) or not 200 <= self.status < 300:
            return []
        return [row for row in self.value if isinstance(row, dict)]


class Questions:
    """Ask with GET, over one connection's way; blocks, for a minute and a half at most in all.

    Redirects are never followed, so that no token is sent where the administrator did not point.
    """

    def __init__(self, way: Way) -> None:
        self._client = make_client(way)
        self._started = stopwatch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, url: str, token: Secret | None = None) -> Told:
        """Return what is answered; raises :class:`UpstreamSignInFailed` with the diagnosis where nothing is."""
        if stopwatch() - self._started > SECONDS_MAX:
            raise UpstreamSignInFailed(Diagnosis.TIMED_OUT)
        try:
            headers = HEADERS if token is None else {**HEADERS, "Authorization": f"Bearer {token.reveal()}"}
            answer, body = send_bounded(
                self._client, self._client.build_request("GET", url, headers=headers), bytes_max=ANSWER_BYTES_MAX
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as failure:
            raise UpstreamSignInFailed(diagnose_failure(failure)) from failure
        if answer.status_code == 407:
            raise UpstreamSignInFailed(Diagnosis.PROXY_FAILED)
        is_page = "html" in answer.headers.get("Content-Type", "") or body.lstrip()[:1] == b"<"
        leads_to = _origin(url, answer.headers.get("Location", "")) if answer.is_redirect else None
        return Told(answer.status_code, _read(body), is_page, leads_to)

    def find(self, url: str, token: Secret | None = None) -> Told | None:
        """Return what is answered, or ``None``, for a question that may go without an answer."""
        try:
            return self.ask(url, token)
        except UpstreamSignInFailed:
            return None


def _read(body: bytes) -> object:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value


def _origin(url: str, location: str) -> str | None:
    # Of what a stranger writes, no more is shown than where it would have led.
    try:
        parts = urlsplit(urljoin(url, location))
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host.isascii() or not host.isprintable():
        return None
    return f"{parts.scheme}://{host[:253]}{port}"
