"""``GET`` and ``PUT /legacy-window``."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.legacy_window.schemas import LegacyWindowFacts, LegacyWindowOrder
from stagedoor.admin.legacy_window.service import WindowDesk
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work
from stagedoor.identity.legacy_basic.uses import LegacyUses

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.LEGACY_WINDOW_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.LEGACY_WINDOW_CHANGE))]


def build_routes(window: WindowDesk, uses: LegacyUses, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["legacy-window"])

    @router.get("/legacy-window")
    def get_window(visitor: Reader) -> LegacyWindowFacts:
        """Show whether the legacy window is open, until when, who may use it and who did."""
        # Uses are counted in memory and written now and then; whoever looks wants to see all of them.
        uses.flush()
        with work.read() as session:
            return window.describe(session, visitor.organization_id)

    @router.put("/legacy-window")
    def set_window(visitor: Changer, order: LegacyWindowOrder) -> LegacyWindowFacts:
        """Open the legacy window until a date, or close it."""
        with work.write() as session:
            window.set_window(session, visitor, order)
        with work.read() as session:
            return window.describe(session, visitor.organization_id)

    return router
