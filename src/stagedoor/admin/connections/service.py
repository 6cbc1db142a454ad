"""Make connections, give them new secrets, map tenants to them, remove them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from stagedoor.admin.connections.schemas import (
    ConnectionItem,
    ConnectionOrder,
    DiscoveryOrder,
    NewSecretOrder,
    SignInFacts,
    SignInProblem,
    SignInState,
)
from stagedoor.admin.places import Places
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.errors import TenantUnknown
from stagedoor.identity.organizations.service import Organizations
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.addresses import OrchestratorAddress, read_partial_address
from stagedoor.upstream.connections.errors import ConnectionRefused
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionEntry, ConnectionKind, SignIn
from stagedoor.upstream.connections.service import Connections, read_draft
from stagedoor.upstream.upstream_tokens.errors import WORDS, Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import UpstreamTokenState
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

BY_OAUTH = frozenset({ConnectionKind.APP, ConnectionKind.PERSON})
UNUSED = Secret("unused")
"""Stands where a person's secret would, in what is tried without it."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a person's sign-in in the browser gave, and what belongs to it."""

    code: Secret
    code_verifier: Secret
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An order with its words read and checked; its draft holds the refresh token once ``code`` was exchanged."""

    draft: ConnectionDraft
    address: OrchestratorAddress
    code: Code | None
    tenant_name: str | None

    @property
    def sign_in(self) -> SignIn:
        """What a token request would need."""
        return read_draft(self.draft, self.address)


