"""Judges a wish to sign out: at once, or after asking; and where the browser may go afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.authorize.sessions import SignInSessions
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.issuer import PROVIDER_2019
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.oauth_clients.registry import ClientRegistry
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.kit.db import Database


@dataclass(frozen=True, slots=True)
class SignOutNow:
    """The wish is proved: end the session and go to ``then``, or say that it is done."""

    then: str | None


@dataclass(frozen=True, slots=True)
class AskFirst:
    """Nothing proves that the person wishes it, so the person is asked."""


class EndSession:
    """Decide about sign-out requests. Blocks on the store."""

    def __init__(
        self,
        verifier: TokenVerifier,
        clients: ClientRegistry,
        sessions: SignInSessions,
        signing_keys: SigningKeys,
        database: Database,
    ) -> None:
        self._verifier = verifier
        self._clients = clients
        self._sessions = sessions
        self._signing_keys = signing_keys
        self._database = database

    def decide(self, fields: Mapping[str, str], cookie: str | None) -> SignOutNow | AskFirst:
        """Return what to do: only an id token that this server gave to the person who is signed in spares the question.

        An expired one serves as well. The browser goes on only to an address that is registered for the client of
        that token, letter by letter.
        """
        hint = fields.get("id_token_hint")
        if hint is None:
            return AskFirst()
        self._signing_keys.prepare()
        try:
            claims = self._verifier.read_id_token_hint(hint)
        except TokenRefused:
            return AskFirst()
        client_id = str(claims["aud"])
        if fields.get("client_id", client_id) != client_id:
            return AskFirst()
        with self._database.read() as session:
            signed_in = self._sessions.find(session, cookie)
        subject = str(claims.get("sub", "")).removeprefix(f"{PROVIDER_2019}|")
        if signed_in is not None and signed_in.user.id != subject:
            return AskFirst()
        client = self._clients.find(client_id)
        wanted = fields.get("post_logout_redirect_uri")
        if client is None or wanted is None or wanted not in client.post_logout_redirect_uris:
            return SignOutNow(None)
        state = [("state", fields["state"])] if "state" in fields else []
        return SignOutNow(add_params_to_uri(wanted, state))
