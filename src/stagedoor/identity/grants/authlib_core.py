"""Authlib's authorization server (RFC 6749), under our own adapter: requests, clients and answers in its terms."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib has no types
    AuthorizationServer,
    ClientMixin,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]  # Authlib has no types
from sqlalchemy.orm import Session

from stagedoor.identity.grants.codes import AuthorizationCodes
from stagedoor.identity.grants.scope_rules import judge_user_scopes
from stagedoor.identity.issued_tokens.issuer import SignIn, TokenIssuer
from stagedoor.identity.issued_tokens.service import TokenFamilies
from stagedoor.identity.oauth_clients.registry import ClientRegistry
from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient
from stagedoor.identity.oauth_clients.scopes import OFFLINE_ACCESS
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.identity.wire.answers import Answer
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

TRANSPORT = "https://stagedoor.invalid/"
"""What Authlib is told about the transport. It would judge each request by its own scheme, which is wrong behind a
proxy that ends TLS; whether this server may be reached in the clear is settled by its base URL, once."""

Claims = dict[str, object]


class OAuthRequest(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A request with its fields already read, each once. ``session`` is the transaction to work in, if one is open.

    ``person`` and ``reason`` are what a grant found out for the audit: for whom it was asked, and why it refused where
    OAuth's word for it (``invalid_grant``) says too little. ``ended`` is true once a revocation ended something.
    """

    def __init__(
        self,
        fields: Mapping[str, str],
        *,
        method: str = "POST",
        authorization: str | None = None,
        session: Session | None = None,
    ) -> None:
        super().__init__(method, TRANSPORT, headers={"Authorization": authorization} if authorization else {})
        self.payload = BasicOAuth2Payload(dict(fields))
        self.fields = fields
        self.session = session
        self.signed_in_at: datetime | None = None
        self.person: UserEntry | None = None
        self.reason: str | None = None
        self.ended = False

    @property
    def args(self) -> Mapping[str, str]:
        """The fields, as Authlib calls those of an address."""
        return self.fields

    @property
    def form(self) -> Mapping[str, str]:
        """The fields, as Authlib calls those of a body."""
        return self.fields

    @property
    def proved_client(self) -> OAuthClient | None:
        """The client, once it proved itself."""
        return None if self.client is None else self.client.client

    def open_session(self) -> Session:
        """Return the transaction; a grant that needs one was given one."""
        if self.session is None:
            raise RuntimeError("this grant works on the store, and no transaction was opened for it")
        return self.session


