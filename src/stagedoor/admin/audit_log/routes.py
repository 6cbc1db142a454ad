"""``GET /audit``."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.audit_log.schemas import AuditTail
from stagedoor.admin.audit_log.service import list_audit
from stagedoor.admin.pages import LIMIT_DEFAULT, PRINTABLE, Limit
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work
from stagedoor.audit.service import AuditWriter

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.AUDIT_READ))]

ROW_ID_MAX = 2**63 - 1


class AuditVerdict(StrEnum):
    """A verdict to look for."""

    ALLOWED = "allowed"
    DENIED = "denied"


def build_routes(audit: AuditWriter, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["audit"])

    @router.get("/audit")
    def list_rows(
        visitor: Reader,
        after: Annotated[int | None, Query(ge=0, le=ROW_ID_MAX, description="The id of the last row seen.")] = None,
        limit: Limit = LIMIT_DEFAULT,
        verdict: AuditVerdict | None = None,
        caller: Annotated[
            str | None, Query(max_length=256, pattern=PRINTABLE, description="A caller's id or name, or a key's id.")
        ] = None,
    ) -> AuditTail:
        """Show the newest rows, or those that follow the row ``after``; newest last."""
        # Whoever asks right after a request expects to see it.
        audit.flush()
        with work.read() as session:
            items = list_audit(
                session, visitor.organization_id, after=after, limit=limit, verdict=verdict, caller=caller
            )
        last = items[-1].id if items else after
        return AuditTail(items=items, next=None if last is None else str(last))

    return router
