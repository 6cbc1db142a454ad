"""The token endpoint without its wire: fields in, answer out."""

from collections.abc import Mapping
from dataclasses import replace

from stagedoor.identity.grants.authlib_core import GrantServer, OAuthRequest
from stagedoor.identity.grants.authorization_code import CodeGrant, S256Challenge
from stagedoor.identity.grants.client_credentials import ApplicationGrant
from stagedoor.identity.grants.refresh_token import RefreshGrant
from stagedoor.identity.oauth_clients.schemas import Dialect
from stagedoor.identity.outcomes import outcome_of
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.wire.answers import Answer
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.db import Database
from stagedoor.passage import IdentityEvent

GRANTS_TODAY = ("authorization_code", "client_credentials", "refresh_token")
GRANTS_2019 = ("authorization_code", "refresh_token")


class TokenEndpoint:
    """Answers token requests of one dialect. It blocks (signing, the store), so it runs in a worker thread."""

    def __init__(self, server: GrantServer, database: Database, feed: ChangeFeed, signing_keys: SigningKeys) -> None:
        self._server = server
        self._database = database
        self._feed = feed
        self._signing_keys = signing_keys
        self.grant_types = GRANTS_TODAY if server.dialect is Dialect.TODAY else GRANTS_2019
        server.register_grant(CodeGrant, [S256Challenge(required=True)])
        server.register_grant(RefreshGrant)
        if server.dialect is Dialect.TODAY:
            server.register_grant(ApplicationGrant)

    def answer(self, fields: Mapping[str, str], authorization: str | None) -> Answer:
        """Return the answer to a token request; OAuth errors are answers, a store that is away raises.

        Raises :class:`OAuthRequestRefused` for a grant that is missing or not offered.
        """
        grant_type = fields.get("grant_type")
        if grant_type is None or grant_type not in self.grant_types:
            raise _refusal(grant_type, self.grant_types)
        # The first key takes 100 ms to make: never while the store's write lock is held.
        self._signing_keys.prepare()
        if grant_type == "client_credentials":
            request = OAuthRequest(fields, authorization=authorization)
            return _with_outcome(self._server.create_token_response(request), request, grant_type)
        with self._database.write() as session:
            request = OAuthRequest(fields, authorization=authorization, session=session)
            answer: Answer = self._server.create_token_response(request)
        self._feed.catch_up()
        return _with_outcome(answer, request, grant_type)


def _with_outcome(answer: Answer, request: OAuthRequest, grant_type: str) -> Answer:
    client = request.proved_client
    if answer.refusal is not None:
        error, sentence = answer.refusal
        outcome = outcome_of(
            IdentityEvent.TOKEN_REFUSED,
            person=request.person,
            client=client,
            reason=request.reason or error,
            sentence=sentence,
        )
    else:
        scope = "" if isinstance(answer.body, str) else answer.body["scope"]
        outcome = outcome_of(
            IdentityEvent.TOKEN_ISSUED,
            person=request.person,
            client=client,
            sentence=f"{client.name if client else 'A client'} was given tokens by {grant_type}, scope {scope}.",
        )
    return replace(answer, outcome=outcome)


def _refusal(grant_type: str | None, offered: tuple[str, ...]) -> OAuthRequestRefused:
    if grant_type is None:
        return OAuthRequestRefused(f"grant_type is missing; it is one of {', '.join(offered)}.")
    sentence = f"grant_type {grant_type[:60]} is not offered here; it is one of {', '.join(offered)}."
    if grant_type == "password":
        sentence += " Passwords are not taken for tokens: use an access key, an external application or the browser."
    return OAuthRequestRefused(sentence, error="unsupported_grant_type")
