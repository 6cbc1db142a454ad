"""From an error to an answer: what FastAPI and Starlette refuse becomes one of our errors, and all are drawn alike."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from stagedoor.admin.drawn import DrawError
from stagedoor.admin.errors import MethodNotTaken, RequestRefused, ResourceUnknown
from stagedoor.kit.errors import StagedoorError


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
        assert isinstance(error, StagedoorError)  # noqa: S101  # registered for these alone
        return answer_error(error, request.scope, draw_error)

    async def refuse_fields(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for these alone
        return answer_error(RequestRefused(_problems(error.errors())), request.scope, draw_error)

    async def refuse_place(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # registered for these alone
        return answer_error(_of_place(error), request.scope, draw_error)

    async def fail(request: Request, failure: Exception) -> Response:
        # Starlette raises the failure again behind this answer; the door logs it with its trace.
        return answer_error(StagedoorError(internal=type(failure).__name__), request.scope, draw_error)

    app.add_exception_handler(StagedoorError, refuse)
    app.add_exception_handler(RequestValidationError, refuse_fields)
    app.add_exception_handler(HTTPException, refuse_place)
    app.add_exception_handler(Exception, fail)


def _of_place(error: HTTPException) -> StagedoorError:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return ResourceUnknown()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotTaken(headers=error.headers)
    # What is left is a body that cannot be read at all.
    return RequestRefused([("body", "cannot be read")])


def _problems(errors: Sequence[Any]) -> list[tuple[str, str]]:
    # Only where and what: `input` and `ctx` repeat what was sent, which may be a password.
    return [(".".join(str(part) for part in error["loc"]), _problem(error)) for error in errors]


def _problem(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")
