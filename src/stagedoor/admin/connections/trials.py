"""Try connections out before and after they are kept, and begin the sign-in of a person."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from stagedoor.admin.connections.schemas import (
    AuthorizeAddress,
    AuthorizeOrder,
    DiscoveryOrder,
    RefusedOperation,
    TrialReport,
    TrialStep,
)
from stagedoor.admin.connections.service import ConnectionDesk, Plan, in_words_of_the_api
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.catalog.matcher import Catalog
from stagedoor.kit.chance import Chance
from stagedoor.upstream.connections.addresses import read_address
from stagedoor.upstream.connections.errors import ConnectionRefused
from stagedoor.upstream.connections.schemas import ConnectionKind, SignIn
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

# What asks remote servers is imported where it is used: httpx2 takes a while to load, and the server answers sooner
# without it.


class Trials:
    """Ask the remote side; every method that does blocks and stands outside of transactions."""

    def __init__(
        self,
        desk: ConnectionDesk,
        connections: Connections,
        tokens: UpstreamTokens,
        catalog: Catalog,
        trail: AdministrationTrail,
        chance: Chance,
    ) -> None:
        self._desk = desk
        self._connections = connections
        self._tokens = tokens
        self._catalog = catalog
        self._trail = trail
        self._chance = chance

    def discover(self, visitor: Visitor, order: DiscoveryOrder) -> TrialReport:
        """Try an order out and keep nothing. A person's secret is left alone: it is good once."""
        from stagedoor.upstream.upstream_tokens.token_requests import ask_for_token

        plan = self._desk.settle(self._desk.plan(visitor, order))
        sign_in = plan.sign_in
        ask = None if sign_in.kind is ConnectionKind.PERSON else lambda: ask_for_token(sign_in)
        return self._try(plan, sign_in, ask)

    def subject_of(self, session: Session, visitor: Visitor, word: str) -> SignIn:
        """Return what a kept connection signs in with."""
        entry = self._desk.get_entry(session, visitor, word)
        return self._connections.get_sign_in(session, entry.id)

    def test(self, sign_in: SignIn) -> TrialReport:
        """Try a kept connection out; its token is renewed and kept, whatever became of the last attempt."""
        connection_id = sign_in.connection_id

        def ask() -> Granted:
            token = self._tokens.renew(connection_id, at_once=True)
            told = self._tokens.find_told(connection_id)
            if told is None or told.access_token != token:
                return Granted(token, None, None)
            return told

        return self._try(None, sign_in, ask)

    def begin_authorization(self, visitor: Visitor, order: AuthorizeOrder) -> AuthorizeAddress:
        """Return where a person signs in; the identity server is asked where its page is, unless that follows."""
        from stagedoor.upstream.connections.discovery import find_authorize_url
        from stagedoor.upstream.connections.person import begin_authorization
        from stagedoor.upstream.connections.questions import Questions

        plan = self._desk.settle(
            self._desk.plan(
                visitor,
                DiscoveryOrder(
                    kind=ConnectionKind.PERSON,
                    url=order.url,
                    client_id=order.client_id,
                    scope=order.scope,
                    identity_url=order.identity_url,
                    upstream=order.upstream,
                    ca_pem=order.ca_pem,
                    proxy_url=order.proxy_url,
                ),
            )
        )
        sign_in = plan.sign_in
        with Questions(sign_in) as questions:
            page = find_authorize_url(questions, str(sign_in.token_url))
        if page is None:
            raise ConnectionRefused(
                "No page to sign in on is known for this identity server.",
                field="identity_url",
                hint="Give the address of its token endpoint; its metadata must stand in front of it, at "
                "/.well-known/openid-configuration.",
            )
        begun = begin_authorization(
            page,
            client_id=order.client_id,
            redirect_uri=order.redirect_uri,
            scope=order.scope,
            organization=plan.address.organization,
            chance=self._chance,
        )
        return AuthorizeAddress(
            authorize_url=begun.authorize_url, state=begun.state, code_verifier=begun.code_verifier.reveal()
        )

    def note_test(self, session: Session, visitor: Visitor, sign_in: SignIn, report: TrialReport) -> None:
        """Record that a kept connection was tried."""
        entry = self._desk.get_entry(session, visitor, sign_in.connection_id)
        sentence = f"Connection {entry.name} ({entry.id}) was tested: {_came_to(report)}."
        self._trail.note(session, visitor, EventName.ADMIN_CONNECTION_TESTED, sentence)

    def note_discovery(self, session: Session, visitor: Visitor, report: TrialReport) -> None:
        """Record which server was tried."""
        sentence = f"An Orchestrator at {report.url} was tried, and nothing kept: {_came_to(report)}."
        self._trail.note(session, visitor, EventName.ADMIN_CONNECTION_DISCOVERED, sentence)

    def _try(self, plan: Plan | None, sign_in: SignIn, ask: Callable[[], Granted] | None) -> TrialReport:
        from stagedoor.upstream.connections.trial import Subject, try_out

        with in_words_of_the_api():
            address = read_address(sign_in.base_url) if plan is None else plan.address
        outcome = try_out(Subject(sign_in, address, ask), self._catalog.operations)
        prospects = outcome.prospects
        return TrialReport(
            is_working=outcome.is_working,
            url=address.base_url,
            token_url=sign_in.token_url,
            steps=[
                TrialStep(name=step.name.value, is_ok=step.is_ok, says=step.says, hint=step.hint)
                for step in outcome.steps
            ],
            organization=outcome.organization.name,
            tenants=list(outcome.organization.tenants),
            refused=[RefusedOperation(operation=row.operation, because=row.because) for row in prospects.refused],
            refused_count=len(prospects.refused),
            allowed_count=prospects.allowed_count,
            unknown_count=prospects.unknown_count,
            known_from=list(prospects.known_from),
        )


def _came_to(report: TrialReport) -> str:
    if report.is_working:
        return "it works"
    stopped = next((step.name for step in report.steps if not step.is_ok), "folders")
    return f"it does not work yet, for the step {stopped}"
