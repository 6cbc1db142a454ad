"""``GET``, ``POST /tokens`` and ``DELETE /tokens/{id}``: the caller's own."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page
from stagedoor.admin.personal_tokens.schemas import IssuedToken, TokenItem, TokenOrder
from stagedoor.admin.personal_tokens.service import OwnTokens
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.PERSONAL_ACCESS_TOKEN_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.PERSONAL_ACCESS_TOKEN_CHANGE))]


def build_routes(tokens: OwnTokens, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["tokens"])

    @router.get("/tokens")
    def list_tokens(visitor: Reader, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None) -> Page[TokenItem]:
        """List your own personal access tokens, ended ones too."""
        with work.read() as session:
            items, next_cursor = tokens.list_tokens(session, visitor, cursor=cursor, limit=limit)
        return Page(items=items, next=next_cursor)

    @router.post("/tokens", status_code=201)
    def create_token(visitor: Changer, order: TokenOrder) -> IssuedToken:
        """Make a personal access token; `token` is shown this once."""
        with work.write() as session:
            return tokens.create(session, visitor, order)

    @router.delete("/tokens/{token_id}")
    def revoke_token(visitor: Changer, token_id: str) -> TokenItem:
        """End one of your tokens from the next request on."""
        with work.write() as session:
            return tokens.revoke(session, visitor, token_id)

    return router
