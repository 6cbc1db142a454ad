"""The old login over HTTP: ``POST …/api/account/authenticate``."""

from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stagedoor.identity.legacy_basic.errors import LegacyLoginRefused, LoginBodyRefused
from stagedoor.identity.legacy_basic.login_body import BODY_BYTES_MAX, read_login_body
from stagedoor.identity.legacy_basic.schemas import LoginAttempt
from stagedoor.identity.legacy_basic.service import LegacyBasic
from stagedoor.identity.legacy_basic.sunset import DEFAULT_GUIDE, sunset_headers
from stagedoor.identity.organizations.schemas import OrganizationEntry
from stagedoor.identity.outcomes import OUTCOME, outcome_of
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import IdentityEvent, IdentityOutcome

PATH = "/api/account/authenticate"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def legacy_basic_routes(
    legacy_basic: LegacyBasic, threads: WorkerThreads, *, guide_url: str = DEFAULT_GUIDE
) -> list[Route]:
    """Return the route of the old login. ``guide_url`` is the page that its ``Link`` header leads to.

    Reads ``stagedoor.organization`` and ``stagedoor.tenant`` from the scope: what the address named.
    """

    async def authenticate(request: Request) -> Response:
        organization = request.scope.get("stagedoor.organization")
        entry = legacy_basic.find_organization(organization)
        headers = sunset_headers(entry.legacy_window if entry else None, guide_url)
        try:
            # A GET with the credentials in its query is told the right form rather than the right method.
            if request.method != "POST" and not request.url.query:
                raise _not_a_post()
            body = read_login_body(await _read_bounded(request), request.url.query)
            if request.method != "POST":
                raise _not_a_post()
            entry = legacy_basic.find_organization(organization, body.tenancy_name)
            attempt = LoginAttempt(
                body=body,
                organization=organization,
                tenant=request.scope.get("stagedoor.tenant"),
                client_address=request.client.host if request.client else "",
                user_agent=request.headers.get("user-agent", ""),
            )
            login = await threads.run(partial(legacy_basic.log_in, attempt))
        except StagedoorError as error:
            error.headers = {**headers, **error.headers}
            request.scope[OUTCOME] = _failed(error, entry)
            raise
        succeeded = outcome_of(IdentityEvent.LEGACY_SIGN_IN_SUCCEEDED, person=login.person)
        request.scope[OUTCOME] = replace(succeeded, tenant_name=login.tenant.place.tenant_name)
        return JSONResponse(
            {
                "result": login.token.reveal(),
                "targetUrl": None,
                "success": True,
                "error": None,
                "unAuthorizedRequest": False,
                "__abp": True,
            },
            headers={**headers, "Cache-Control": "no-store"},
        )

    return [Route(PATH, authenticate, methods=METHODS)]


def _failed(error: StagedoorError, organization: OrganizationEntry | None) -> IdentityOutcome:
    refused = error if isinstance(error, LegacyLoginRefused) else None
    return outcome_of(
        IdentityEvent.LEGACY_SIGN_IN_FAILED,
        person=refused.person if refused else None,
        organization_id=organization.id if organization else None,
        reason=refused.reason if refused else error.code,
        sentence=error.public,
    )


def _not_a_post() -> LoginBodyRefused:
    return LoginBodyRefused("A login is a POST.", status=405, headers={"Allow": "POST"})


async def _read_bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            break
    return bytes(body)
