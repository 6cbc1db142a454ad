"""From an error to an answer: what FastAPI and Starlette refuse becomes one of our errors, and all are drawn alike."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from stagedoor.admin.errors import MethodNotTaken, RequestRefused, ResourceUnknown
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import get_logger

_log = get_logger(__name__)


class Drawn(Protocol):
    """An error as an answer: problem+json with its head."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[bytes, bytes]]: ...
    @property
    def body(self) -> bytes: ...


DrawError = Callable[[StagedoorError, str], Drawn]
"""Draws an error for the request of this id."""


def answer_error(error: StagedoorError, scope: Any, draw_error: DrawError) -> Response:
    """Return the drawn error, and leave the error itself in the scope (``stagedoor.error``) for the audit's row."""
    scope["stagedoor.error"] = error
    drawn = draw_error(error, scope.get("stagedoor.request_id") or "")
    response = Response(drawn.body, drawn.status)
    response.raw_headers = list(drawn.headers)
    return response


def draw_errors(app: FastAPI, draw_error: DrawError) -> None:
    """Have the application answer every error, of whatever origin, by ``draw_error``."""

    async def refuse(request: Request, error: Exception) -> Response:
        return answer_error(_as_ours(error), request.scope, draw_error)

    async def fail(request: Request, failure: Exception) -> Response:
        # Starlette raises the failure again behind this answer; the door logs it with its trace.
        return answer_error(StagedoorError(internal=type(failure).__name__), request.scope, draw_error)

    app.add_exception_handler(StagedoorError, refuse)
    app.add_exception_handler(RequestValidationError, refuse)
    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(Exception, fail)


def _as_ours(error: Exception) -> StagedoorError:
    match error:
        case StagedoorError():
            return error
        case RequestValidationError():
            return RequestRefused(_problems(error.errors()))
        case HTTPException(status_code=404):
            return ResourceUnknown()
        case HTTPException(status_code=405):
            return MethodNotTaken(headers=error.headers)
        case HTTPException(status_code=status) if status < 500:
            return RequestRefused([("body", "cannot be read")])
        case _:
            return StagedoorError(internal=repr(error))


def _problems(errors: Sequence[Any]) -> list[tuple[str, str]]:
    # Only where and what: `input` and `ctx` repeat what was sent, which may be a password.
    return [(".".join(str(part) for part in error["loc"]), _problem(error)) for error in errors]


def _problem(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")
