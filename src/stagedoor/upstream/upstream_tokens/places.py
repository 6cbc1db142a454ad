"""Where connections lead and the token that opens the way, for copies in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections import store as connections_store
from stagedoor.upstream.upstream_tokens import store


@dataclass(frozen=True, slots=True)
class UpstreamPlace:
    """A remote Orchestrator and the way to it; ``token`` is ``None`` until the first sign-in."""

    base_url: str
    token: Secret | None
    ca_pem: str | None
    proxy_url: str | None = field(repr=False)


def read_places(session: Session, vault: Vault) -> Mapping[str, UpstreamPlace]:
    """Return where every connection leads, by connection.

    Raises :class:`~stagedoor.kit.crypto.SealBroken` when a token was sealed with another master key.
    """
    tokens = {
        row.connection_id: open_access_token(vault, row.connection_id, row.sealed_access_token)
        for row in store.all_tokens(session)
    }
    return {
        row.id: UpstreamPlace(row.base_url, tokens.get(row.id), row.ca_pem, row.proxy_url)
        for row in connections_store.all_connections(session)
    }


def open_access_token(vault: Vault, connection_id: str, sealed: str | None) -> Secret | None:
    """Return the access token that was sealed for a connection."""
    return None if sealed is None else vault.unseal(sealed, context=access_token_context(connection_id))


def access_token_context(connection_id: str) -> str:
    """Return what an access token of this connection is sealed to."""
    return f"upstream-token:{connection_id}"


def refresh_token_context(connection_id: str) -> str:
    """Return what a refresh token of this connection is sealed to."""
    return f"upstream-refresh-token:{connection_id}"
