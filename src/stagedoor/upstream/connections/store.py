"""All SQL about connections."""

from collections.abc import Sequence

from sqlalchemy import Column, MetaData, String, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from stagedoor.upstream.connections.models import Connection

# Tenants belong to identity, which stands above: of their table only what maps one to a connection is known here.
_tenants = Table(
    "tenants",
    MetaData(),
    Column("id", String),
    Column("organization_id", String),
    Column("connection_id", String),
    Column("remote_base_url", String),
    Column("sealed_upstream_token", String),
)


def add(session: Session, row: Connection) -> None:
    """Put a new connection into this transaction."""
    session.add(row)
    session.flush()


def find_connection(session: Session, organization_id: str, word: str) -> Connection | None:
    """Return the organization's connection of this name or id."""
    return session.scalar(
        select(Connection).where(
            Connection.organization_id == organization_id, or_(Connection.name == word, Connection.id == word)
        )
    )


def find_connection_by_id(session: Session, connection_id: str) -> Connection | None:
    """Return the connection of this id, whichever organization it belongs to."""
    return session.get(Connection, connection_id)


def list_connections(session: Session, organization_id: str) -> Sequence[Connection]:
    """Return an organization's connections by name."""
    return session.scalars(
        select(Connection).where(Connection.organization_id == organization_id).order_by(Connection.name)
    ).all()


def all_connections(session: Session) -> Sequence[Connection]:
    """Return every connection of every organization."""
    return session.scalars(select(Connection)).all()


def tenant_ids_of(session: Session, connection_id: str) -> tuple[str, ...]:
    """Return the tenants that are mapped to a connection."""
    statement = select(_tenants.c.id).where(_tenants.c.connection_id == connection_id).order_by(_tenants.c.id)
    return tuple(session.scalars(statement))


def map_tenant(session: Session, organization_id: str, tenant_id: str, connection_id: str | None) -> bool:
    """Map an organization's tenant to a connection, or to none; tell whether there is such a tenant.

    A remote address and token that the tenant had of its own end with it.
    """
    session.flush()
    statement = (
        update(_tenants)
        .where(_tenants.c.id == tenant_id, _tenants.c.organization_id == organization_id)
        .values(connection_id=connection_id, remote_base_url=None, sealed_upstream_token=None)
    )
    changed: int = session.connection().execute(statement).rowcount
    session.expire_all()
    return changed == 1


def remove(session: Session, row: Connection) -> None:
    """Remove a connection, and with it what is held of its token."""
    session.execute(delete(Connection).where(Connection.id == row.id))
