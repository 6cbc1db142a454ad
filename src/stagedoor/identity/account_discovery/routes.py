"""Discovery over HTTP. Paths arrive in lower case, with the organization of today's in the scope."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stagedoor.identity.account_discovery.service import AccountDiscovery, verify_network
from stagedoor.identity.authenticators.chain import Authenticators
from stagedoor.identity.outcomes import OUTCOME, outcome_of_caller
from stagedoor.passage import Caller, RequestHead

NO_STORE = {"Cache-Control": "no-store"}


def account_discovery_routes(discovery: AccountDiscovery, authenticators: Authenticators) -> list[Route]:
    """Return the routes of both discoveries.

    ``authenticators`` are those of the door with the ``IdTokenAuthenticator`` in front: the discovery of 2019 is asked
    with an id token, and asking it with an access token is no mistake either.
    """

    def identify(request: Request) -> Caller:
        client_address = request.client.host if request.client else ""
        head = RequestHead(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            headers=request.headers,
            raw_headers=tuple(request.scope["headers"]),
            client_address=client_address,
        )
        caller = authenticators.identify(head)
        request.scope[OUTCOME] = outcome_of_caller(caller)
        verify_network(caller, client_address)
        return caller

    async def accounts(request: Request) -> Response:
        return _answer(discovery.accounts_for(identify(request)))

    async def service_instances(request: Request) -> Response:
        return _answer(discovery.service_instances(identify(request), request.path_params["account"]))

    async def tenants_and_organization(request: Request) -> Response:
        word = request.scope.get("stagedoor.organization") or ""
        return _answer(discovery.tenants_and_organization(identify(request), word))

    return [
        Route("/cloudrpa/api/getaccountsforuser", accounts),
        Route("/cloudrpa/api/account/{account}/getallserviceinstances", service_instances),
        Route("/portal_/api/filtering/leftnav/tenantsandorganizationinfo", tenants_and_organization),
    ]


def _answer(content: Mapping[str, object] | Sequence[Mapping[str, object]]) -> Response:
    return JSONResponse(content, headers=NO_STORE)
