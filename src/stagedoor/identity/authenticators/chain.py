"""The authenticators in their order, and the one question that the door asks them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from stagedoor.identity.authenticators.credentials import find_credential
from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.kit.clock import Clock
from stagedoor.passage import Caller, RequestHead


class Authenticator(Protocol):
    """Knows one kind of credential by its form and checks it in memory."""

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the caller, or ``None`` for a credential of another kind.

        Raises :class:`NotAuthenticated` for one of this kind that opens nothing.
        """
        ...


class Authenticators:
    """Ask each authenticator in turn; the first one that claims the credential decides."""

    def __init__(self, authenticators: Sequence[Authenticator], clock: Clock) -> None:
        self._authenticators = tuple(authenticators)
        self._clock = clock

    def identify(self, head: RequestHead) -> Caller:
        """Return who calls.

        Raises :class:`NotAuthenticated` when the request carries no credential or one that opens nothing, and
        :class:`~stagedoor.identity.authenticators.errors.TwoCredentials` when it carries several.
        """
        caller = self.find_caller(head)
        if caller is None:
            raise NotAuthenticated(credential_given=False)
        return caller

    def find_caller(self, head: RequestHead) -> Caller | None:
        """Return who calls, or ``None`` for a request without any credential; for paths that are open to all.

        A credential that opens nothing raises here too: who sends one means to be recognised.
        """
        credential = find_credential(head.raw_headers)
        if credential is None:
            return None
        presented = credential.reveal()
        now = self._clock.now()
        for authenticator in self._authenticators:
            caller = authenticator.authenticate(presented, now)
            if caller is not None:
                return caller
        raise NotAuthenticated(internal="a credential of no known kind")
