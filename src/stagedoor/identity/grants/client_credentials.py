"""The client credentials grant (RFC 6749 section 4.4): an external application acts for itself; nothing is stored."""

from authlib.oauth2.rfc6749 import UnauthorizedClientError  # type: ignore[import-untyped]  # Authlib has no types
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.grants.authlib_core import GrantServer, OAuthRequest
from stagedoor.identity.grants.scope_rules import judge_application_scopes


class ApplicationGrant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    """Gives an access token with application scopes, and never a refresh token."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    request: OAuthRequest
    server: GrantServer

    def create_token_response(self) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
        """Return the token. Authlib's own would write it into its debug log."""
        client = self.request.client.client
        if client.organization_id is None:
            raise UnauthorizedClientError("This client acts for people alone.")
        scopes = judge_application_scopes(client, self.request.fields.get("scope"))
        access = self.server.issuer.access_token_of_application(client, client.organization_id, scopes)
        answer: dict[str, object] = {
            "access_token": access.text,
            "token_type": "Bearer",
            "expires_in": access.lifetime_seconds,
            "scope": " ".join(scopes),
        }
        return 200, answer, []
