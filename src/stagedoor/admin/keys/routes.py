"""``/keys``: list, make, preview and narrow; ``/keys/{id}``: show, limit, end and rotate."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.keys.narrowing import NarrowingDesk
from stagedoor.admin.keys.schemas import (
    IssuedKey,
    KeyItem,
    KeyOrder,
    KeyPreview,
    LimitChange,
    NarrowedKey,
    NarrowingOrder,
    RotationOrder,
)
from stagedoor.admin.keys.service import KeyDesk
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work
from stagedoor.identity.authenticators.credentials import find_credential
from stagedoor.identity.authenticators.errors import NotAuthenticated

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.ACCESS_KEY_READ))]
Maker = Annotated[Visitor, Depends(who_may(ManagementAbility.ACCESS_KEY_CREATE))]
Limiter = Annotated[Visitor, Depends(who_may(ManagementAbility.ACCESS_KEY_LIMIT))]
Narrower = Annotated[Visitor, Depends(who_may(ManagementAbility.ACCESS_KEY_NARROW))]
Rotator = Annotated[Visitor, Depends(who_may(ManagementAbility.ACCESS_KEY_ROTATE))]
Revoker = Annotated[Visitor, Depends(who_may(ManagementAbility.ACCESS_KEY_REVOKE))]


def build_routes(keys: KeyDesk, narrowing: NarrowingDesk, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["keys"])

    @router.get("/keys")
    def list_keys(
        visitor: Reader,
        tenant: Annotated[str | None, Query(max_length=256)] = None,
        limit: Limit = LIMIT_DEFAULT,
        cursor: Cursor = None,
    ) -> Page[KeyItem]:
        """List access keys, oldest first: your own, or all of the organization's for administrators."""
        with work.read() as session:
            items, next_cursor = keys.list_keys(session, visitor, tenant_word=tenant, cursor=cursor, limit=limit)
        return Page(items=items, next=next_cursor)

    @router.post("/keys", status_code=201)
    def create_key(visitor: Maker, order: KeyOrder) -> IssuedKey:
        """Make an access key; `key` is shown this once."""
        keys.learn_places(visitor, order)
        with work.write() as session:
            return keys.create(session, visitor, order)

    @router.post("/keys/preview")
    def preview_key(visitor: Maker, order: KeyOrder) -> KeyPreview:
        """Show what a key would allow, without making it."""
        keys.learn_places(visitor, order)
        return keys.preview(visitor, order)

    @router.post("/keys/narrow", status_code=201)
    def narrow_key(visitor: Narrower, request: Request, order: NarrowingOrder) -> NarrowedKey:
        """Give the caller less of its own access key, for a while; what is given ends with the key at the latest."""
        presented = find_credential(tuple(request.headers.raw))
        if presented is None:
            raise NotAuthenticated(credential_given=False)
        narrowing.learn_places(visitor, order)
        return narrowing.narrow(visitor, presented, order)

    @router.get("/keys/{key_id}")
    def get_key(visitor: Reader, key_id: str) -> KeyItem:
        """Show one access key."""
        with work.read() as session:
            return keys.get_key(session, visitor, key_id)

    @router.patch("/keys/{key_id}")
    def limit_key(visitor: Limiter, key_id: str, change: LimitChange) -> KeyItem:
        """Change how much an access key may be used; the key itself and what it has used stay as they are."""
        with work.write() as session:
            return keys.change_limits(session, visitor, key_id, change)

    @router.delete("/keys/{key_id}")
    def revoke_key(visitor: Revoker, key_id: str) -> KeyItem:
        """End an access key from the next request on."""
        with work.write() as session:
            return keys.revoke(session, visitor, key_id)

    @router.post("/keys/{key_id}/rotate", status_code=201)
    def rotate_key(visitor: Rotator, key_id: str, order: RotationOrder | None = None) -> IssuedKey:
        """Give a key a new secret, shown this once; the present one goes on working for the overlap."""
        overlap = (order or RotationOrder()).overlap
        with work.write() as session:
            return keys.rotate(session, visitor, key_id, overlap=overlap)

    return router