class AuthlibClient(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """One of our clients, answering Authlib's questions."""

    def __init__(self, client: OAuthClient, vault: Vault, now: datetime) -> None:
        self.client = client
        self._vault = vault
        self._now = now

    def get_client_id(self) -> str:
        """Return the client id."""
        return self.client.id

    def get_default_redirect_uri(self) -> None:
        """Return none: a redirect is always named, so that nobody is sent where the request did not say."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return the scope that is granted, or raise ``InvalidScopeError``."""
        return " ".join(judge_user_scopes(self.client, scope))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether a browser may be sent there."""
        return self.client.accepts_redirect(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        """Tell whether this is one of the client's secrets and has not expired."""
        presented = self._vault.keyed_hash(client_secret)
        matches = [
            hmac.compare_digest(secret.keyed_hash, presented)
            for secret in self.client.secrets
            if secret.expires_at is None or self._now < secret.expires_at
        ]
        return any(matches)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Tell whether the client proves itself this way: with a secret if it is confidential, else with none."""
        return (method == "none") != self.client.is_confidential

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether the client may ask for this at the authorize endpoint."""
        return response_type == "code" and "authorization_code" in self.client.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether the client may use this grant."""
        return grant_type in self.client.grant_types


class GrantServer(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """The authorization server of one dialect. Grants read its parts; it holds no state of its own."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        clients: ClientRegistry,
        users: UserDirectory,
        issuer: TokenIssuer,
        families: TokenFamilies,
        codes: AuthorizationCodes,
        vault: Vault,
        clock: Clock,
    ) -> None:
        super().__init__()
        self.dialect = dialect
        self.clients = clients
        self.users = users
        self.issuer = issuer
        self.families = families
        self.codes = codes
        self._vault = vault
        self._clock = clock

    def query_client(self, client_id: str) -> AuthlibClient | None:
        """Return the client of this id, if it speaks this dialect."""
        client = self.clients.find(client_id)
        if client is None or client.dialect is not self.dialect:
            return None
        return AuthlibClient(client, self._vault, self._clock.now())

    def authenticate_client(
        self, request: OAuthRequest, methods: Sequence[str], endpoint: str = "token"
    ) -> AuthlibClient:
        """Return the client that proved itself; raises ``InvalidClientError`` with a description that helps.

        Unknown ids, wrong secrets and expired ones get the same words. 401 answers a request that used the
        Authorization header and 400 all others (RFC 6749 section 5.2).
        """
        authorization = request.headers.get("Authorization")
        if authorization is not None:
            _check_basic(authorization, request.fields)
        try:
            client: AuthlibClient = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError as failure:
            status = 401 if authorization is not None else 400
            raise InvalidClientError(self._why_not(request, authorization), status_code=status) from failure
        request.client = client
        return client

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Do nothing: nobody listens."""

    def create_oauth2_request(self, request: OAuthRequest) -> OAuthRequest:
        """Return the request as it is; the routes have read it."""
        return request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        """Return Authlib's answer as ours."""
        return Answer(status, body, tuple(headers))

    def validate_requested_scope(self, scope: str | None) -> None:
        """Do nothing: scopes are judged against the client, by the grant."""

    def person_answer(
        self,
        session: Session,
        client: OAuthClient,
        user: UserEntry,
        scopes: Sequence[str],
        *,
        family_id: str,
        sign_in: SignIn,
        gives_refresh_token: bool,
    ) -> tuple[Claims, Secret | None]:
        """Return the token answer for a person, and its refresh token when there is a new one."""
        access = self.issuer.access_token_of_person(client, user, scopes, family_id=family_id, signed_in_at=sign_in.at)
        answer: Claims = {
            "access_token": access.text,
            "token_type": "Bearer",
            "expires_in": access.lifetime_seconds,
            "scope": " ".join(scopes),
        }
        refresh_token: Secret | None = None
        if gives_refresh_token and OFFLINE_ACCESS in scopes:
            lives_on = self.dialect is Dialect.ACCOUNT_2019
            refresh_token = self.families.add_refresh_token(session, family_id, lives_on=lives_on)
            answer["refresh_token"] = refresh_token.reveal()
        if "openid" in scopes:
            answer["id_token"] = self.issuer.id_token(client, user, scopes, access.text, sign_in)
        return answer, refresh_token

    def _why_not(self, request: OAuthRequest, authorization: str | None) -> str:
        client_id = request.fields.get("client_id")
        if client_id is None and authorization is None:
            return "client_id is missing."
        client = self.clients.find(client_id or "")
        if client is not None and client.dialect is not self.dialect:
            endpoint = "/oauth/token" if client.dialect is Dialect.ACCOUNT_2019 else "/identity_/connect/token"
            return f"This client uses {endpoint}."
        if client is not None and not client.is_confidential and "client_secret" in request.fields:
            return "This client is public: leave client_secret out."
        return (
            "The client id or its secret is wrong, or the secret has expired. A confidential application sends its "
            "client_secret with every request; a public one has none and cannot use client_credentials."
        )


def _check_basic(authorization: str, fields: Mapping[str, str]) -> None:
    """Refuse an Authorization header that Authlib would stumble over, and a client that proves itself twice."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise InvalidClientError("Only HTTP Basic is read from the Authorization header here.", status_code=401)
        client_id, colon, _ = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError) as failure:
        raise InvalidClientError("The Authorization header is not HTTP Basic in Base64.", status_code=401) from failure
    if not colon:
        raise InvalidClientError("The Authorization header holds no colon between id and secret.", status_code=401)
    if "client_secret" in fields:
        raise InvalidRequestError("The client proves itself twice: in the Authorization header and in the body.")
    if fields.get("client_id", client_id) != client_id:
        raise InvalidRequestError("client_id in the body and in the Authorization header differ.")


__all__ = ["AuthlibClient", "GrantServer", "OAuth2Error", "OAuthRequest"]
