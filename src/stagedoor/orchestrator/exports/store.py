"""All SQL of exports."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.exports.models import Export


def add_export(session: Session, export: Export) -> None:
    """Write an export down; it has an id then."""
    session.add(export)
    session.flush()


def is_own(export_id: int, owner_id: str) -> ColumnElement[bool]:
    """Return the condition that picks one export, if it is this caller's."""
    return (Export.id == export_id) & (Export.owner_id == owner_id)


def find_export(session: Session, tenant_id: str, export_id: int, owner_id: str) -> Export | None:
    """Return an export of the tenant, if it is this caller's."""
    return session.scalar(select(Export).where(Export.tenant_id == tenant_id, is_own(export_id, owner_id)))


def find_export_of_tenant(session: Session, tenant_id: str, export_id: int) -> Export | None:
    """Return an export of the tenant, whoever asked for it."""
    return session.scalar(select(Export).where(Export.tenant_id == tenant_id, Export.id == export_id))


def take_before(session: Session, before: datetime, *, limit: int) -> Sequence[str]:
    """Delete exports that were asked for before this moment and return the names of their files."""
    old = session.execute(select(Export.id, Export.file_name).where(Export.requested_at < before).limit(limit)).all()
    session.execute(delete(Export).where(Export.id.in_([row.id for row in old])))
    return [row.file_name for row in old]
