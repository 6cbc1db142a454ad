"""Read the audit log."""

from sqlalchemy.orm import Session

from stagedoor.admin.audit_log.schemas import AuditCaller, AuditCredential, AuditItem
from stagedoor.audit.models import AuditRow
from stagedoor.audit.service import list_rows


def list_audit(
    session: Session, organization_id: str, *, after: int | None, limit: int, verdict: str | None, caller: str | None
) -> list[AuditItem]:
    """Return rows of one organization, newest last."""
    rows = list_rows(session, organization_id, after=after, limit=limit, verdict=verdict, caller=caller)
    return [_item(row) for row in rows]


def _item(row: AuditRow) -> AuditItem:
    return AuditItem(
        id=row.id,
        time=row.time,
        request_id=row.request_id,
        event=row.event,
        caller=AuditCaller(kind=row.caller_kind, id=row.caller_id, name=row.caller_name),
        credential=AuditCredential(kind=row.credential_kind, id=row.credential_id),
        client_address=row.client_address,
        organization=row.organization,
        tenant=row.tenant,
        method=row.method,
        path=row.path,
        operation=row.operation,
        folder=row.folder,
        verdict=row.verdict,
        reason=row.reason,
        sentence=row.sentence,
        status=row.status,
        duration_ms=row.duration_ms,
        destination=row.destination,
    )
