"""Hand out access keys in the words of the management API, and check that nobody hands out more than they hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.access.explain import list_unusable
from stagedoor.access.verdict import Judge
from stagedoor.admin.durations import read_duration
from stagedoor.admin.errors import AdministratorNeeded, CursorRefused
from stagedoor.admin.grant_words import words_of
from stagedoor.admin.keys.limit_changes import changed_limits, is_looser
from stagedoor.admin.keys.limit_words import limits_in_words, limits_of
from stagedoor.admin.keys.schemas import IssuedKey, KeyItem, KeyOrder, KeyPreview, LimitChange
from stagedoor.admin.makers import Makers
from stagedoor.admin.places import Places
from stagedoor.admin.rates import write_rate
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.api_users.errors import AccessKeyNotFound
from stagedoor.identity.api_users.schemas import AccessKeyFacts, AccessKeyOrder
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.kit.clock import Clock
from stagedoor.passage import Allowance, GrantTerms, TenantPlace

EXPIRY_ADVISED_DAYS = 365


@dataclass(frozen=True, slots=True)
class _Plan:
    """An order with its words looked up and checked."""

    tenant: TenantPlace
    terms: GrantTerms
    warnings: list[str]


class KeyDesk:
    """Access keys of the visitor's organization: one's own, or for administrators all of them."""

    def __init__(
        self,
        access_keys: AccessKeys,
        judge: Judge,
        places: Places,
        makers: Makers,
        trail: AdministrationTrail,
        clock: Clock,
    ) -> None:
        self._access_keys = access_keys
        self._judge = judge
        self._places = places
        self._makers = makers
        self._trail = trail
        self._clock = clock

    def list_keys(
        self, session: Session, visitor: Visitor, *, tenant_word: str | None, cursor: str | None, limit: int
    ) -> tuple[list[KeyItem], str | None]:
        """Return a page of keys, oldest first, and the cursor of the next."""
        tenant = None if tenant_word is None else self._places.get_tenant(visitor.caller, tenant_word)
        try:
            page = self._access_keys.list_keys(
                session,
                visitor.organization_id,
                tenant_id=tenant.tenant_id if tenant else None,
                created_by=None if visitor.caller.may_administer else visitor.caller.name,
                cursor=cursor,
                limit=limit,
            )
        except AccessKeyNotFound as missing:
            raise CursorRefused from missing
        return [self._item(facts) for facts in page.keys], page.next_cursor

    def get_key(self, session: Session, visitor: Visitor, key_id: str) -> KeyItem:
        """Return one key."""
        return self._item(self._facts(session, visitor, key_id))

    def preview(self, visitor: Visitor, order: KeyOrder) -> KeyPreview:
        """Return what a key so ordered would allow. Raises what :meth:`create` raises for the order's words."""
        plan = self._plan(visitor, order)
        grant = self._judge.grants.compile(plan.terms, plan.tenant.tenant_id)
        operations = self._judge.grants.selectors.list_operations(grant.operations)
        return KeyPreview(
            words=[
                *words_of(plan.terms, self._judge.grants, self._places, [plan.tenant]),
                *limits_in_words(limits_of(order)),
            ],
            operations=[operation.id for operation in operations],
            warnings=plan.warnings,
        )

    def learn_places(self, visitor: Visitor, order: KeyOrder) -> None:
        """Learn what the order's folders are, where a remote Orchestrator has to be asked; before a transaction."""
        if order.folders is not None:
            self._places.learn_folders(self._places.get_tenant(visitor.caller, order.tenant))

    def create(self, session: Session, visitor: Visitor, order: KeyOrder) -> IssuedKey:
        """Make a key.

        Raises :class:`~stagedoor.access.errors.UnknownSelector`,
        :class:`~stagedoor.access.errors.NetworkMalformed`, :class:`~stagedoor.admin.errors.FolderNotFound`,
        :class:`~stagedoor.admin.errors.GrantExceedsMaker` and
        :class:`~stagedoor.identity.api_users.errors.AccessKeyOrderRefused`.
        """
        plan = self._plan(visitor, order)
        [allowance] = plan.terms.allowances
        issued = self._access_keys.create_key(
            session,
            AccessKeyOrder(
                organization_id=plan.tenant.organization_id,
                tenant_id=plan.tenant.tenant_id,
                name=order.name,
                allow=allowance.allow,
                created_by=visitor.caller.name,
                folder_keys=allowance.folders,
                networks=plan.terms.networks,
                expires_at=plan.terms.not_after,
                may_join_others=visitor.caller.may_administer,
                limits=limits_of(order),
            ),
        )
        self._note(session, visitor, EventName.ADMIN_ACCESS_KEY_CREATED, issued.facts, "was created")
        return self._issued(issued.facts, issued.key.reveal(), plan.warnings)

    def change_limits(self, session: Session, visitor: Visitor, key_id: str, change: LimitChange) -> KeyItem:
        """Change how much a key may be used.

        Whoever lets it do more hands something on: it must be inside their own grant, as if they made it. Taking away
        is free to whoever may end the key. A change that changes nothing is no error.
        """
        facts = self._facts(session, visitor, key_id)
        limits = changed_limits(facts.limits, change)
        if limits == facts.limits:
            return self._item(facts)
        if is_looser(limits, facts.limits):
            self._verify_inside(visitor, facts)
        changed = self._access_keys.change_limits(session, visitor.organization_id, facts.id, limits)
        words = " ".join(limits_in_words(limits)) or "Nothing limits it any more."
        self._note(
            session,
            visitor,
            EventName.ADMIN_ACCESS_KEY_LIMITED,
            changed,
            f"was limited anew. {words.removesuffix('.')}",
        )
        return self._item(changed)

    def rotate(self, session: Session, visitor: Visitor, key_id: str, *, overlap: str | None) -> IssuedKey:
        """Give a key a new secret; the present one goes on working for the overlap.

        Whoever rotates a key gets to hold it: it must be inside their own grant, as if they made it.
        """
        facts = self._facts(session, visitor, key_id)
        self._verify_inside(visitor, facts)
        issued = self._access_keys.rotate_key(
            session,
            visitor.organization_id,
            facts.id,
            overlap=None if overlap is None else read_duration(overlap),
        )
        kept = f"its old secret works for {overlap}" if overlap else "its old secret ended"
        self._note(session, visitor, EventName.ADMIN_ACCESS_KEY_ROTATED, issued.facts, f"was rotated; {kept}")
        return self._issued(issued.facts, issued.key.reveal(), [])

    def revoke(self, session: Session, visitor: Visitor, key_id: str) -> KeyItem:
        """End a key at once. Ending an ended key changes nothing."""
        facts = self._facts(session, visitor, key_id)
        revoked = self._access_keys.revoke_key(
            session, visitor.organization_id, facts.id, revoked_by=visitor.caller.name
        )
        if facts.revoked_at is None:
            self._note(session, visitor, EventName.ADMIN_ACCESS_KEY_REVOKED, revoked, "was revoked")
        return self._item(revoked)

    def _facts(self, session: Session, visitor: Visitor, key_id: str) -> AccessKeyFacts:
        if visitor.caller.may_administer:
            return self._access_keys.get_key(session, visitor.organization_id, key_id)
        # For everybody else somebody's key and no key at all look alike.
        try:
            facts = self._access_keys.get_key(session, visitor.organization_id, key_id)
        except AccessKeyNotFound as missing:
            raise AdministratorNeeded from missing
        if facts.created_by != visitor.caller.name:
            raise AdministratorNeeded
        return facts

    def _verify_inside(self, visitor: Visitor, facts: AccessKeyFacts) -> None:
        tenant = self._places.get_tenant(visitor.caller, facts.tenant_id)
        terms = GrantTerms((Allowance(facts.allow, facts.folder_keys),), networks=facts.networks)
        self._makers.verify_inside(visitor.caller, terms, tenant)

    def _plan(self, visitor: Visitor, order: KeyOrder) -> _Plan:
        tenant = self._places.get_tenant(visitor.caller, order.tenant)
        folder_keys = None if order.folders is None else self._places.folder_keys(tenant, order.folders)
        terms = GrantTerms(
            allowances=(Allowance(tuple(dict.fromkeys(order.allow)), folder_keys),),
            networks=tuple(dict.fromkeys(order.networks)),
            not_after=self._end_of(order),
        )
        self._judge.grants.verify(terms)
        self._makers.verify_inside(visitor.caller, terms, tenant)
        return _Plan(tenant, terms, self._warnings(terms))

    def _end_of(self, order: KeyOrder) -> datetime | None:
        if order.expires_in is not None:
            return self._clock.now() + read_duration(order.expires_in)
        return order.expires_at

    def _warnings(self, terms: GrantTerms) -> list[str]:
        warnings = list_unusable(terms, self._judge.grants)
        if any(self._covers_everything(allowance) for allowance in terms.allowances):
            warnings.append("This key may do everything. Name the operations that are needed instead.")
        if terms.not_after is None:
            warnings.append("This key never expires. Give it an end and rotate it.")
        elif (terms.not_after - self._clock.now()).days > EXPIRY_ADVISED_DAYS:
            warnings.append("This key lives for more than a year. Give it an earlier end and rotate it.")
        return warnings

    def _covers_everything(self, allowance: Allowance) -> bool:
        selectors = self._judge.grants.selectors
        return selectors.resolve(allowance.allow) == selectors.everything

    def _note(self, session: Session, visitor: Visitor, event: EventName, facts: AccessKeyFacts, what: str) -> None:
        tenant = self._places.find_tenant_name(facts.tenant_id)
        self._trail.note(session, visitor, event, f"Access key {facts.name} ({facts.id}) {what}.", tenant=tenant)

    def _issued(self, facts: AccessKeyFacts, key: str, warnings: list[str]) -> IssuedKey:
        return IssuedKey(**self._item(facts).model_dump(), key=key, warnings=warnings)

    def _item(self, facts: AccessKeyFacts) -> KeyItem:
        folders = None
        if facts.folder_keys is not None:
            folders = [self._places.folder_path(facts.tenant_id, key) for key in facts.folder_keys]
        limits = facts.limits
        rate = limits.rate_requests
        return KeyItem(
            id=facts.id,
            name=facts.name,
            organization=self._places.find_organization_name(facts.organization_id) or facts.organization_id,
            tenant=self._places.find_tenant_name(facts.tenant_id) or facts.tenant_id,
            allow=list(facts.allow),
            folders=folders,
            networks=list(facts.networks),
            created_at=facts.created_at,
            created_by=facts.created_by,
            expires_at=facts.expires_at,
            last_used_at=facts.last_used_at,
            state=facts.state_at(self._clock.now()),
            previous_secret_valid_until=facts.previous_secret_valid_until,
            previous_secret_last_used_at=facts.previous_secret_last_used_at,
            rate=None if rate is None else write_rate(rate, limits.rate_seconds),
            burst=limits.burst,
            daily_quota=limits.daily_quota,
            concurrency=limits.concurrency,
            weight=limits.weight,
        )
