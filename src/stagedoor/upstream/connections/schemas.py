"""Connections as the rest of the house sees them. No entry ever holds the secret."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stagedoor.kit.secret import Secret


class ConnectionKind(StrEnum):
    """What a connection signs in with.

    ``app``: an external application's client secret. ``person``: the refresh token of somebody who signed in, which
    rotates. ``user-key``: the user key of 2019. ``pat``: a personal access token, sent as it is. ``password``: a local
    user's password, for on-premises Orchestrators.
    """

    APP = "app"
    PERSON = "person"
    USER_KEY = "user-key"
    PAT = "pat"
    PASSWORD = "password"


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """What somebody wants to connect; :meth:`Connections.create` checks it.

    ``identity_url`` is the address of the token endpoint where the one that follows from ``base_url`` is wrong.
    ``ca_pem`` holds the certificates of the only authorities that are trusted there; without it the system's are.
    """

    organization_id: str
    name: str
    kind: ConnectionKind
    base_url: str
    secret: Secret
    identity_url: str | None = None
    upstream_organization: str | None = None
    upstream_tenant: str | None = None
    client_id: str | None = None
    username: str | None = None
    scope: str | None = None
    ca_pem: str | None = None
    proxy_url: str | None = None
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionEntry:
    """One connection, without its secret, and the ids of the tenants that are mapped to it."""

    id: str
    organization_id: str
    name: str
    kind: ConnectionKind
    base_url: str
    identity_url: str | None
    upstream_organization: str | None
    upstream_tenant: str | None
    client_id: str | None
    username: str | None
    scope: str | None
    ca_pem: str | None
    proxy_url: str | None
    created_at: datetime
    created_by: str | None
    tenant_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Everything that one token request needs. ``secret`` is the newest: of a rotated refresh token the last one."""

    connection_id: str
    kind: ConnectionKind
    base_url: str
    token_url: str | None
    tenant: str | None
    client_id: str | None
    username: str | None
    scope: str | None
    secret: Secret
    ca_pem: str | None
    proxy_url: str | None
