"""Tells whether an access token is good, and for whom: in memory, for every request."""

import base64
import binascii
import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from joserfc import jwt
from joserfc.errors import JoseError

from stagedoor.identity.issued_tokens.errors import Fault, TokenRefused
from stagedoor.identity.issued_tokens.issuer import (
    ACCESS_TOKEN_TYPE,
    ALGORITHM,
    FAMILY_CLAIM,
    ORCHESTRATOR_AUDIENCE,
    ORCHESTRATOR_AUDIENCE_2019,
    PROVIDER_2019,
    Issuers,
)
from stagedoor.identity.issued_tokens.revocations import Revocations
from stagedoor.identity.issued_tokens.schemas import VerifiedToken
from stagedoor.identity.issued_tokens.terms import Credential, application_caller, person_caller, scope_selectors
from stagedoor.identity.oauth_clients.registry import ClientRegistry
from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient
from stagedoor.identity.oauth_clients.scopes import WHOLE_USER_SCOPE
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.passage import Caller, CredentialKind

TOKEN_LENGTH_MAX = 8 * 1024


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a token says once its signature was found good; it stays true whatever happens to its owner."""

    token_id: str
    family_id: str | None
    client_id: str
    user_id: str | None
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    claims: Mapping[str, object]


class TokenVerifier:
    """Verify access tokens of both dialects.

    The first look at a token checks its signature (40 µs); later ones find it by its SHA-256 and check only what may
    have changed: time, revocation, its owner and its client. Tokens that are refused are not remembered. Where signing
    keys change, all are forgotten: what a key has signed that is gone is not good any longer. ``follow`` the feed after
    the signing keys do, so that these are read anew by then.
    """

    REMEMBERED_MAX = 10_000

    def __init__(
        self,
        issuers: Issuers,
        signing_keys: SigningKeys,
        clients: ClientRegistry,
        users: UserDirectory,
        revocations: Revocations,
        clock: Clock,
    ) -> None:
        self._issuers = issuers
        self._signing_keys = signing_keys
        self._clients = clients
        self._users = users
        self._revocations = revocations
        self._clock = clock
        self._remembered: dict[bytes, VerifiedToken] = {}
        self._lock = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Forget from now on what was found good by signing keys that may be gone."""
        feed.subscribe(("signing_key",), self._forget)

    def verify(self, token: str) -> VerifiedToken:
        """Return what an access token for Orchestrator stands for, or raise :class:`TokenRefused`."""
        verified = self.verify_any_audience(token)
        audience = verified.claims["aud"]
        audiences = audience if isinstance(audience, list) else [audience]
        if ORCHESTRATOR_AUDIENCE not in audiences and ORCHESTRATOR_AUDIENCE_2019 not in audiences:
            raise TokenRefused(Fault.WRONG_AUDIENCE)
        return verified

    def verify_any_audience(self, token: str) -> VerifiedToken:
        """Return what an access token stands for, whichever service it opens; for identity's own endpoints."""
        if len(token) > TOKEN_LENGTH_MAX:
            raise TokenRefused(Fault.MALFORMED, internal="too long")
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        # Held from before the keys are looked at: what is found good while they change goes with what is forgotten.
        remembered = self._remembered
        known = remembered.get(digest)
        verified = self._assemble(self._read(token) if known is None else known, known)
        if verified is not known:
            with self._lock:
                while len(remembered) >= self.REMEMBERED_MAX:
                    del remembered[next(iter(remembered))]
                remembered[digest] = verified
        return verified

    def verify_id_token(self, token: str) -> tuple[UserEntry, OAuthClient]:
        """Return whom an id token speaks of, and to which client; for the discovery of 2019, which is asked with one.

        Raises :class:`TokenRefused` for anything else. An id token opens nothing in Orchestrator.
        """
        claims = self.read_id_token_hint(token)
        expires_at = claims.get("exp")
        if not isinstance(expires_at, int) or self._clock.now().timestamp() >= expires_at:
            raise TokenRefused(Fault.EXPIRED)
        subject, audience = str(claims.get("sub", "")), str(claims.get("aud", ""))
        person = self._users.find_active_user(subject.removeprefix(f"{PROVIDER_2019}|"))
        client = self._clients.find(audience)
        if person is None or client is None:
            raise TokenRefused(Fault.OWNER_GONE)
        return person, client

    def read_id_token_hint(self, token: str) -> Mapping[str, object]:
        """Return the claims of an id token that this server signed, expired or not (OpenID RP-Initiated Logout)."""
        header_type, claims = self._open(token)
        issuers = (self._issuers.today, self._issuers.account_2019)
        if header_type != "JWT" or claims.get("iss") not in issuers or not isinstance(claims.get("aud"), str):
            raise TokenRefused(Fault.WRONG_KIND)
        return claims

    def _forget(self, _: tuple[Change, ...]) -> None:
        self._remembered = {}

    def _assemble(self, facts: _Opened | VerifiedToken, known: VerifiedToken | None) -> VerifiedToken:
        """Check what may have changed since the signature was checked; returns ``known`` where nothing did."""
        if self._clock.now() >= facts.expires_at:
            raise TokenRefused(Fault.EXPIRED)
        if self._revocations.holds(facts.token_id, facts.family_id):
            raise TokenRefused(Fault.REVOKED)
        client = self._clients.find(facts.client_id)
        person = self._users.find_active_user(facts.user_id) if facts.user_id is not None else None
        if client is None or (facts.user_id is not None and person is None):
            raise TokenRefused(Fault.OWNER_GONE)
        if known is not None and client is known.client and person is known.person:
            return known
        return VerifiedToken(
            token_id=facts.token_id,
            family_id=facts.family_id,
            client=client,
            person=person,
            scopes=facts.scopes,
            issued_at=facts.issued_at,
            expires_at=facts.expires_at,
            caller=_caller(facts, client, person),
            claims=facts.claims,
        )

    def _read(self, token: str) -> _Opened:
        header_type, claims = self._open(token)
        issuer = claims.get("iss")
        if issuer == self._issuers.today:
            if header_type != ACCESS_TOKEN_TYPE:
                raise TokenRefused(Fault.WRONG_KIND)
        elif issuer == self._issuers.account_2019:
            # An id token of 2019 has the same type; only an access token has the list of audiences.
            if header_type != "JWT" or not isinstance(claims.get("aud"), list):
                raise TokenRefused(Fault.WRONG_KIND)
        else:
            raise TokenRefused(Fault.UNTRUSTED, internal="another issuer")
        return self._opened(claims)

    def _open(self, token: str) -> tuple[str, Mapping[str, object]]:
        key = self._signing_keys.find(_key_id(token))
        if key is None:
            raise TokenRefused(Fault.UNTRUSTED, internal="unknown signing key")
        try:
            parsed = jwt.decode(token, key.key, [ALGORITHM])
        except (JoseError, ValueError) as failure:
            raise TokenRefused(Fault.UNTRUSTED, internal=type(failure).__name__) from failure
        return str(parsed.header.get("typ", "")), parsed.claims

    def _opened(self, claims: Mapping[str, object]) -> _Opened:
        # Whatever stands here was signed by us, so a missing claim is our own mistake and may raise.
        is_today = claims["iss"] == self._issuers.today
        subject = str(claims["sub"])
        is_person = not is_today or claims["sub_type"] == "user"
        family_id = claims.get(FAMILY_CLAIM)
        return _Opened(
            token_id=str(claims["jti"]),
            family_id=None if family_id is None else str(family_id),
            client_id=str(claims["client_id" if is_today else "azp"]),
            user_id=subject.removeprefix(f"{PROVIDER_2019}|") if is_person else None,
            scopes=frozenset(str(claims["scope"]).split()),
            issued_at=_moment(claims["iat"]),
            expires_at=_moment(claims["exp"]),
            claims=claims,
        )


