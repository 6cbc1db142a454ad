"""What can be done with connections."""

import re
import ssl

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections import store
from stagedoor.upstream.connections.addresses import (
    OrchestratorAddress,
    check_address,
    derive_token_url,
    read_address,
    read_token_url,
)
from stagedoor.upstream.connections.errors import ConnectionInUse, ConnectionRefused, ConnectionUnknown
from stagedoor.upstream.connections.models import Connection
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionEntry, ConnectionKind, SignIn

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}")
SECRET = re.compile(r"[!-~]{1,16384}")
SECRET_LENGTH_MAX = 16_384
CA_PEM_LENGTH_MAX = 262_144
NEEDS_CLIENT = frozenset({ConnectionKind.APP, ConnectionKind.PERSON, ConnectionKind.USER_KEY})


class Connections:
    """Make connections, find them, map tenants to them and remove them. No entry ever holds the secret."""

    def __init__(self, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def create(self, session: Session, draft: ConnectionDraft) -> ConnectionEntry:
        """Keep a connection and its secret, sealed; nothing is asked of the remote side yet.

        Raises :class:`ConnectionRefused` with the field that is wrong, or with status 409 when the name is taken.
        """
        address = read_address(draft.base_url)
        facts = read_draft(draft, address)
        self.verify_name_is_free(session, draft.organization_id, draft.name)
        connection_id = random_guid(self._chance)
        row = Connection(
            id=connection_id,
            organization_id=draft.organization_id,
            name=draft.name,
            kind=draft.kind.value,
            base_url=facts.base_url,
            identity_url=facts.token_url,
            upstream_organization=draft.upstream_organization or address.organization,
            upstream_tenant=facts.tenant,
            client_id=facts.client_id,
            username=facts.username,
            scope=facts.scope,
            sealed_secret=self._seal(connection_id, draft.secret),
            ca_pem=facts.ca_pem,
            proxy_url=facts.proxy_url,
            created_at=self._clock.now(),
            created_by=draft.created_by,
        )
        store.add(session, row)
        record_change(session, "connection", connection_id)
        return _entry(session, row)

    def verify_name_is_free(self, session: Session, organization_id: str, name: str) -> None:
        """Raise :class:`ConnectionRefused` with status 409 when the organization has a connection of this name."""
        if store.find_connection(session, organization_id, name) is not None:
            raise ConnectionRefused("A connection of this name exists already.", field="name", status=409)

    def list_connections(self, session: Session, organization_id: str) -> list[ConnectionEntry]:
        """Return an organization's connections by name."""
        return [_entry(session, row) for row in store.list_connections(session, organization_id)]

    def get_connection(self, session: Session, organization_id: str, word: str) -> ConnectionEntry:
        """Return the organization's connection of this name or id, or raise :class:`ConnectionUnknown`."""
        return _entry(session, self._get(session, organization_id, word))

    def remove(self, session: Session, organization_id: str, word: str) -> None:
        """Remove a connection, its secret and its tokens.

        Raises :class:`ConnectionUnknown`, and :class:`ConnectionInUse` while a tenant is mapped to it.
        """
        row = self._get(session, organization_id, word)
        if store.tenant_ids_of(session, row.id):
            raise ConnectionInUse
        store.remove(session, row)
        record_change(session, "connection", row.id)

    def map_tenant(self, session: Session, tenant_id: str, connection: ConnectionEntry) -> bool:
        """Send a tenant of the connection's organization there from the next request on; tell whether there is one."""
        return self._map(session, connection.organization_id, tenant_id, connection.id)

    def unmap_tenant(self, session: Session, organization_id: str, tenant_id: str) -> bool:
        """Send a tenant back to the embedded Orchestrator; tell whether there is such a tenant."""
        return self._map(session, organization_id, tenant_id, None)

    def set_secret(self, session: Session, connection_id: str, secret: Secret) -> None:
        """Keep a new secret; use :meth:`UpstreamTokens.sign_in_again`, which forgets the old tokens as well."""
        row = store.find_connection_by_id(session, connection_id)
        if row is None:
            raise ConnectionUnknown
        _check_secret(ConnectionKind(row.kind), secret)
        row.sealed_secret = self._seal(row.id, secret)
        record_change(session, "connection", row.id)

    def get_sign_in(self, session: Session, connection_id: str) -> SignIn:
        """Return what a token request of this connection needs, its secret opened; for tokens and trials alone."""
        row = store.find_connection_by_id(session, connection_id)
        if row is None:
            raise ConnectionUnknown
        return SignIn(
            connection_id=row.id,
            kind=ConnectionKind(row.kind),
            base_url=row.base_url,
            token_url=row.identity_url,
            tenant=row.upstream_tenant,
            client_id=row.client_id,
            username=row.username,
            scope=row.scope,
            secret=self._vault.unseal(row.sealed_secret, context=f"connection:{row.id}"),
            ca_pem=row.ca_pem,
            proxy_url=row.proxy_url,
        )

    def list_tenant_ids(self, session: Session, connection_id: str) -> tuple[str, ...]:
        """Return the tenants that are mapped to a connection."""
        return store.tenant_ids_of(session, connection_id)

    def _get(self, session: Session, organization_id: str, word: str) -> Connection:
        row = store.find_connection(session, organization_id, word)
        if row is None:
            raise ConnectionUnknown
        return row

    def _map(self, session: Session, organization_id: str, tenant_id: str, connection_id: str | None) -> bool:
        is_there = store.map_tenant(session, organization_id, tenant_id, connection_id)
        if is_there:
            record_change(session, "tenant", tenant_id)
        return is_there

    def _seal(self, connection_id: str, secret: Secret) -> str:
        return self._vault.seal(secret, context=f"connection:{connection_id}", chance=self._chance)


def read_draft(draft: ConnectionDraft, address: OrchestratorAddress) -> SignIn:
    """Return what a token request of such a connection would need, and keep nothing.

    Raises :class:`ConnectionRefused` with the field that is wrong.
    """
    _check_draft(draft)
    token_url = read_token_url(draft.identity_url) if draft.identity_url else derive_token_url(draft.kind, address)
    return SignIn(
        connection_id="",
        kind=draft.kind,
        base_url=address.base_url,
        token_url=token_url,
        tenant=draft.upstream_tenant or address.tenant,
        client_id=draft.client_id,
        username=draft.username,
        scope=" ".join(draft.scope.split()) if draft.scope else None,
        secret=draft.secret,
        ca_pem=draft.ca_pem,
        proxy_url=check_address(draft.proxy_url, "proxy_url") if draft.proxy_url else None,
    )


def _entry(session: Session, row: Connection) -> ConnectionEntry:
    return ConnectionEntry(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        kind=ConnectionKind(row.kind),
        base_url=row.base_url,
        identity_url=row.identity_url,
        upstream_organization=row.upstream_organization,
        upstream_tenant=row.upstream_tenant,
        client_id=row.client_id,
        username=row.username,
        scope=row.scope,
        ca_pem=row.ca_pem,
        proxy_url=row.proxy_url,
        created_at=row.created_at,
        created_by=row.created_by,
        tenant_ids=store.tenant_ids_of(session, row.id),
    )


def _check_draft(draft: ConnectionDraft) -> None:
    if not NAME.fullmatch(draft.name):
        raise ConnectionRefused(
            "The name has 1 to 64 letters, digits, '.', '-' and '_', and begins with a letter or digit.", field="name"
        )
    if draft.kind in NEEDS_CLIENT and not draft.client_id:
        raise ConnectionRefused(f"A connection of kind {draft.kind} needs a client id.", field="client_id")
    if draft.kind is ConnectionKind.PASSWORD and not draft.username:
        raise ConnectionRefused("A connection of kind password needs a username.", field="username")
    for field, value, longest in (
        ("client_id", draft.client_id, 256),
        ("username", draft.username, 256),
        ("scope", draft.scope, 4096),
        ("upstream_organization", draft.upstream_organization, 128),
        ("upstream_tenant", draft.upstream_tenant, 128),
    ):
        if value is not None and (len(value) > longest or not value.isprintable()):
            raise ConnectionRefused(f"This must be printable and have at most {longest} letters.", field=field)
    _check_secret(draft.kind, draft.secret)
    if draft.ca_pem is not None:
        _check_authorities(draft.ca_pem)


def _check_secret(kind: ConnectionKind, secret: Secret) -> None:
    value = secret.reveal()
    if not 0 < len(value) <= SECRET_LENGTH_MAX:
        raise ConnectionRefused("The secret is empty or too long.", field="secret")
    # A token becomes a header of every request: a line break in it would become headers of its own.
    if kind is ConnectionKind.PAT and not SECRET.fullmatch(value):
        raise ConnectionRefused("A personal access token is one word of printable ASCII.", field="secret")


def _check_authorities(pem: str) -> None:
    if len(pem) > CA_PEM_LENGTH_MAX:
        raise ConnectionRefused("The certificates are too long.", field="ca_pem")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (TypeError, ValueError, ssl.SSLError) as wrong:
        raise ConnectionRefused(
            "The certificates cannot be read.",
            field="ca_pem",
            hint="Give them as PEM: one or more blocks that begin with -----BEGIN CERTIFICATE-----.",
        ) from wrong
