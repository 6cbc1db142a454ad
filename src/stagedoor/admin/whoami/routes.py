"""``GET /whoami``."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.whoami.schemas import WhoAmI
from stagedoor.admin.whoami.service import Mirror

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.GRANT_READ))]


def build_routes(mirror: Mirror) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["whoami"])

    @router.get("/whoami")
    def whoami(visitor: Reader) -> WhoAmI:
        """Say who you are here, with which credential, and what it may do."""
        return mirror.describe(visitor.caller)

    return router
