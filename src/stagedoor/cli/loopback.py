"""A listener on this machine that takes the browser's return from signing in (RFC 8252, section 7.3)."""

import hmac
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from stagedoor.cli.failure import CommandFailed, ExitCode
from stagedoor.kit.clock import stopwatch

CALLBACK = "/callback"
WAIT_SECONDS = 300.0
READ_SECONDS = 5.0
SIGN_IN_AGAIN = "Try again, or use `stagedoor login --no-browser`."
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Stagedoor</title>
<body style="font-family: system-ui; margin: 4rem auto; max-width: 32rem"><h1>{title}</h1><p>{text}</p></body></html>"""


class LoopbackReceiver:
    """Listen on 127.0.0.1 and wait for one redirect that carries the right state.

    Anything else that reaches the port, another page in the browser for one, is answered and not believed. Where the
    state is given out only for a known address, :meth:`expect` names it later.
    """

    def __init__(self, state: str | None = None, *, port: int = 0, again: str = SIGN_IN_AGAIN) -> None:
        self._state = state
        self._again = again
        self._answer: Mapping[str, str] | None = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = READ_SECONDS

            def do_GET(self) -> None:
                receiver._take(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
                """Say nothing: the path holds the code."""

        try:
            self._server = HTTPServer(("127.0.0.1", port), Handler)
        except OSError as fault:
            raise CommandFailed(
                f"Port {port} of this machine cannot be listened on: {fault.strerror or fault}.",
                hint="End what listens there, or use another port.",
                code="address_taken",
            ) from fault

    @property
    def redirect_uri(self) -> str:
        """Where the browser is to return to."""
        return f"http://127.0.0.1:{self._server.server_port}{CALLBACK}"

    def expect(self, state: str) -> None:
        """Name the state that the redirect has to carry; nothing is believed before."""
        self._state = state

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()

    def wait(self, seconds: float = WAIT_SECONDS) -> Mapping[str, str]:
        """Return the parameters of the redirect; raises :class:`CommandFailed` when none came in time."""
        end = stopwatch() + seconds
        while self._answer is None:
            left = end - stopwatch()
            if left <= 0:
                raise CommandFailed(
                    "Nobody signed in in the browser in time.",
                    hint=self._again,
                    code="sign_in_timed_out",
                    exit_code=ExitCode.SIGN_IN,
                )
            self._server.timeout = left
            self._server.handle_request()
        return self._answer

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        answer = first_values(parts.query)
        if parts.path != CALLBACK or not is_state(answer, self._state):
            self._show(handler, 404, "Nothing here", "This page waits for a sign-in that it started itself.")
            return
        self._answer = answer
        if "error" in answer:
            self._show(handler, 400, "Not signed in", "The terminal says why. You may close this page.")
        else:
            self._show(handler, 200, "Signed in", "Go back to the terminal. You may close this page.")

    def _show(self, handler: BaseHTTPRequestHandler, status: int, title: str, text: str) -> None:
        page = PAGE.format(title=title, text=text).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(page)))
        handler.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        handler.send_header("Cache-Control", "no-store")
        handler.send_header("Referrer-Policy", "no-referrer")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(page)


def first_values(query: str) -> dict[str, str]:
    """Return each parameter of a query once, its first value."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def verify_state(answer: Mapping[str, str], state: str) -> None:
    """Raise :class:`CommandFailed` for an answer that does not carry this state: it belongs to another sign-in."""
    if not is_state(answer, state):
        raise CommandFailed(
            "That address does not belong to this sign-in.",
            hint="Paste the whole address that the browser ended on, from `http` to its end.",
            code="state_mismatch",
            exit_code=ExitCode.SIGN_IN,
        )


def is_state(answer: Mapping[str, str], state: str | None) -> bool:
    """Tell whether an answer carries this state (RFC 6749, section 10.12)."""
    return state is not None and hmac.compare_digest(answer.get("state", "").encode(), state.encode())