class ConnectionDesk:
    """The connections of the visitor's organization.

    What is asked of the remote side (:meth:`settle`, :meth:`exchange`, :meth:`sign_in`) blocks, for half a minute or
    so, and stands outside of transactions.
    """

    def __init__(
        self,
        connections: Connections,
        tokens: UpstreamTokens,
        organizations: Organizations,
        places: Places,
        trail: AdministrationTrail,
        directory: OrganizationDirectory,
    ) -> None:
        self._connections = connections
        self._tokens = tokens
        self._organizations = organizations
        self._places = places
        self._trail = trail
        self._directory = directory

    def list_connections(self, session: Session, visitor: Visitor) -> list[ConnectionItem]:
        """Return the organization's connections by name."""
        entries = self._connections.list_connections(session, visitor.organization_id)
        return [self._item(session, entry) for entry in entries]

    def get_connection(self, session: Session, visitor: Visitor, word: str) -> ConnectionItem:
        """Return one connection; raises :class:`~stagedoor.upstream.connections.errors.ConnectionUnknown`."""
        return self._item(session, self.get_entry(session, visitor, word))

    def get_entry(self, session: Session, visitor: Visitor, word: str) -> ConnectionEntry:
        """Return one connection as upstream knows it."""
        return self._connections.get_connection(session, visitor.organization_id, word)

    def plan(self, visitor: Visitor, order: DiscoveryOrder) -> Plan:
        """Read an order; raises :class:`ConnectionRefused` with the field that is wrong. Nobody is asked yet."""
        with in_words_of_the_api():
            address = read_partial_address(order.url, order.upstream)
            code = code_of(order)
            given = order.secret or order.code
            draft = ConnectionDraft(
                organization_id=visitor.organization_id,
                name=order.name,
                kind=order.kind,
                base_url=address.base_url,
                secret=UNUSED if given is None else Secret(given.get_secret_value()),
                identity_url=order.identity_url,
                upstream_organization=address.organization,
                upstream_tenant=address.tenant,
                client_id=order.client_id,
                username=order.username,
                scope=order.scope,
                ca_pem=order.ca_pem,
                proxy_url=order.proxy_url,
                created_by=visitor.caller.name[:256],
            )
            read_draft(draft, address)
        return Plan(draft, address, code, self._tenant_name(visitor, order.tenant))

    def verify(self, session: Session, visitor: Visitor, order: ConnectionOrder, plan: Plan) -> None:
        """Raise what would keep the plan from being carried out, before a code is spent that is good once."""
        with in_words_of_the_api():
            # An address without a tenant is enough to look around, and not to be kept.
            if not plan.address.is_complete:
                raise ConnectionRefused(
                    "The address names no organization and tenant.",
                    field="base_url",
                    hint="Put them behind the host, or give them as `upstream`: ORG/TENANT.",
                )
            self._connections.verify_name_is_free(session, visitor.organization_id, order.name)
        if plan.tenant_name is not None:
            self._organizations.verify_tenant_name(plan.tenant_name)

    def settle(self, plan: Plan) -> Plan:
        """Ask where the identity server is, unless the order says it."""
        # httpx2 takes a while to load; the server answers sooner without it.
        from stagedoor.upstream.connections.discovery import find_token_url
        from stagedoor.upstream.connections.questions import Questions

        if plan.draft.kind not in BY_OAUTH or plan.draft.identity_url is not None:
            return plan
        with Questions(plan.sign_in) as questions:
            found = find_token_url(questions, plan.draft.kind, plan.address)
        return plan if found is None else replace(plan, draft=replace(plan.draft, identity_url=found))

    def exchange(self, plan: Plan) -> Plan:
        """Exchange the plan's code, if it has one, for the refresh token; raises :class:`UpstreamSignInFailed`."""
        if plan.code is None:
            return plan
        return replace(plan, draft=replace(plan.draft, secret=exchanged(plan.sign_in, plan.code)), code=None)

    def keep(self, session: Session, visitor: Visitor, plan: Plan) -> ConnectionEntry:
        """Keep the connection with its secret."""
        with in_words_of_the_api():
            entry = self._connections.create(session, plan.draft)
        self._note(session, visitor, EventName.ADMIN_CONNECTION_CREATED, entry, f"to {entry.base_url} was made")
        return entry

    def place(self, session: Session, visitor: Visitor, plan: Plan, entry: ConnectionEntry) -> None:
        """Map the plan's tenant to the connection; it is made where there is none of this name."""
        if plan.tenant_name is None:
            return
        organization = self._organizations.get_organization(session, visitor.organization_id)
        try:
            tenant = self._organizations.get_tenant(session, organization.id, plan.tenant_name)
        except TenantUnknown:
            tenant = self._organizations.create_tenant(session, organization, plan.tenant_name)
        name = tenant.name
        self._connections.map_tenant(session, tenant.id, entry)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_DESTINATION_CHANGED,
            f"Tenant {name} was sent to connection {entry.name} ({entry.base_url}).",
            tenant=name,
        )

    def sign_in(self, connection_id: str) -> None:
        """Sign in unless that is done already. A failure is kept with the connection, which shows it."""
        try:
            self._tokens.renew(connection_id)
        except UpstreamSignInFailed:
            return

    def secret_of(self, session: Session, visitor: Visitor, word: str, order: NewSecretOrder) -> tuple[str, SignIn]:
        """Return the id of the connection that a new secret is for, and how its code would be exchanged.

        Raises :class:`ConnectionRefused` where the connection's kind has no use for a code.
        """
        entry = self.get_entry(session, visitor, word)
        if order.code is not None and entry.kind is not ConnectionKind.PERSON:
            raise ConnectionRefused("Only kind person signs in with a code.", field="code")
        return entry.id, self._connections.get_sign_in(session, entry.id)

    def set_secret(self, session: Session, visitor: Visitor, connection_id: str, secret: Secret) -> None:
        """Keep a new secret and forget the tokens of the old one."""
        entry = self.get_entry(session, visitor, connection_id)
        self._tokens.sign_in_again(session, entry.id, secret)
        self._note(session, visitor, EventName.ADMIN_CONNECTION_SECRET_SET, entry, "was given a new secret")

    def remove(self, session: Session, visitor: Visitor, word: str, *, unmap: bool) -> None:
        """Remove a connection; raises :class:`~stagedoor.upstream.connections.errors.ConnectionInUse`.

        ``unmap`` sends its tenants to the embedded Orchestrator first.
        """
        entry = self.get_entry(session, visitor, word)
        for tenant_id in entry.tenant_ids if unmap else ():
            self._connections.unmap_tenant(session, entry.organization_id, tenant_id)
            tenant = self._places.find_tenant_name(tenant_id)
            self._trail.note(
                session,
                visitor,
                EventName.ADMIN_DESTINATION_CHANGED,
                f"Tenant {tenant or tenant_id} was sent to the embedded Orchestrator.",
                tenant=tenant,
            )
        self._connections.remove(session, entry.organization_id, entry.id)
        self._note(session, visitor, EventName.ADMIN_CONNECTION_DELETED, entry, "was removed")

    def _tenant_name(self, visitor: Visitor, word: str | None) -> str | None:
        if word is None:
            return None
        organization_word, slash, name = word.rpartition("/")
        organization = self._directory.find_organization(organization_word) if slash else None
        if slash and (organization is None or organization.id != visitor.organization_id):
            raise TenantUnknown(visible_names=self._directory.tenant_names(visitor.organization_id))
        # What finds a tenant elsewhere, its display name among it, finds it here: no second one is made beside it.
        entry = self._directory.find_tenant(visitor.organization_id, name)
        return entry.place.tenant_name if entry else name

    def _note(self, session: Session, visitor: Visitor, event: EventName, entry: ConnectionEntry, what: str) -> None:
        self._trail.note(session, visitor, event, f"Connection {entry.name} ({entry.id}) of kind {entry.kind} {what}.")

    def _item(self, session: Session, entry: ConnectionEntry) -> ConnectionItem:
        organization = self._places.find_organization_name(entry.organization_id) or entry.organization_id
        names = sorted(self._places.find_tenant_name(tenant_id) or tenant_id for tenant_id in entry.tenant_ids)
        upstream = [word for word in (entry.upstream_organization, entry.upstream_tenant) if word]
        return ConnectionItem(
            id=entry.id,
            name=entry.name,
            kind=entry.kind,
            url=entry.base_url,
            token_url=entry.identity_url,
            upstream="/".join(upstream) or None,
            client_id=entry.client_id,
            username=entry.username,
            scope=entry.scope,
            has_own_authorities=entry.ca_pem is not None,
            proxy_url=entry.proxy_url,
            tenants=[f"{organization}/{name}" for name in names],
            created_at=entry.created_at,
            created_by=entry.created_by,
            sign_in=_facts(self._tokens.find_state(session, entry.id)),
        )


