"""The userinfo endpoint on the wire."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.issuer import person_claims
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.outcomes import OUTCOME, outcome_of, outcome_of_caller
from stagedoor.identity.wire.answers import json_answer
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import IdentityEvent

CHALLENGE = 'Bearer realm="stagedoor"'


def routes(verifier: TokenVerifier, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the route of the userinfo endpoint."""

    async def userinfo(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _refuse(
                request, 401, CHALLENGE, "invalid_request", "Send the access token as Authorization: Bearer."
            )
        try:
            verified = await threads.run(verifier.verify_any_audience, token.strip())
        except TokenRefused as refused:
            return _refuse(request, 401, refused.headers["WWW-Authenticate"], "invalid_token", refused.public)
        request.scope[OUTCOME] = outcome_of_caller(verified.caller)
        if verified.person is None or "openid" not in verified.scopes:
            challenge = f'{CHALLENGE}, error="insufficient_scope", scope="openid"'
            return _refuse(
                request, 403, challenge, "insufficient_scope", "The token was not asked for with the scope openid."
            )
        body = {
            "sub": verified.claims["sub"],
            "prt_id": verified.person.organization_id,
            **person_claims(verified.person, verified.scopes),
        }
        return json_answer(200, body)

    return [Route("/identity_/connect/userinfo", userinfo, methods=["GET", "POST"])]


def _refuse(request: Request, status: int, challenge: str, error: str, description: str) -> Response:
    so_far = request.scope.get(OUTCOME) or outcome_of(IdentityEvent.REQUEST_ANSWERED)
    request.scope[OUTCOME] = replace(so_far, reason=error, sentence=description)
    body = {"error": error, "error_description": description}
    return json_answer(status, body, [("WWW-Authenticate", challenge)])
