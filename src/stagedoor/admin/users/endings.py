"""What ends with a password, and what ends with a person."""

from sqlalchemy.orm import Session

from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.sign_ins import SignIns
from stagedoor.identity.users.models import User
from stagedoor.identity.users.service import Users


class Endings:
    """End what a user holds, in the transaction that is the reason for it (decision record 0009)."""

    def __init__(self, sign_ins: SignIns, personal_access_tokens: PersonalAccessTokens, users: Users) -> None:
        self._sign_ins = sign_ins
        self._personal_access_tokens = personal_access_tokens
        self._users = users

    def after_new_password(self, session: Session, user: User) -> None:
        """End every sign-in; what the user made for scripts stays, the API password among it."""
        self._sign_ins.end_after_new_password(session, user.id)

    def after_deactivation(self, session: Session, user: User) -> None:
        """End everything that opens something in the user's name, so that none of it comes back with the user."""
        self._sign_ins.end_for_good(session, user.id)
        self._personal_access_tokens.revoke_all_of(session, user.id)
        self._users.clear_api_password(session, user)
