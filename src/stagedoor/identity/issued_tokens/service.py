"""Families of tokens: how refresh tokens are given, exchanged, and ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from stagedoor.identity.issued_tokens import store
from stagedoor.identity.issued_tokens.models import RefreshToken, TokenFamily
from stagedoor.identity.issued_tokens.revocations import REMEMBERED_FOR
from stagedoor.identity.issued_tokens.schemas import MISUSE, FamilyKind, RevocationReason
from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.chance import Chance, random_base62, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.logs import get_logger
from stagedoor.kit.secret import Secret

_log = get_logger("stagedoor.identity")

REFRESH_TOKEN_PREFIX = "sdr_"
REFRESH_TOKEN_LIFETIME = timedelta(days=60)
GRACE = timedelta(seconds=30)
"""How long the answer to a refresh can be asked for again, for a client that lost it on the way."""


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token that is good for one exchange.

    ``answer`` is set where the exchange happened a moment ago and its answer seems to have been lost: then that very
    answer is given again and nothing else is done.
    """

    keyed_hash: str
    family_id: str
    user_id: str
    scope: str
    signed_in_at: datetime
    rotates: bool
    answer: Secret | None = None


@dataclass(frozen=True, slots=True)
class RefreshRefusal:
    """Why a refresh token is not good, in a sentence for the client's developer and a word for the audit."""

    sentence: str
    reason: str
    user_id: str | None = None


