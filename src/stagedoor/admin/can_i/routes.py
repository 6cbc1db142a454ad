"""``GET /can-i``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.can_i.schemas import CanI
from stagedoor.admin.can_i.service import Questions
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor

Asker = Annotated[Visitor, Depends(who_may(ManagementAbility.GRANT_READ, from_anywhere=True))]


def build_routes(questions: Questions) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["can-i"])

    @router.get("/can-i")
    def can_i(
        visitor: Asker,
        operation: Annotated[str, Query(max_length=128, description="An operation id such as Jobs_StartJobs.")],
        tenant: Annotated[str | None, Query(max_length=256, description="Needed where you may enter several.")] = None,
        folder: Annotated[str | None, Query(max_length=1024, description="A folder's path or key.")] = None,
    ) -> CanI:
        """Say whether you may use an operation, by which rule, and if not, which smallest grant would do."""
        return questions.can_i(visitor, operation, tenant_word=tenant, folder_word=folder)

    return router
