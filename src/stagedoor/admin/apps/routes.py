"""``GET``, ``POST /apps``, ``DELETE /apps/{id}`` and the secrets of an application."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.apps.schemas import (
    ApplicationItem,
    ApplicationOrder,
    CreatedApplication,
    CreatedSecret,
    SecretOrder,
)
from stagedoor.admin.apps.service import Applications
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page, page_of
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.EXTERNAL_APPLICATION_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.EXTERNAL_APPLICATION_CHANGE))]


def build_routes(applications: Applications, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["apps"])

    @router.get("/apps")
    def list_applications(
        visitor: Reader, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None
    ) -> Page[ApplicationItem]:
        """List the external applications of the organization."""
        with work.read() as session:
            items = applications.list_applications(session, visitor.organization_id)
        return page_of(items, limit=limit, cursor=cursor, cursor_of=lambda item: item.id)

    @router.post("/apps", status_code=201)
    def create_application(visitor: Changer, order: ApplicationOrder) -> CreatedApplication:
        """Register an external application. A confidential one gets its first secret, shown this once."""
        with work.write() as session:
            return applications.create(session, visitor, order)

    @router.delete("/apps/{client_id}", status_code=204)
    def delete_application(visitor: Changer, client_id: str) -> None:
        """End an external application; its tokens end with it."""
        with work.write() as session:
            applications.delete(session, visitor, client_id)

    @router.post("/apps/{client_id}/secrets", status_code=201)
    def create_secret(visitor: Changer, client_id: str, order: SecretOrder) -> CreatedSecret:
        """Add a secret, shown this once."""
        with work.write() as session:
            return applications.create_secret(session, visitor, client_id, order)

    @router.delete("/apps/{client_id}/secrets/{secret_id}", status_code=204)
    def delete_secret(visitor: Changer, client_id: str, secret_id: str) -> None:
        """End one secret of an external application."""
        with work.write() as session:
            applications.delete_secret(session, visitor, client_id, secret_id)

    return router
