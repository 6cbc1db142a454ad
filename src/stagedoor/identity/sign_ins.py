"""What a person's sign-ins gave: sessions in browsers, codes on their way, tokens in programs; ended together."""

from sqlalchemy.orm import Session

from stagedoor.identity.authorize.sessions import SignInSessions
from stagedoor.identity.grants.codes import AuthorizationCodes
from stagedoor.identity.issued_tokens.schemas import FamilyKind, RevocationReason
from stagedoor.identity.issued_tokens.service import TokenFamilies

BY_SIGN_IN = frozenset({FamilyKind.ROTATING, FamilyKind.REUSABLE})


class SignIns:
    """End a person's sign-ins, in the caller's transaction."""

    def __init__(self, sessions: SignInSessions, codes: AuthorizationCodes, families: TokenFamilies) -> None:
        self._sessions = sessions
        self._codes = codes
        self._families = families

    def end_after_new_password(self, session: Session, user_id: str) -> None:
        """End all that was given for the old password, for nobody knows who else knew it.

        What the person made on purpose for scripts stays: user keys, personal access tokens, the API password.
        """
        self._end(session, user_id, BY_SIGN_IN, RevocationReason.PASSWORD_SET)

    def end_for_good(self, session: Session, user_id: str) -> None:
        """End all that was given and the user keys as well, so that none of it comes back with the person."""
        self._end(session, user_id, frozenset(FamilyKind), RevocationReason.USER_DEACTIVATED)

    def _end(self, session: Session, user_id: str, kinds: frozenset[FamilyKind], reason: RevocationReason) -> None:
        self._sessions.end_all_of(session, user_id)
        # A code that was not exchanged yet would otherwise begin a new family a moment later.
        self._codes.forget_unused_of(session, user_id)
        self._families.revoke_all_of(session, user_id, kinds, reason)
