"""``GET /operations``."""

from typing import Annotated

from fastapi import APIRouter, Query

from stagedoor.admin.operations.schemas import OperationItem
from stagedoor.admin.operations.service import OperationSearch
from stagedoor.admin.pages import Cursor, Limit, Page, page_of


def build_routes(operations: OperationSearch) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["operations"])

    @router.get("/operations")
    def list_operations(
        search: Annotated[str, Query(max_length=200, description="Plain words, best match first.")] = "",
        tag: Annotated[str | None, Query(max_length=64)] = None,
        limit: Limit = 500,
        cursor: Cursor = None,
    ) -> Page[OperationItem]:
        """List or search the operations of the vendor's API. Needs no credential."""
        found = operations.list_operations(search=search, tag=tag)
        return page_of(found, limit=limit, cursor=cursor, cursor_of=lambda item: item.id)

    return router