def _caller(facts: _Opened | VerifiedToken, client: OAuthClient, person: UserEntry | None) -> Caller:
    ceiling = ceiling_of(client, facts.scopes)
    credential = Credential(
        kind=CredentialKind.OAUTH_TOKEN if client.dialect is Dialect.TODAY else CredentialKind.TOKEN_2019,
        id=facts.token_id,
        not_after=facts.expires_at,
        ceiling=ceiling if person is not None else None,
        client_id=client.id,
        may_administer=client.may_administer and ceiling is None,
        may_make_credentials=client.is_first_party,
    )
    if person is not None:
        return person_caller(person, person.roles, credential)
    return application_caller(
        client_id=client.id,
        name=client.name,
        organization_id=str(facts.claims["prt_id"]),
        scopes=facts.scopes,
        credential=credential,
    )


def ceiling_of(client: OAuthClient, scopes: frozenset[str]) -> tuple[str, ...] | None:
    """Return what a person's token is limited to; ``None`` means that it carries the whole person.

    The vendor's clients ask for the whole by name, our own and those of 2019 by naming nothing of Orchestrator.
    """
    if client.is_first_party and WHOLE_USER_SCOPE in scopes:
        return None
    selectors = scope_selectors(scopes)
    return None if client.carries_whole_user and not selectors else selectors


def _key_id(token: str) -> str:
    """Return the ``kid`` of a token's header; raises :class:`TokenRefused` for what is no token at all."""
    head, _, rest = token.partition(".")
    if rest.count(".") != 1 or not token.isascii():
        raise TokenRefused(Fault.MALFORMED)
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error, RecursionError) as failure:
        raise TokenRefused(Fault.MALFORMED) from failure
    kid = header.get("kid") if isinstance(header, dict) else None
    if not isinstance(kid, str):
        raise TokenRefused(Fault.MALFORMED, internal="no kid")
    return kid


def _moment(seconds: object) -> datetime:
    if not isinstance(seconds, int):
        raise TypeError("a signed token carries times as integers")
    return datetime.fromtimestamp(seconds, UTC)
