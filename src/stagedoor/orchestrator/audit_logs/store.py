"""All SQL of the audit."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.audit_logs.models import AuditLog, AuditLogEntity


def add_row(session: Session, row: AuditLog, entities: Sequence[dict[str, object]]) -> None:
    """Write down a change and what it was about."""
    session.add(row)
    session.flush()
    if entities:
        session.execute(insert(AuditLogEntity), [{**entity, "audit_log_id": row.id} for entity in entities])


def of_service(name: str) -> ColumnElement[bool]:
    """Return the condition that a row is about one of the vendor's services."""
    return AuditLog.service_name == name


def of_row(row_id: int) -> ColumnElement[bool]:
    """Return the condition that a detail belongs to a row."""
    return AuditLogEntity.audit_log_id == row_id


def has_row(session: Session, tenant_id: str, row_id: int) -> bool:
    """Tell whether the tenant has this row."""
    found = select(AuditLog.id).where(AuditLog.tenant_id == tenant_id, AuditLog.id == row_id)
    return session.scalar(found) is not None
