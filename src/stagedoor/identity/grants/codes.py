"""Authorization codes: given once, good once, for a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from stagedoor.identity.grants import store
from stagedoor.identity.grants.models import AuthorizationCode
from stagedoor.identity.issued_tokens.schemas import RevocationReason
from stagedoor.identity.issued_tokens.service import TokenFamilies
from stagedoor.identity.oauth_clients.redirects import is_same_redirect
from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

CODE_LIFETIME = timedelta(seconds=60)
CODE_LIFETIME_2019 = timedelta(minutes=5)
"""The guide of 2019 has people copy the code by hand, which takes longer than a redirect; PKCE guards it as well."""
REMEMBERED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a code is asked for."""

    client: OAuthClient
    user_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    signed_in_at: datetime


@dataclass(frozen=True, slots=True)
class RedeemedCode:
    """A code that was good; the names of the methods are those that Authlib asks for."""

    keyed_hash: str
    user_id: str
    scope: str
    nonce: str | None
    code_challenge: str
    signed_in_at: datetime
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> None:
        """Return nothing to compare with: the redirect was judged when the code was redeemed."""

    def get_scope(self) -> str:
        """Return the scope that was granted."""
        return self.scope


@dataclass(frozen=True, slots=True)
class CodeRefusal:
    """Why a code is not good, in a sentence for the client's developer and a word for the audit."""

    sentence: str
    reason: str
    user_id: str | None = None


class AuthorizationCodes:
    """Give codes and take them back, in the caller's transaction. A refusal is a value: what it ends is committed."""

    def __init__(self, families: TokenFamilies, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._families = families
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def new_code(self) -> Secret:
        """Return a code of 256 bits that is not in use yet."""
        return Secret(random_base62(self._chance, 43))

    def save(self, session: Session, code: Secret, asked: CodeRequest) -> None:
        """Store a code with all that it was asked for."""
        is_today = asked.client.dialect is Dialect.TODAY
        row = AuthorizationCode(
            keyed_hash=self._vault.keyed_hash(code.reveal()),
            client_id=asked.client.id,
            user_id=asked.user_id,
            redirect_uri=asked.redirect_uri,
            scope=asked.scope,
            nonce=asked.nonce,
            code_challenge=asked.code_challenge,
            signed_in_at=asked.signed_in_at,
            expires_at=self._clock.now() + (CODE_LIFETIME if is_today else CODE_LIFETIME_2019),
        )
        store.add_code(session, row)

    def redeem(
        self, session: Session, code: Secret, client: OAuthClient, redirect_uri: str | None
    ) -> RedeemedCode | CodeRefusal:
        """Use a code up.

        A second use ends everything that the first one gave (RFC 6749 section 4.1.2). A code in the hands of another
        client stays good for its own. Everything that is wrong after that uses the code up: it has left its owner.
        """
        row = store.find_code(session, self._vault.keyed_hash(code.reveal()))
        if row is None or row.client_id != client.id:
            return CodeRefusal("This code is unknown, or was given to another client.", "code_unknown")
        now = self._clock.now()
        if row.used_at is not None:
            if row.family_id is not None:
                self._families.revoke(session, row.family_id, RevocationReason.CODE_REPLAYED)
            return CodeRefusal(
                "This code was used before, so everything it gave has been revoked. Sign in again.",
                RevocationReason.CODE_REPLAYED.value,
                row.user_id,
            )
        row.used_at = now
        if now >= row.expires_at:
            return CodeRefusal(
                "This code has expired: it is good for a minute after the sign-in. Sign in again.",
                "code_expired",
                row.user_id,
            )
        if redirect_uri is None or not is_same_redirect(row.redirect_uri, redirect_uri):
            return CodeRefusal(
                "redirect_uri differs from the one that the code was asked with.", "redirect_differs", row.user_id
            )
        return RedeemedCode(
            keyed_hash=row.keyed_hash,
            user_id=row.user_id,
            scope=row.scope,
            nonce=row.nonce,
            code_challenge=row.code_challenge,
            signed_in_at=row.signed_in_at,
        )

    def note_family(self, session: Session, redeemed: RedeemedCode, family_id: str) -> None:
        """Remember what a code gave, for the case that it comes again."""
        row = store.find_code(session, redeemed.keyed_hash)
        if row is None:
            raise RuntimeError("a code vanished while it was locked")
        row.family_id = family_id

    def forget_unused_of(self, session: Session, user_id: str) -> None:
        """Forget a person's codes that nobody has exchanged yet; a used one is kept, to be known if it comes again."""
        store.delete_unused_codes_of(session, user_id)

    def clean_up(self, session: Session) -> None:
        """Remove codes that have been of no use for a day."""
        store.delete_codes(session, self._clock.now() - REMEMBERED_AFTER)
