"""The revocation endpoint without its wire."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from authlib.oauth2.rfc6749 import InvalidRequestError  # type: ignore[import-untyped]  # Authlib has no types
from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.grants.authlib_core import AuthlibClient, GrantServer, OAuthRequest
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.schemas import RevocationReason
from stagedoor.identity.issued_tokens.service import REFRESH_TOKEN_PREFIX, TokenFamilies
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.oauth_clients.schemas import Dialect
from stagedoor.identity.outcomes import outcome_of
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.identity.wire.answers import Answer
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.passage import IdentityEvent


@dataclass(frozen=True, slots=True)
class _Found:
    """A token that was presented to be ended: a family by its refresh token, or one access token."""

    client_id: str
    person: UserEntry | None
    family_id: str | None = None
    token_id: str | None = None

    def check_client(self, client: AuthlibClient) -> bool:
        """Tell whether the token was given to this client."""
        return self.client_id == client.client.id


class _Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    def __init__(self, server: GrantServer, verifier: TokenVerifier, families: TokenFamilies) -> None:
        super().__init__(server)
        self._users = server.users
        self._verifier = verifier
        self._families = families

    def check_params(self, request: OAuthRequest, client: AuthlibClient) -> None:
        """Ask for the token; a hint that is wrong or unknown changes nothing (RFC 7009 section 2.1)."""
        if "token" not in request.fields:
            raise InvalidRequestError("token is missing.")

    def authenticate_token(self, request: OAuthRequest, client: AuthlibClient) -> _Found | None:
        """Return the token if it is one of this client's; an unknown one is nothing to do and no error."""
        self.check_params(request, client)
        found = self._find(request, request.fields["token"])
        return found if found is not None and found.check_client(client) else None

    def revoke_token(self, token: _Found, request: OAuthRequest) -> None:
        """End the family of a refresh token with all its access tokens, or the one access token."""
        session = request.open_session()
        request.person, request.ended = token.person, True
        if token.family_id is not None:
            self._families.revoke(session, token.family_id, RevocationReason.DELIBERATE)
        elif token.token_id is not None:
            self._families.revoke_access_token(session, token.token_id)

    def _find(self, request: OAuthRequest, text: str) -> _Found | None:
        if text.startswith(REFRESH_TOKEN_PREFIX):
            found = self._families.find_family_of(request.open_session(), Secret(text))
            if found is None:
                return None
            family, _ = found
            return _Found(family.client_id, self._users.find_user(family.user_id), family_id=family.id)
        try:
            verified = self._verifier.verify_any_audience(text)
        except TokenRefused:
            return None
        return _Found(verified.client.id, verified.person, token_id=verified.token_id)


class Revocation:
    """Answers revocation requests of clients of both dialects. Blocks on the store."""

    def __init__(
        self,
        servers: Mapping[Dialect, GrantServer],
        verifier: TokenVerifier,
        families: TokenFamilies,
        signing_keys: SigningKeys,
        database: Database,
        feed: ChangeFeed,
    ) -> None:
        self._servers = servers
        self._signing_keys = signing_keys
        self._database = database
        self._feed = feed
        for server in servers.values():
            server.register_endpoint(_Revocation(server, verifier, families))

    def answer(self, fields: Mapping[str, str], authorization: str | None) -> Answer:
        """Return 200 whether or not there was something to end, and an OAuth error for a client that is not known."""
        self._signing_keys.prepare()
        is_2019 = self._servers[Dialect.ACCOUNT_2019].query_client(fields.get("client_id", "")) is not None
        server = self._servers[Dialect.ACCOUNT_2019 if is_2019 else Dialect.TODAY]
        with self._database.write() as session:
            request = OAuthRequest(fields, authorization=authorization, session=session)
            answer: Answer = server.create_endpoint_response("revocation", request)
        self._feed.catch_up()
        return _with_outcome(answer, request)


def _with_outcome(answer: Answer, request: OAuthRequest) -> Answer:
    event, reason, sentence = IdentityEvent.REQUEST_ANSWERED, None, "There was no token of this client to end."
    if answer.refusal is not None:
        reason, sentence = answer.refusal
    elif request.ended:
        event, sentence = IdentityEvent.TOKEN_REVOKED, "The client ended a token that it held."
    outcome = outcome_of(event, person=request.person, client=request.proved_client, reason=reason, sentence=sentence)
    return replace(answer, outcome=outcome)
