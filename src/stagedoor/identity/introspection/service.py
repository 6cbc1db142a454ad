"""The introspection endpoint without its wire."""

from collections.abc import Mapping
from dataclasses import replace

from authlib.oauth2.rfc6749 import InvalidRequestError  # type: ignore[import-untyped]  # Authlib has no types
from authlib.oauth2.rfc7662 import IntrospectionEndpoint  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.grants.authlib_core import AuthlibClient, GrantServer, OAuthRequest
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.service import REFRESH_TOKEN_PREFIX, TokenFamilies
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.outcomes import outcome_of
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.wire.answers import Answer
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.passage import IdentityEvent

INACTIVE: dict[str, object] = {"active": False}
"""The same for a token that is unknown, ended, or none of this client's business (RFC 7662 section 2.2)."""


class _Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def __init__(
        self,
        server: GrantServer,
        verifier: TokenVerifier,
        families: TokenFamilies,
        users: UserDirectory,
        clock: Clock,
    ) -> None:
        super().__init__(server)
        self._verifier = verifier
        self._families = families
        self._users = users
        self._clock = clock

    def create_endpoint_response(self, request: OAuthRequest) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
        """Return what the token says, if it is good and of the asking client's organization."""
        client: AuthlibClient = self.authenticate_endpoint_client(request)
        text = request.fields.get("token")
        if text is None:
            raise InvalidRequestError("token is missing.")
        if text.startswith(REFRESH_TOKEN_PREFIX):
            return 200, self._refresh_token(request, text, client), []
        try:
            verified = self._verifier.verify_any_audience(text)
        except TokenRefused:
            return 200, INACTIVE, []
        if verified.caller.organization_id != client.client.organization_id:
            return 200, INACTIVE, []
        told = ("iss", "sub", "aud", "exp", "iat", "nbf", "jti", "scope", "prt_id", "sub_type")
        body: dict[str, object] = {
            "active": True,
            "client_id": verified.client.id,
            "token_type": "Bearer",
            **{name: verified.claims[name] for name in told if name in verified.claims},
        }
        if verified.person is not None:
            body["username"] = verified.person.username
        return 200, body, []

    def _refresh_token(self, request: OAuthRequest, text: str, client: AuthlibClient) -> dict[str, object]:
        found = self._families.find_family_of(request.open_session(), Secret(text))
        if found is None:
            return INACTIVE
        family, row = found
        user = self._users.find_active_user(family.user_id)
        is_over = row.expires_at is not None and self._clock.now() >= row.expires_at
        if family.revoked_at is not None or row.superseded_at is not None or is_over or user is None:
            return INACTIVE
        if user.organization_id != client.client.organization_id:
            return INACTIVE
        body: dict[str, object] = {
            "active": True,
            "client_id": family.client_id,
            "scope": family.scope,
            "sub": user.id,
            "username": user.username,
            "iat": int(row.issued_at.timestamp()),
        }
        if row.expires_at is not None:
            body["exp"] = int(row.expires_at.timestamp())
        return body


class Introspection:
    """Answers introspection requests. Blocks on the store."""

    def __init__(
        self,
        server: GrantServer,
        verifier: TokenVerifier,
        families: TokenFamilies,
        users: UserDirectory,
        signing_keys: SigningKeys,
        database: Database,
        clock: Clock,
    ) -> None:
        self._server = server
        self._signing_keys = signing_keys
        self._database = database
        server.register_endpoint(_Introspection(server, verifier, families, users, clock))

    def answer(self, fields: Mapping[str, str], authorization: str | None) -> Answer:
        """Return what the token is, or an OAuth error for a client that is not confidential."""
        self._signing_keys.prepare()
        with self._database.read() as session:
            request = OAuthRequest(fields, authorization=authorization, session=session)
            answer: Answer = self._server.create_endpoint_response("introspection", request)
        reason, sentence = answer.refusal or (None, None)
        outcome = outcome_of(
            IdentityEvent.REQUEST_ANSWERED, client=request.proved_client, reason=reason, sentence=sentence
        )
        return replace(answer, outcome=outcome)
