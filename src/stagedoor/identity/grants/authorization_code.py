"""The authorization code grant (RFC 6749 section 4.1), with PKCE for everybody (RFC 7636, RFC 9700 section 2.1.1)."""

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError  # type: ignore[import-untyped]  # no types
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant  # type: ignore[import-untyped]  # Authlib has no types
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.grants.authlib_core import AuthlibClient, GrantServer, OAuthRequest
from stagedoor.identity.grants.codes import CodeRefusal, CodeRequest, RedeemedCode
from stagedoor.identity.issued_tokens.issuer import SignIn
from stagedoor.identity.issued_tokens.schemas import FamilyKind
from stagedoor.identity.oauth_clients.schemas import Dialect
from stagedoor.identity.wire.answers import plain
from stagedoor.kit.secret import Secret

S256_CHALLENGE_LENGTH = 43
"""Base64url of 32 bytes without padding."""
NONCE_LENGTH_MAX = 512


class S256Challenge(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """Demands ``code_challenge`` with ``S256`` from every client; a method that is left out would mean ``plain``."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: "CodeGrant", redirect_uri: str) -> None:
        """Raise ``InvalidRequestError`` unless the request holds a challenge by S256."""
        fields = grant.request.fields
        challenge = fields.get("code_challenge")
        if challenge is None:
            raise InvalidRequestError("PKCE is required: send code_challenge and code_challenge_method=S256.")
        if fields.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256; plain protects nobody.")
        super().validate_code_challenge(grant, redirect_uri)
        if len(challenge) != S256_CHALLENGE_LENGTH:
            raise InvalidRequestError("code_challenge must be 43 characters: Base64url of a SHA-256 without padding.")
        if len(fields.get("nonce", "")) > NONCE_LENGTH_MAX:
            raise InvalidRequestError(f"nonce is longer than {NONCE_LENGTH_MAX} characters.")


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Gives a code at the authorize endpoint and tokens for it at the token endpoint."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    request: OAuthRequest
    server: GrantServer

    def generate_authorization_code(self) -> str:
        """Return a code nobody can guess."""
        return self.server.codes.new_code().reveal()

    def save_authorization_code(self, code: str, request: OAuthRequest) -> None:
        """Store the code with all that it was asked for."""
        if request.signed_in_at is None:
            raise RuntimeError("a code is given only after a sign-in")
        asked = CodeRequest(
            client=request.client.client,
            user_id=request.user.id,
            redirect_uri=request.fields["redirect_uri"],
            scope=request.scope,
            nonce=request.fields.get("nonce"),
            code_challenge=request.fields["code_challenge"],
            signed_in_at=request.signed_in_at,
        )
        self.server.codes.save(request.open_session(), Secret(code), asked)

    def query_authorization_code(self, code: str, client: AuthlibClient) -> RedeemedCode:
        """Use the code up, or raise ``InvalidGrantError`` with the reason."""
        redeemed = self.server.codes.redeem(
            self.request.open_session(), Secret(code), client.client, self.request.fields.get("redirect_uri")
        )
        if redeemed.user_id is not None:
            self.request.person = self.server.users.find_user(redeemed.user_id)
        if isinstance(redeemed, CodeRefusal):
            self.request.reason = redeemed.reason
            raise InvalidGrantError(plain(redeemed.sentence))
        return redeemed

    def create_token_response(self) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
        """Return the tokens. Authlib's own would write them into its debug log."""
        session = self.request.open_session()
        redeemed: RedeemedCode = self.request.authorization_code
        client = self.request.client.client
        user = self.server.users.find_active_user(redeemed.user_id)
        if user is None:
            self.request.reason = "user_inactive"
            raise InvalidGrantError("The person who signed in may not sign in any more.")
        scopes = redeemed.scope.split()
        kind = FamilyKind.ROTATING if client.dialect is Dialect.TODAY else FamilyKind.REUSABLE
        family_id = self.server.families.start(session, kind, client, user, scopes, redeemed.signed_in_at)
        self.server.codes.note_family(session, redeemed, family_id)
        answer, _ = self.server.person_answer(
            session,
            client,
            user,
            scopes,
            family_id=family_id,
            sign_in=SignIn(redeemed.signed_in_at, redeemed.nonce),
            gives_refresh_token=True,
        )
        return 200, answer, []
