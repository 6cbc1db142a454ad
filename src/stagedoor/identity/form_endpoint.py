"""What the OAuth endpoints that take a form share: read it, answer it in a worker thread, leave the outcome."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from stagedoor.identity.outcomes import OUTCOME, outcome_of_refused
from stagedoor.identity.wire.answers import Answer, refuse, write_answer
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.identity.wire.forms import read_fields
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import IdentityEvent

EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""For routes that refuse the wrong method themselves, in OAuth's own words."""

AnswerForm = Callable[[dict[str, str], str | None], Answer]
"""Answers a form's fields and the ``Authorization`` header, if there is one; may wait for the store."""


async def answer_form(
    request: Request,
    answer_fields: AnswerForm,
    threads: WorkerThreads,
    *,
    accepts_json: bool = False,
    refused_as: IdentityEvent = IdentityEvent.REQUEST_ANSWERED,
) -> Response:
    """Return the response to a form, or the refusal of what is none; either leaves its outcome in the scope."""
    try:
        fields = await read_fields(request, accepts_json=accepts_json)
        answer = await threads.run(answer_fields, fields, request.headers.get("authorization"))
    except OAuthRequestRefused as refused:
        request.scope[OUTCOME] = outcome_of_refused(refused, refused_as)
        return refuse(refused)
    request.scope[OUTCOME] = answer.outcome
    return write_answer(answer)