def code_of(order: DiscoveryOrder | NewSecretOrder) -> Code | None:
    """Return the code of an order that brings one."""
    if order.code is None or order.code_verifier is None or order.redirect_uri is None:
        return None
    return Code(
        Secret(order.code.get_secret_value()), Secret(order.code_verifier.get_secret_value()), order.redirect_uri
    )


def exchanged(sign_in: SignIn, code: Code) -> Secret:
    """Return the refresh token that a code stands for; blocks, and raises :class:`UpstreamSignInFailed`."""
    from stagedoor.upstream.upstream_tokens.token_requests import exchange_code

    granted = exchange_code(sign_in, code.code, code_verifier=code.code_verifier, redirect_uri=code.redirect_uri)
    if granted.refresh_token is None:
        raise UpstreamSignInFailed(Diagnosis.NO_REFRESH_TOKEN)
    return granted.refresh_token


@contextmanager
def in_words_of_the_api() -> Iterator[None]:
    """Name the fields of a refusal as the management API names them."""
    try:
        yield
    except ConnectionRefused as refused:
        if refused.details.get("field") != "base_url":
            raise
        raise ConnectionRefused(refused.public, field="url", hint=refused.hint, status=refused.status) from refused


def _facts(state: UpstreamTokenState | None) -> SignInFacts:
    if state is None:
        return SignInFacts(
            state=SignInState.NOT_YET,
            last_renewed_at=None,
            expires_at=None,
            renew_at=None,
            failures=0,
            next_try_at=None,
            problem=None,
        )
    problem = None
    if state.last_error is not None:
        says, hint = WORDS[Diagnosis(state.last_error)]
        problem = SignInProblem(diagnosis=state.last_error, says=says, hint=hint)
    working = SignInState.SIGNED_IN if state.has_token else SignInState.NOT_YET
    return SignInFacts(
        state=SignInState.FAILING if problem else working,
        last_renewed_at=state.last_renewed_at,
        expires_at=state.expires_at,
        renew_at=state.renew_at,
        failures=state.failures,
        next_try_at=state.not_before,
        problem=problem,
    )
