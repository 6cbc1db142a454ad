"""Writes access tokens and id tokens: RS256 JWTs (RFC 9068, OpenID Connect Core section 2) in two dialects."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt

from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient
from stagedoor.identity.oauth_clients.scopes import WHOLE_USER_SCOPE
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock

ALGORITHM = "RS256"
ACCESS_TOKEN_TYPE = "at+jwt"
"""The ``typ`` of today's access tokens (RFC 9068), by which no id token can pass for one."""
ACCESS_TOKEN_LIFETIME = timedelta(hours=1)
ACCESS_TOKEN_LIFETIME_2019 = timedelta(hours=24)
ID_TOKEN_LIFETIME = timedelta(minutes=5)
ORCHESTRATOR_AUDIENCE = "UiPath.Orchestrator"
ORCHESTRATOR_AUDIENCE_2019 = "https://orchestrator.cloud.uipath.com"
PROVIDER_2019 = "stagedoor"
FAMILY_CLAIM = "family"
"""Our own claim: what an access token ends together with."""

Claims = dict[str, object]


@dataclass(frozen=True, slots=True)
class Issuers:
    """The two names that this server signs with: today's, and that of the account host of 2019."""

    today: str
    account_2019: str

    @classmethod
    def of(cls, base_url: str) -> "Issuers":
        """Return the issuers of a server that callers reach at ``base_url``."""
        return cls(today=f"{base_url}/identity_", account_2019=f"{base_url}/")

    def of_dialect(self, dialect: Dialect) -> str:
        """Return the issuer in that dialect."""
        return self.today if dialect is Dialect.TODAY else self.account_2019


@dataclass(frozen=True, slots=True)
class WrittenToken:
    """A signed access token and how many seconds it lives."""

    text: str
    lifetime_seconds: int


@dataclass(frozen=True, slots=True)
class SignIn:
    """When and for what a person signed in: what an id token repeats."""

    at: datetime
    nonce: str | None = None


class TokenIssuer:
    """Write tokens with the key that signs now; needs :meth:`SigningKeys.prepare` before."""

    def __init__(self, issuers: Issuers, signing_keys: SigningKeys, clock: Clock, chance: Chance) -> None:
        self.issuers = issuers
        self._signing_keys = signing_keys
        self._clock = clock
        self._chance = chance

    def access_token_of_person(
        self, client: OAuthClient, person: UserEntry, scopes: Iterable[str], *, family_id: str, signed_in_at: datetime
    ) -> WrittenToken:
        """Return an access token for a client that acts for a person, in the client's dialect."""
        named = tuple(scopes)
        if client.dialect is Dialect.ACCOUNT_2019:
            return self._access_token_2019(client, person, named, family_id)
        claims: Claims = {
            "aud": self._audience(client, named),
            "prt_id": person.organization_id,
            "sub": person.id,
            "sub_type": "user",
            "client_id": client.id,
            "scope": " ".join(named),
            "auth_time": int(signed_in_at.timestamp()),
            "amr": ["pwd"],
            "preferred_username": person.username,
            "name": person.display_name,
            "email": person.email,
            FAMILY_CLAIM: family_id,
        }
        return self._sign(claims, self.issuers.today, ACCESS_TOKEN_LIFETIME, ACCESS_TOKEN_TYPE)

    def access_token_of_application(
        self, client: OAuthClient, organization_id: str, scopes: Iterable[str]
    ) -> WrittenToken:
        """Return an access token for an external application that acts for itself; nothing is stored for it."""
        named = tuple(scopes)
        claims: Claims = {
            "aud": self._audience(client, named),
            "prt_id": organization_id,
            "sub": client.id,
            "sub_type": "service.external",
            "client_id": client.id,
            "scope": " ".join(named),
        }
        return self._sign(claims, self.issuers.today, ACCESS_TOKEN_LIFETIME, ACCESS_TOKEN_TYPE)

    def id_token(
        self, client: OAuthClient, person: UserEntry, scopes: Iterable[str], access_token: str, sign_in: SignIn
    ) -> str:
        """Return an id token; that of 2019 lives as long as its access token, because discovery is asked with it."""
        is_2019 = client.dialect is Dialect.ACCOUNT_2019
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: Claims = {
            "aud": client.id,
            "sub": f"{PROVIDER_2019}|{person.id}" if is_2019 else person.id,
            "auth_time": int(sign_in.at.timestamp()),
            "amr": ["pwd"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "prt_id": person.organization_id,
            **person_claims(person, scopes),
        }
        if sign_in.nonce is not None:
            claims["nonce"] = sign_in.nonce
        lifetime = ACCESS_TOKEN_LIFETIME_2019 if is_2019 else ID_TOKEN_LIFETIME
        return self._sign(claims, self.issuers.of_dialect(client.dialect), lifetime, "JWT").text

    def _access_token_2019(
        self, client: OAuthClient, person: UserEntry, scopes: tuple[str, ...], family_id: str
    ) -> WrittenToken:
        claims: Claims = {
            "https://uipath/email": person.email,
            "https://uipath/email_verified": False,
            "sub": f"{PROVIDER_2019}|{person.id}",
            "aud": [ORCHESTRATOR_AUDIENCE_2019, f"{self.issuers.account_2019}userinfo"],
            "azp": client.id,
            "scope": " ".join(scopes),
            FAMILY_CLAIM: family_id,
        }
        return self._sign(claims, self.issuers.account_2019, ACCESS_TOKEN_LIFETIME_2019, "JWT")

    def _audience(self, client: OAuthClient, scopes: tuple[str, ...]) -> str:
        # A token that names nothing of Orchestrator is good for what identity itself answers, and for nothing else;
        # our own programs carry the whole of a person without naming anything.
        names_orchestrator = any(scope.startswith("OR.") or scope == WHOLE_USER_SCOPE for scope in scopes)
        opens_orchestrator = names_orchestrator or client.carries_whole_user
        return ORCHESTRATOR_AUDIENCE if opens_orchestrator else f"{self.issuers.today}/resources"

    def _sign(self, claims: Claims, issuer: str, lifetime: timedelta, token_type: str) -> WrittenToken:
        key = self._signing_keys.current()
        now = int(self._clock.now().timestamp())
        seconds = int(lifetime.total_seconds())
        whole = {
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "jti": self._chance.random_bytes(16).hex(),
            **claims,
        }
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": token_type}
        return WrittenToken(jwt.encode(header, whole, key.key, [ALGORITHM]), seconds)


def person_claims(person: UserEntry, scopes: Iterable[str]) -> Claims:
    """Return what the scopes ``profile`` and ``email`` tell about a person (OpenID Connect Core section 5.4).

    What is not known is left out. An address is never called verified: an administrator typed it.
    """
    named = frozenset(scopes)
    claims: Claims = {}
    if "profile" in named:
        claims["name"] = person.display_name
        claims["preferred_username"] = person.username
        claims["given_name"] = person.first_name
        claims["family_name"] = person.last_name
    if "email" in named and person.email:
        claims["email"] = person.email
        claims["email_verified"] = False
    return {name: value for name, value in claims.items() if value != ""}
