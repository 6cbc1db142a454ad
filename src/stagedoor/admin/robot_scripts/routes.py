"""``GET``, ``POST``, ``DELETE /robot-scripts`` and ``DELETE /robot-scripts/{id}``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.pages import LIMIT_DEFAULT, PRINTABLE, Cursor, Limit, Page, page_of
from stagedoor.admin.robot_scripts.schemas import RobotScriptItem, RobotScriptOrder
from stagedoor.admin.robot_scripts.service import RobotScripts
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.ROBOT_SCRIPT_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.ROBOT_SCRIPT_CHANGE))]
Tenant = Annotated[
    str, Query(max_length=256, pattern=PRINTABLE, description="`ORG/TENANT`, a tenant's name or its id.")
]
ID_MAX = 2**53 - 1


def build_routes(scripts: RobotScripts, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["robot-scripts"])

    @router.get("/robot-scripts")
    def list_robot_scripts(
        visitor: Reader, tenant: Tenant, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None
    ) -> Page[RobotScriptItem]:
        """List the rules that scripted robots follow, in the order in which they are asked."""
        with work.read() as session:
            items = scripts.list_scripts(session, visitor, tenant)
        return page_of(items, limit=limit, cursor=cursor, cursor_of=lambda item: item.id)

    @router.post("/robot-scripts", status_code=201)
    def set_robot_script(visitor: Changer, order: RobotScriptOrder) -> RobotScriptItem:
        """Let jobs of some processes follow a script from now on. It is asked before every other rule, and takes the
        place of one for the same processes and the same argument. Jobs that were started go on by their own."""
        with work.write() as session:
            return scripts.set_script(session, visitor, order)

    @router.delete("/robot-scripts", status_code=204)
    def delete_robot_scripts(visitor: Changer, tenant: Tenant) -> None:
        """Take all rules of a tenant away."""
        with work.write() as session:
            scripts.delete_scripts(session, visitor, tenant)

    @router.delete("/robot-scripts/{script_id}", status_code=204)
    def delete_robot_script(visitor: Changer, tenant: Tenant, script_id: Annotated[int, Path(ge=1, le=ID_MAX)]) -> None:
        """Take one rule away."""
        with work.write() as session:
            scripts.delete_script(session, visitor, tenant, script_id)

    return router
