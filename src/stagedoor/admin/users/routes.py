"""``GET``, ``POST /users``, ``PATCH /users/{id}`` and the passwords of a user. For administrators alone."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.errors import CursorRefused
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page
from stagedoor.admin.steps import who_may
from stagedoor.admin.users.schemas import CreatedUser, PasswordOrder, PasswordSet, UserChange, UserItem, UserOrder
from stagedoor.admin.users.service import People
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work
from stagedoor.kit.secret import Secret

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.USER_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.USER_CHANGE))]


def build_routes(people: People, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["users"])

    @router.get("/users")
    def list_users(visitor: Reader, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None) -> Page[UserItem]:
        """List the people of the organization."""
        if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
            raise CursorRefused
        with work.read() as session:
            items, next_cursor = people.list_users(
                session, visitor.organization_id, cursor=None if cursor is None else int(cursor), limit=limit
            )
        return Page(items=items, next=None if next_cursor is None else str(next_cursor))

    @router.post("/users", status_code=201)
    def create_user(visitor: Changer, order: UserOrder) -> CreatedUser:
        """Make a user. Without a password one is drawn and shown this once."""
        with work.write() as session:
            return people.create(session, visitor, order)

    @router.patch("/users/{user_id}")
    def change_user(visitor: Changer, user_id: str, change: UserChange) -> UserItem:
        """Change a user: what is left out stays as it is. Deactivating ends everything that the user holds."""
        with work.write() as session:
            return people.change(session, visitor, user_id, change)

    @router.post("/users/{user_id}/password")
    def set_password(visitor: Changer, user_id: str, order: PasswordOrder) -> PasswordSet:
        """Set the password of the sign-in page and end every sign-in; what is for scripts stays as it is."""
        with work.write() as session:
            return _shown(people.set_password(session, visitor, user_id, _given(order)))

    @router.post("/users/{user_id}/api-password")
    def set_api_password(visitor: Changer, user_id: str, order: PasswordOrder) -> PasswordSet:
        """Set the password of the legacy window; the sign-in password stays as it is. Never for new users."""
        with work.write() as session:
            return _shown(people.set_api_password(session, visitor, user_id, _given(order)))

    @router.delete("/users/{user_id}/api-password", status_code=204)
    def clear_api_password(visitor: Changer, user_id: str) -> None:
        """Close the legacy window to one user."""
        with work.write() as session:
            people.clear_api_password(session, visitor, user_id)

    return router


def _given(order: PasswordOrder) -> Secret | None:
    return None if order.password is None else Secret(order.password.get_secret_value())


def _shown(drawn: Secret | None) -> PasswordSet:
    return PasswordSet(password=None if drawn is None else drawn.reveal())
