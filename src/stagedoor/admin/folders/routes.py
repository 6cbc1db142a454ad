"""``GET /folders``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.folders.schemas import FolderItem
from stagedoor.admin.folders.service import Folders
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page, page_of
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.FOLDER_READ))]


def build_routes(folders: Folders) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["folders"])

    @router.get("/folders")
    def list_folders(
        visitor: Reader,
        tenant: Annotated[str, Query(max_length=256, description="`ORG/TENANT`, a tenant's name or its id.")],
        limit: Limit = LIMIT_DEFAULT,
        cursor: Cursor = None,
    ) -> Page[FolderItem]:
        """List the folders of a tenant in which you may do anything; a remote tenant is asked for them."""
        items = folders.list_folders(visitor.caller, tenant)
        return page_of(items, limit=limit, cursor=cursor, cursor_of=lambda item: item.key)

    return router
