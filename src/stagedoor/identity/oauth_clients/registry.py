"""Clients in memory, so that a token request reads no store."""

import threading
from collections.abc import Iterable

from sqlalchemy.orm import Session

from stagedoor.identity.oauth_clients import store
from stagedoor.identity.oauth_clients.models import ExternalApplication
from stagedoor.identity.oauth_clients.schemas import ClientSecret, OAuthClient
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.db import Database


def read_client(session: Session, row: ExternalApplication) -> OAuthClient:
    """Return an application with its secrets as a frozen client."""
    return OAuthClient(
        id=row.id,
        name=row.name,
        organization_id=row.organization_id,
        is_confidential=row.is_confidential,
        redirect_uris=tuple(row.redirect_uris),
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
        user_scopes=frozenset(row.user_scopes),
        application_scopes=frozenset(row.application_scopes),
        secrets=tuple(
            ClientSecret(secret.id, secret.keyed_hash, secret.expires_at, secret.description, secret.created_at)
            for secret in store.secrets_of(session, row.id)
        ),
    )


class ClientRegistry:
    """Find clients by id: the pre-registered ones, then those read before, then the store.

    An unknown id is not remembered, so that made-up ones fill no memory; each costs one look into the store. Renewed
    by topic ``oauth_client``, whose ref is the client id.
    """

    REMEMBERED_MAX = 10_000
    CLIENT_ID_LENGTH_MAX = 64

    def __init__(self, database: Database, first_party: Iterable[OAuthClient]) -> None:
        self._database = database
        self._first_party = {client.id: client for client in first_party}
        self._remembered: dict[str, OAuthClient] = {}
        self._lock = threading.Lock()
        self._changes = 0

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("oauth_client",), self._forget)

    def find(self, client_id: str) -> OAuthClient | None:
        """Return the client of this id."""
        client = self._first_party.get(client_id) or self._remembered.get(client_id)
        if client is not None or not client_id or len(client_id) > self.CLIENT_ID_LENGTH_MAX:
            return client
        changes_before = self._changes
        with self._database.read() as session:
            row = store.find_application(session, client_id)
            if row is None:
                return None
            client = read_client(session, row)
        with self._lock:
            # What was read may be older than a change that was told meanwhile; then it is used once and not kept.
            if self._changes == changes_before:
                while len(self._remembered) >= self.REMEMBERED_MAX:
                    del self._remembered[next(iter(self._remembered))]
                self._remembered[client_id] = client
        return client

    def _forget(self, changes: tuple[Change, ...]) -> None:
        with self._lock:
            self._changes += 1
            for change in changes:
                self._remembered.pop(change.ref, None)
