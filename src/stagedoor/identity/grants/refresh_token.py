"""The refresh token grant (RFC 6749 section 6), rotating in families (RFC 9700 section 4.14)."""

import json
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError  # type: ignore[import-untyped]  # no types
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.grants.authlib_core import AuthlibClient, GrantServer, OAuthRequest
from stagedoor.identity.issued_tokens.issuer import SignIn
from stagedoor.identity.issued_tokens.service import PresentedToken, RefreshRefusal
from stagedoor.identity.oauth_clients.scopes import split_scope
from stagedoor.identity.wire.answers import plain
from stagedoor.kit.secret import Secret


@dataclass(frozen=True, slots=True)
class _Judged:
    """A refresh token that is good, answering Authlib's questions."""

    presented: PresentedToken

    def check_client(self, _: AuthlibClient) -> bool:
        """Return true: the client was compared when the token was judged."""
        return True

    def get_scope(self) -> str:
        """Return the scope of the family."""
        return self.presented.scope


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """Gives new tokens for a refresh token, and a new refresh token where they rotate."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    request: OAuthRequest
    server: GrantServer

    def authenticate_refresh_token(self, refresh_token: str) -> _Judged:
        """Return the token if it is good, or raise ``InvalidGrantError`` with the reason."""
        client = self.request.client.client
        presented = self.server.families.present(self.request.open_session(), Secret(refresh_token), client)
        if presented.user_id is not None:
            self.request.person = self.server.users.find_user(presented.user_id)
        if isinstance(presented, RefreshRefusal):
            self.request.reason = presented.reason
            raise InvalidGrantError(plain(presented.sentence))
        return _Judged(presented)

    def create_token_response(self) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
        """Return the tokens. Authlib's own would write them into its debug log."""
        session = self.request.open_session()
        presented: PresentedToken = self.request.refresh_token.presented
        client = self.request.client.client
        user = self.server.users.find_active_user(presented.user_id)
        if user is None:
            self.request.reason = "user_inactive"
            raise InvalidGrantError("The person behind this refresh token may not sign in any more.")
        scopes = split_scope(self.request.fields.get("scope") or presented.scope)
        if presented.answer is not None:
            answer: dict[str, object] = json.loads(presented.answer.reveal())
            if set(scopes) != set(str(answer["scope"]).split()):
                raise InvalidScopeError("The answer given a moment ago had another scope, and is given only as it was.")
            return 200, answer, []
        answer, _ = self.server.person_answer(
            session,
            client,
            user,
            scopes,
            family_id=presented.family_id,
            sign_in=SignIn(presented.signed_in_at),
            gives_refresh_token=False,
        )
        if presented.rotates:
            # The new one stands for the whole family again, even if this access token was asked for with less.
            successor = self.server.families.add_refresh_token(session, presented.family_id)
            answer["refresh_token"] = successor.reveal()
            self.server.families.supersede(session, presented, successor, Secret(json.dumps(answer)))
        return 200, answer, []
