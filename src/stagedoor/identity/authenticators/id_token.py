"""Id tokens, which open nothing but the discovery of 2019."""

from dataclasses import replace
from datetime import datetime

from stagedoor.identity.authenticators.oauth_token import JWT_BEGINNING
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.terms import Credential, person_caller
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.passage import Caller, CredentialKind, GrantTerms


class IdTokenAuthenticator:
    """Recognise whom an id token speaks of.

    Stands in front of :class:`~stagedoor.identity.authenticators.oauth_token.OAuthTokenAuthenticator` where discovery
    takes either token, and in no other chain: an id token says who somebody is, not what its bearer may do. The
    Caller's grant is empty, so that even a mistake in wiring opens nothing.
    """

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the person, or ``None`` for anything but a good id token, which the next authenticator judges."""
        if not presented.startswith(JWT_BEGINNING):
            return None
        try:
            person, client = self._verifier.verify_id_token(presented)
        except TokenRefused:
            return None
        credential = Credential(kind=CredentialKind.TOKEN_2019, id="id_token", not_after=now, client_id=client.id)
        return replace(person_caller(person, person.roles, credential), terms=GrantTerms(allowances=(), ceiling=()))
