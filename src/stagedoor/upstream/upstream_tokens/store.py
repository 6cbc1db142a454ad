"""All SQL about upstream tokens. Whoever writes one holds its lease and proves it by the version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from stagedoor.upstream.connections.models import Connection
from stagedoor.upstream.upstream_tokens.models import UpstreamToken


def find_token(session: Session, connection_id: str) -> UpstreamToken | None:
    """Return what is held for a connection."""
    return session.get(UpstreamToken, connection_id, populate_existing=True)


def all_tokens(session: Session) -> Sequence[UpstreamToken]:
    """Return what is held for every connection."""
    return session.scalars(select(UpstreamToken)).all()


def make_room(session: Session, connection_id: str) -> None:
    """Have a row for a connection, if there is such a connection and it has none yet."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    room = select(Connection.id, literal(0), literal(0)).where(Connection.id == connection_id)
    # Two processes may sign in for the first time at once: the second finds the room that the first one made.
    session.execute(
        insert(UpstreamToken)
        .from_select(["connection_id", "version", "failures"], room)
        .on_conflict_do_nothing(index_elements=[UpstreamToken.connection_id])
    )


def due_connection_ids(session: Session, now: datetime) -> Sequence[str]:
    """Return the connections that are to be signed in to now: without a token, or at its time to be renewed."""
    statement = (
        select(Connection.id)
        .outerjoin(UpstreamToken, UpstreamToken.connection_id == Connection.id)
        .where(
            or_(UpstreamToken.sealed_access_token.is_(None), UpstreamToken.renew_at <= now),
            or_(UpstreamToken.not_before.is_(None), UpstreamToken.not_before <= now),
            or_(UpstreamToken.lease_until.is_(None), UpstreamToken.lease_until <= now),
        )
        .order_by(UpstreamToken.renew_at, Connection.id)
    )
    return session.scalars(statement).all()


def take_lease(session: Session, connection_id: str, *, owner: str, now: datetime, until: datetime) -> bool:
    """Take the lease if it is free, has run out or is the owner's own; counts the version up. Tells whether it did."""
    statement = (
        update(UpstreamToken)
        .where(
            UpstreamToken.connection_id == connection_id,
            or_(
                UpstreamToken.lease_until.is_(None),
                UpstreamToken.lease_until < now,
                UpstreamToken.lease_owner == owner,
            ),
        )
        .values(lease_owner=owner, lease_until=until, version=UpstreamToken.version + 1)
    )
    return _changes_one(session, statement)


def write_fenced(session: Session, connection_id: str, *, version: int, **values: object) -> bool:
    """Write, unless somebody took the lease since; tells whether it was written."""
    statement = (
        update(UpstreamToken)
        .where(UpstreamToken.connection_id == connection_id, UpstreamToken.version == version)
        .values(**values)
    )
    return _changes_one(session, statement)


def remove(session: Session, connection_id: str) -> None:
    """Forget what is held for a connection."""
    session.execute(delete(UpstreamToken).where(UpstreamToken.connection_id == connection_id))


def _changes_one(session: Session, statement: Any) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1
