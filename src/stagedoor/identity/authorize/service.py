"""Decides what happens to an authorize request: back to the client, to the sign-in page, to consent, or no further."""

from collections.abc import Mapping
from dataclasses import dataclass

from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]  # Authlib has no types
from sqlalchemy.orm import Session

from stagedoor.identity.authorize import store
from stagedoor.identity.authorize.return_address import AuthorizeAddress
from stagedoor.identity.authorize.sessions import SignedIn, SignInSessions
from stagedoor.identity.grants.authlib_core import GrantServer, OAuth2Error, OAuthRequest
from stagedoor.identity.issued_tokens.issuer import ORCHESTRATOR_AUDIENCE_2019
from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.schemas import OrganizationEntry
from stagedoor.identity.outcomes import outcome_of
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.identity.wire.answers import Answer, plain
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database
from stagedoor.passage import IdentityEvent, IdentityOutcome

PROMPTS = frozenset({"none", "login", "consent", "select_account"})


@dataclass(frozen=True, slots=True)
class SendBack:
    """The browser goes back to the client, with a code or an error; ``told`` is what the audit hears of it."""

    location: str
    told: IdentityOutcome


@dataclass(frozen=True, slots=True)
class AskSignIn:
    """Somebody has to sign in first, then the request goes on at ``then``."""

    then: AuthorizeAddress
    client: OAuthClient


@dataclass(frozen=True, slots=True)
class AskConsent:
    """A person has to allow the application what it asks for."""

    then: AuthorizeAddress
    client: OAuthClient
    scopes: tuple[str, ...]
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Explain:
    """The browser cannot be sent anywhere; the page says why, and the audit has a word for it."""

    status: int
    title: str
    sentence: str
    reason: str
    client: OAuthClient | None = None


Outcome = SendBack | AskSignIn | AskConsent | Explain


