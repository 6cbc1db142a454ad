"""The discovery document and the JWKS on the wire; open to everybody."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from stagedoor.identity.grants.service import GRANTS_TODAY
from stagedoor.identity.issued_tokens.issuer import ALGORITHM, Issuers
from stagedoor.identity.oauth_clients.scopes import OPENID_SCOPES, ORCHESTRATOR_SCOPES, PLATFORM_SCOPES
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.kit.threads import WorkerThreads

DOCUMENT_PATH = "/identity_/.well-known/openid-configuration"
KEYS_PATH = f"{DOCUMENT_PATH}/jwks"
CACHED = {"Cache-Control": "public, max-age=300"}
"""Short against the two days that a key is published before it signs."""


def discovery_document(issuers: Issuers) -> dict[str, object]:
    """Return the document; endpoints are those of the host, whichever organization the path named."""
    connect = f"{issuers.today}/connect"
    secrets = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": issuers.today,
        "authorization_endpoint": f"{connect}/authorize",
        "token_endpoint": f"{connect}/token",
        "userinfo_endpoint": f"{connect}/userinfo",
        "end_session_endpoint": f"{connect}/endsession",
        "revocation_endpoint": f"{connect}/revocation",
        "introspection_endpoint": f"{connect}/introspect",
        "jwks_uri": f"{issuers.today}/.well-known/openid-configuration/jwks",
        "scopes_supported": sorted(OPENID_SCOPES | ORCHESTRATOR_SCOPES | PLATFORM_SCOPES),
        "claims_supported": [
            "sub",
            "prt_id",
            "name",
            "preferred_username",
            "given_name",
            "family_name",
            "email",
            "email_verified",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS_TODAY),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*secrets, "none"],
        "revocation_endpoint_auth_methods_supported": [*secrets, "none"],
        "introspection_endpoint_auth_methods_supported": secrets,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def routes(issuers: Issuers, signing_keys: SigningKeys, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the routes of both documents."""
    document = discovery_document(issuers)

    async def configuration(_: Request) -> Response:
        return JSONResponse(document, headers=CACHED)

    async def keys(_: Request) -> Response:
        await threads.run(signing_keys.prepare)
        return JSONResponse({"keys": signing_keys.public_keys()}, headers=CACHED)

    return [Route(DOCUMENT_PATH, configuration, methods=["GET"]), Route(KEYS_PATH, keys, methods=["GET"])]
