"""``GET`` and ``POST /user-key``: the caller's own."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.steps import who_may
from stagedoor.admin.user_keys.schemas import IssuedUserKey, UserKeyFacts
from stagedoor.admin.user_keys.service import OwnUserKey
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.USER_KEY_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.USER_KEY_CHANGE))]


def build_routes(user_key: OwnUserKey, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["user-key"])

    @router.get("/user-key")
    def get_user_key(visitor: Reader) -> UserKeyFacts:
        """Show the client id and the names that a script needs beside a user key, and which keys are good."""
        with work.read() as session:
            return user_key.describe(session, visitor)

    @router.post("/user-key", status_code=201)
    def replace_user_key(visitor: Changer) -> IssuedUserKey:
        """Make a new user key, shown this once, and cancel the one before."""
        with work.write() as session:
            return user_key.replace(session, visitor)

    return router
