"""Make and end personal access tokens on behalf of their owner."""

from sqlalchemy.orm import Session

from stagedoor.admin.errors import PersonNeeded
from stagedoor.admin.makers import Makers
from stagedoor.admin.personal_tokens.errors import ScopeUnknown
from stagedoor.admin.personal_tokens.schemas import IssuedToken, TokenItem, TokenOrder
from stagedoor.admin.places import Places
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.issued_tokens.terms import scope_selectors
from stagedoor.identity.oauth_clients.scopes import ORCHESTRATOR_SCOPES
from stagedoor.identity.personal_access_tokens.schemas import PersonalAccessTokenFacts, PersonalAccessTokenOrder
from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.users.service import Users
from stagedoor.kit.clock import Clock
from stagedoor.passage import GrantTerms


class OwnTokens:
    """The visitor's own personal access tokens."""

    def __init__(
        self,
        tokens: PersonalAccessTokens,
        users: Users,
        places: Places,
        makers: Makers,
        trail: AdministrationTrail,
        clock: Clock,
    ) -> None:
        self._tokens = tokens
        self._users = users
        self._places = places
        self._makers = makers
        self._trail = trail
        self._clock = clock

    def list_tokens(
        self, session: Session, visitor: Visitor, *, cursor: str | None, limit: int
    ) -> tuple[list[TokenItem], str | None]:
        """Return a page of one's tokens, ended ones too, and the cursor of the next."""
        page = self._tokens.list_tokens(
            session, visitor.organization_id, user_id=_person(visitor), cursor=cursor, limit=limit
        )
        return [_item(facts) for facts in page.tokens], page.next_cursor

    def create(self, session: Session, visitor: Visitor, order: TokenOrder) -> IssuedToken:
        """Make a token. A token that was itself limited to scopes makes none beyond them."""
        owner = self._users.get_user(session, visitor.organization_id, _person(visitor))
        unknown = sorted(set(order.scopes) - ORCHESTRATOR_SCOPES)
        if unknown:
            raise ScopeUnknown(unknown)
        terms = GrantTerms(visitor.caller.terms.allowances, ceiling=scope_selectors(order.scopes))
        for entry in self._places.list_tenants(visitor.caller):
            self._makers.verify_inside(visitor.caller, terms, entry.place)
        issued = self._tokens.create_token(
            session,
            owner,
            PersonalAccessTokenOrder(
                name=order.name, scopes=tuple(order.scopes), expires_at=order.end_for(self._clock.now())
            ),
        )
        self._note(session, visitor, EventName.ADMIN_PERSONAL_TOKEN_CREATED, issued.facts, "was created")
        return IssuedToken(**_item(issued.facts).model_dump(), token=issued.token.reveal())

    def revoke(self, session: Session, visitor: Visitor, token_id: str) -> TokenItem:
        """End one of one's tokens at once."""
        facts = self._tokens.revoke_token(session, visitor.organization_id, token_id, user_id=_person(visitor))
        self._note(session, visitor, EventName.ADMIN_PERSONAL_TOKEN_REVOKED, facts, "was revoked")
        return _item(facts)

    def _note(
        self, session: Session, visitor: Visitor, event: EventName, facts: PersonalAccessTokenFacts, what: str
    ) -> None:
        self._trail.note(session, visitor, event, f"Personal access token {facts.name} ({facts.id}) {what}.")


def _person(visitor: Visitor) -> str:
    if visitor.caller.user_id is None:
        raise PersonNeeded
    return visitor.caller.user_id


def _item(facts: PersonalAccessTokenFacts) -> TokenItem:
    return TokenItem(
        id=facts.id,
        name=facts.name,
        scopes=list(facts.scopes),
        created_at=facts.created_at,
        expires_at=facts.expires_at,
        revoked_at=facts.revoked_at,
        last_used_at=facts.last_used_at,
    )