class TokenFamilies:
    """Start families, exchange their refresh tokens, end them; in the caller's transaction.

    A refusal is a value and not an exception: what it brings about (the end of a family) has to be committed.
    """

    def __init__(self, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def start(
        self,
        session: Session,
        kind: FamilyKind,
        client: OAuthClient,
        person: UserEntry,
        scopes: Iterable[str],
        signed_in_at: datetime,
    ) -> str:
        """Start a family for what a person gives a client, and return its id."""
        family = TokenFamily(
            id=random_guid(self._chance),
            kind=kind.value,
            client_id=client.id,
            user_id=person.id,
            scope=" ".join(scopes),
            created_at=self._clock.now(),
            signed_in_at=signed_in_at,
        )
        store.add(session, family)
        return family.id

    def add_refresh_token(self, session: Session, family_id: str, *, lives_on: bool = False) -> Secret:
        """Return a new refresh token of the family; it lives 60 days, or until it is revoked when it ``lives_on``."""
        secret = Secret(REFRESH_TOKEN_PREFIX + random_base62(self._chance, 43))
        now = self._clock.now()
        row = RefreshToken(
            keyed_hash=self._vault.keyed_hash(secret.reveal()),
            family_id=family_id,
            issued_at=now,
            expires_at=None if lives_on else now + REFRESH_TOKEN_LIFETIME,
        )
        store.add(session, row)
        return secret

    def present(self, session: Session, refresh_token: Secret, client: OAuthClient) -> PresentedToken | RefreshRefusal:
        """Judge a refresh token that a client presents.

        One that was used before ends its whole family (RFC 9700 section 4.14), because either the thief or the owner
        holds a copy. The direct predecessor of the newest token is spared for 30 seconds: its answer is given again.
        A family that was revoked on purpose has no such grace.
        """
        keyed_hash = self._vault.keyed_hash(refresh_token.reveal())
        row = store.find_refresh_token(session, keyed_hash)
        family = store.find_family(session, row.family_id) if row is not None else None
        if row is None or family is None or not _belongs(family, client):
            return RefreshRefusal(
                "This refresh token is unknown, or was given to another client.", "refresh_token_unknown"
            )
        now = self._clock.now()
        if family.revoked_at is not None:
            return RefreshRefusal(
                "This refresh token was revoked; the person has to sign in again.",
                "refresh_token_revoked",
                family.user_id,
            )
        if row.expires_at is not None and now >= row.expires_at:
            return RefreshRefusal(
                "This refresh token has expired; the person has to sign in again.",
                "refresh_token_expired",
                family.user_id,
            )
        presented = PresentedToken(
            keyed_hash=row.keyed_hash,
            family_id=family.id,
            user_id=family.user_id,
            scope=family.scope,
            signed_in_at=family.signed_in_at,
            rotates=family.kind == FamilyKind.ROTATING,
        )
        family.last_used_at = now
        if row.superseded_at is None:
            return presented
        answer = self._answer_of(session, row, now)
        if answer is None:
            self.revoke(session, family.id, RevocationReason.REFRESH_TOKEN_REUSED)
            return RefreshRefusal(
                "This refresh token was used before, so every token of this sign-in has been revoked. "
                "Store the new refresh token of each answer; the person has to sign in again.",
                RevocationReason.REFRESH_TOKEN_REUSED.value,
                family.user_id,
            )
        return PresentedToken(
            keyed_hash=presented.keyed_hash,
            family_id=presented.family_id,
            user_id=presented.user_id,
            scope=presented.scope,
            signed_in_at=presented.signed_in_at,
            rotates=True,
            answer=answer,
        )

    def supersede(self, session: Session, presented: PresentedToken, successor: Secret, answer: Secret) -> None:
        """Note that a token was exchanged, and keep the answer sealed for the moments in which it may be lost."""
        row = store.find_refresh_token(session, presented.keyed_hash)
        if row is None:
            raise RuntimeError("a refresh token vanished while it was locked")
        store.drop_answers_leading_to(session, row.keyed_hash)
        row.superseded_at = self._clock.now()
        row.successor_hash = self._vault.keyed_hash(successor.reveal())
        row.sealed_answer = self._vault.seal(answer, context=_answer_context(row), chance=self._chance)

    def revoke(self, session: Session, family_id: str, reason: RevocationReason) -> None:
        """End a family: its refresh tokens and every access token that carries its id."""
        family = store.find_family(session, family_id)
        if family is None or family.revoked_at is not None:
            return
        family.revoked_at = self._clock.now()
        family.revoked_because = reason.value
        if reason in MISUSE:
            _log.warning(
                "token_family_revoked",
                reason=reason.value,
                family_id=family.id,
                client_id=family.client_id,
                user_id=family.user_id,
            )
        store.drop_answers_of(session, family_id)
        self._note(session, family_id)

    def revoke_all_of(
        self, session: Session, user_id: str, kinds: Iterable[FamilyKind], reason: RevocationReason
    ) -> None:
        """End every family of these kinds that a person has."""
        for kind in kinds:
            for family in store.families_of(session, user_id, kind):
                self.revoke(session, family.id, reason)

    def revoke_access_token(self, session: Session, token_id: str) -> None:
        """End one access token and leave its family as it is."""
        self._note(session, token_id)

    def find_family_of(self, session: Session, refresh_token: Secret) -> tuple[TokenFamily, RefreshToken] | None:
        """Return the family and row of a refresh token, whatever state they are in; for revoking and introspecting."""
        found = store.read_refresh_token(session, self._vault.keyed_hash(refresh_token.reveal()))
        return None if found is None else (found[1], found[0])

    def clean_up(self, session: Session) -> None:
        """Remove what is of no use any more; call it now and then."""
        now = self._clock.now()
        store.drop_sealed_answers(session, now - GRACE)
        store.delete_outlived(session, now)

    def _answer_of(self, session: Session, row: RefreshToken, now: datetime) -> Secret | None:
        if row.superseded_at is None or row.sealed_answer is None or row.successor_hash is None:
            return None
        successor = store.find_refresh_token(session, row.successor_hash)
        # A successor that was used itself proves that the answer arrived.
        if successor is None or successor.superseded_at is not None or now - row.superseded_at > GRACE:
            return None
        return self._vault.unseal(row.sealed_answer, context=_answer_context(row))

    def _note(self, session: Session, ref: str) -> None:
        if store.add_revocation(session, ref, self._clock.now() + REMEMBERED_FOR):
            record_change(session, "token", ref)


def _belongs(family: TokenFamily, client: OAuthClient) -> bool:
    # People typed the client id of a user key by hand, from whichever page they had at hand in 2019.
    if family.kind == FamilyKind.USER_KEY:
        return client.dialect is Dialect.ACCOUNT_2019
    return family.client_id == client.id


def _answer_context(row: RefreshToken) -> str:
    return f"refresh_answer:{row.keyed_hash}"