@dataclass(frozen=True, slots=True)
class SignInContext:
    """What the sign-in page knows about the request that waits behind it."""

    client: OAuthClient | None
    redirect_uri: str | None
    organization: OrganizationEntry | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """An authorize request whose client and redirect are in order, so that errors may be sent there."""

    address: AuthorizeAddress
    client: OAuthClient
    redirect_uri: str
    organization: OrganizationEntry | None

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields of the request."""
        return self.address.fields


class AuthorizeFlow:
    """The authorize endpoint of both dialects. Blocks on the store, so it runs in a worker thread."""

    def __init__(
        self,
        servers: Mapping[Dialect, GrantServer],
        organizations: OrganizationDirectory,
        sessions: SignInSessions,
        database: Database,
        clock: Clock,
    ) -> None:
        self._servers = servers
        self._organizations = organizations
        self._sessions = sessions
        self._database = database
        self._clock = clock

    def decide(self, address: AuthorizeAddress, cookie: str | None, organization_word: str | None) -> Outcome:
        """Return what happens next to an authorize request."""
        asked = self._read(address, organization_word)
        if isinstance(asked, Explain):
            return asked
        prompts = frozenset(asked.fields.get("prompt", "").split())
        fault = _fault_of(asked, prompts)
        if fault is not None:
            return self._send_error(asked, *fault)
        server = self._servers[address.dialect]
        request = OAuthRequest(asked.fields, method="GET")
        try:
            grant = server.get_consent_grant(request)
        except OAuth2Error as error:
            return self._send_error(asked, error.error, error.get_error_description())
        scopes = tuple(str(request.scope).split())
        with self._database.read() as session:
            signed_in = self._sessions.find(session, cookie)
            if signed_in is None or self._must_sign_in_again(asked, prompts, signed_in):
                if "none" in prompts:
                    return self._send_error(asked, "login_required", "Nobody is signed in who could answer this.")
                return AskSignIn(self._settled(asked).without("prompt", "max_age"), asked.client)
            if self._needs_consent(session, asked.client, scopes, prompts, signed_in):
                if "none" in prompts:
                    return self._send_error(
                        asked, "consent_required", "The person has not allowed this yet.", signed_in.user
                    )
                return AskConsent(self._settled(asked).without("prompt"), asked.client, scopes, signed_in)
        with self._database.write() as session:
            # Looked up again where nothing can change any more: a new password may have ended the session meanwhile.
            if self._sessions.find(session, cookie) is None:
                return AskSignIn(self._settled(asked), asked.client)
            request.session = session
            request.signed_in_at = signed_in.at
            answer: Answer = server.create_authorization_response(request, grant_user=signed_in.user, grant=grant)
        location = answer.location
        if location is None:
            raise RuntimeError("an authorization response always leads somewhere")
        person, client = signed_in.user, asked.client
        told = outcome_of(
            IdentityEvent.AUTHORIZATION_GRANTED,
            person=person,
            client=client,
            sentence=f"{person.username} let {client.name} act with the scope {' '.join(scopes)}.",
        )
        return SendBack(add_params_to_uri(location, [("iss", self._issuer_of(asked))]), told)

    def allow(self, address: AuthorizeAddress, cookie: str | None) -> AuthorizeAddress | Explain:
        """Remember that the person who is signed in allows what this request asks for, and return where to go on."""
        outcome = self.decide(address.with_field("prompt", "consent"), cookie, None)
        if not isinstance(outcome, AskConsent):
            return outcome if isinstance(outcome, Explain) else address
        with self._database.write() as session:
            user_id = outcome.signed_in.user.id
            store.save_consent(session, user_id, outcome.client.id, outcome.scopes, self._clock.now())
        return outcome.then

    def deny(self, address: AuthorizeAddress, cookie: str | None) -> Outcome:
        """Return the way back to the client of a person who does not allow what it asks for."""
        asked = self._read(address, None)
        if isinstance(asked, Explain):
            return asked
        with self._database.read() as session:
            signed_in = self._sessions.find(session, cookie)
        person = None if signed_in is None else signed_in.user
        return self._send_error(asked, "access_denied", "The person did not allow this.", person)

    def context_of(self, address: AuthorizeAddress | None) -> SignInContext:
        """Return what is known about a request that waits for somebody to sign in."""
        asked = None if address is None else self._read(address, None)
        if asked is None or isinstance(asked, Explain):
            return SignInContext(None, None, None)
        return SignInContext(asked.client, asked.redirect_uri, asked.organization)

    def _read(self, address: AuthorizeAddress, organization_word: str | None) -> _Asked | Explain:
        client_id = address.fields.get("client_id", "")
        found = self._servers[address.dialect].query_client(client_id)
        if found is None:
            return Explain(
                400,
                "Unknown application",
                f"No application with the client id “{client_id[:64]}” is registered here. Check client_id in the "
                "address, and that it was sent to the right server."
                if client_id
                else "The address names no application: client_id is missing.",
                "client_unknown",
            )
        client: OAuthClient = found.client
        redirect_uri = address.fields.get("redirect_uri", "")
        if not client.accepts_redirect(redirect_uri):
            return Explain(
                400,
                "Redirect not registered",
                f"The application “{client.name}” may not send people to “{redirect_uri[:200]}”. Its redirect_uri has "
                "to be one that is registered, letter by letter; only the port is free on localhost.",
                "redirect_not_registered",
                client,
            )
        word = organization_word or _organization_in(address.fields.get("acr_values", "")) or client.organization_id
        organization = self._organizations.find_organization(word) if word else None
        if word and organization is None:
            return Explain(
                404,
                "Unknown organization",
                f"There is no organization “{word[:64]}” on this server.",
                "organization_unknown",
                client,
            )
        return _Asked(address, client, redirect_uri, organization)

    def _must_sign_in_again(self, asked: _Asked, prompts: frozenset[str], signed_in: SignedIn) -> bool:
        if prompts & {"login", "select_account"}:
            return True
        if asked.organization is not None and signed_in.user.organization_id != asked.organization.id:
            return True
        max_age = asked.fields.get("max_age")
        return max_age is not None and (self._clock.now() - signed_in.at).total_seconds() > int(max_age)

    def _needs_consent(
        self,
        session: Session,
        client: OAuthClient,
        scopes: tuple[str, ...],
        prompts: frozenset[str],
        signed_in: SignedIn,
    ) -> bool:
        if client.is_first_party:
            return False
        allowed = store.consented_scopes(session, signed_in.user.id, client.id)
        return "consent" in prompts or not allowed.issuperset(scopes)

    def _settled(self, asked: _Asked) -> AuthorizeAddress:
        """Return the request with its organization named by id, whichever way it was named."""
        if asked.organization is None:
            return asked.address
        others = [word for word in asked.fields.get("acr_values", "").split() if _organization_in(word) is None]
        return asked.address.with_field("acr_values", " ".join([*others, f"tenant:{asked.organization.id}"]))

    def _issuer_of(self, asked: _Asked) -> str:
        return self._servers[asked.address.dialect].issuer.issuers.of_dialect(asked.address.dialect)

    def _send_error(self, asked: _Asked, error: str, description: str, person: UserEntry | None = None) -> SendBack:
        pairs = [("error", error), ("error_description", plain(description))]
        if "state" in asked.fields:
            pairs.append(("state", asked.fields["state"]))
        told = outcome_of(
            IdentityEvent.AUTHORIZATION_REFUSED,
            person=person,
            client=asked.client,
            organization_id=asked.organization.id if asked.organization else None,
            reason=error,
            sentence=description,
        )
        return SendBack(add_params_to_uri(asked.redirect_uri, [*pairs, ("iss", self._issuer_of(asked))]), told)


def _organization_in(acr_values: str) -> str | None:
    """Return the organization that ``acr_values`` names: ``tenantName:<name>`` or ``tenant:<id>``."""
    for word in acr_values.split():
        kind, colon, value = word.partition(":")
        if colon and value and kind in ("tenantName", "tenant"):
            return value
    return None


def _fault_of(asked: _Asked, prompts: frozenset[str]) -> tuple[str, str] | None:
    fields = asked.fields
    if asked.client.organization_id not in (None, asked.organization.id if asked.organization else None):
        return "access_denied", "This application belongs to another organization."
    if fields.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code."
    if fields.get("response_mode", "query") != "query":
        return "invalid_request", "response_mode must be query or be left out."
    if "request" in fields:
        return "request_not_supported", "Request objects are not read here."
    if "request_uri" in fields:
        return "request_uri_not_supported", "Request objects are not read here."
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        return "invalid_request", "prompt is none by itself, or some of login, consent and select_account."
    max_age = fields.get("max_age", "0")
    if not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        return "invalid_request", "max_age must be a number of seconds."
    if asked.address.dialect is Dialect.ACCOUNT_2019 and fields.get("audience") not in (
        None,
        ORCHESTRATOR_AUDIENCE_2019,
    ):
        return "invalid_request", f"audience must be {ORCHESTRATOR_AUDIENCE_2019}."
    return None
