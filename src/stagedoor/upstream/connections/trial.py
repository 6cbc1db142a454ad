"""Try a connection out: the calls that prove it, each said in plain words, and what it will be refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from stagedoor.catalog.operations import Operation
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.addresses import OrchestratorAddress
from stagedoor.upstream.connections.discovery import (
    RemoteOrganization,
    ask_organization,
    find_token_url,
    read_claims,
)
from stagedoor.upstream.connections.questions import Questions, Told
from stagedoor.upstream.connections.refusals import Prospects, foresee
from stagedoor.upstream.connections.schemas import ConnectionKind, SignIn
from stagedoor.upstream.connections.scopes import explain_refused_scope
from stagedoor.upstream.upstream_tokens.errors import WORDS, Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.token_requests import ask_for_token

MISPLACED = frozenset(
    {
        Diagnosis.WRONG_IDENTITY_PATH,
        Diagnosis.WRONG_TOKEN_LEVEL,
        Diagnosis.REDIRECTED,
        Diagnosis.NOT_UNDERSTOOD,
    }
)
"""What is wrong when something answers that is no token endpoint."""
FOLDERS = "/odata/Folders?$select=Id,Key,FullyQualifiedName,ParentId&$orderby=Id&$top=1"
JOBS = "/odata/Jobs?$top=1"
PERMISSIONS = "/odata/Users/UiPath.Server.Configuration.OData.GetCurrentPermissions"
TENANTS_NAMED_MAX = 10
VERSION_LENGTH_MAX = 32


class StepName(StrEnum):
    """The steps of a trial, in their order."""

    REACH = "reach"
    SIGN_IN = "sign_in"
    ORCHESTRATOR = "orchestrator"
    FOLDERS = "folders"


@dataclass(frozen=True, slots=True)
class Step:
    """What one step came to; ``is_ok`` is ``None`` for one that was not tried."""

    name: StepName
    is_ok: bool | None
    says: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is tried.

    ``ask`` gives the token, once, and raises :class:`UpstreamSignInFailed`; ``None`` where asking would use up what
    cannot be had again.
    """

    sign_in: SignIn
    address: OrchestratorAddress
    ask: Callable[[], Granted] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial found."""

    steps: tuple[Step, ...]
    organization: RemoteOrganization
    prospects: Prospects

    @property
    def is_working(self) -> bool:
        """Tell whether requests reach the Orchestrator; folders need not be readable for that."""
        return all(step.is_ok for step in self.steps if step.name is not StepName.FOLDERS)


def try_out(subject: Subject, operations: Sequence[Operation]) -> Outcome:
    """Make the calls that prove a connection. Blocks, for a few minutes at the very worst; raises nothing of them."""
    with Questions(subject.sign_in) as questions:
        return _Trial(subject, operations, questions).run()


class _Trial:
    def __init__(self, subject: Subject, operations: Sequence[Operation], questions: Questions) -> None:
        self._sign_in = subject.sign_in
        self._address = subject.address
        self._ask = subject.ask
        self._operations = operations
        self._questions = questions
        self._organization = RemoteOrganization()

    def run(self) -> Outcome:
        reached = self._reach()
        if not reached.is_ok:
            return self._ended(reached)
        signed_in, granted = self._sign_in_step()
        if granted is None:
            return self._ended(reached, signed_in)
        token = granted.access_token
        self._organization = ask_organization(self._questions, self._address, token, granted.id_token)
        answered, folders = self._orchestrator(token)
        permissions = self._permissions(token) if answered.is_ok else None
        prospects = foresee(self._operations, self._sign_in.kind, self._scopes(granted), permissions)
        return Outcome((reached, signed_in, answered, folders), self._organization, prospects)

    def _ended(self, *steps: Step) -> Outcome:
        because = f"Not tried, because of the step {steps[-1].name.value}."
        skipped = [Step(name, None, because) for name in list(StepName)[len(steps) :]]
        prospects = foresee(self._operations, self._sign_in.kind, None, None)
        return Outcome((*steps, *skipped), self._organization, prospects)

    def _reach(self) -> Step:
        address = self._address
        service = "" if address.is_complete else "/orchestrator_"
        try:
            told = self._questions.ask(f"{address.base_url}{service}/api/Status/Version")
        except UpstreamSignInFailed as failure:
            says, hint = WORDS[failure.diagnosis]
            return Step(StepName.REACH, False, f"{address.origin}: {says}", hint)
        version = told.fields.get("version")
        is_version = isinstance(version, str) and version.isprintable() and len(version) <= VERSION_LENGTH_MAX
        of_version = f" as an Orchestrator of version {version}" if is_version else ""
        parts = urlsplit(address.origin)
        is_open = parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")
        warning = "Over http the secret and all tokens can be read on the way. Use https://." if is_open else None
        return Step(StepName.REACH, True, f"{address.origin} answers{of_version}.", warning)

    def _sign_in_step(self) -> tuple[Step, Granted | None]:
        sign_in = self._sign_in
        if self._ask is None:
            says = "Not tried: what a person signs in with is good once, and trying would use it up."
            return Step(StepName.SIGN_IN, None, says, "Connect, and test the connection then."), None
        try:
            granted = self._ask()
        except UpstreamSignInFailed as failure:
            says, hint = WORDS[failure.diagnosis]
            return Step(StepName.SIGN_IN, False, f"{self._at()}{says}", self._better_hint(failure) or hint), None
        if sign_in.kind is ConnectionKind.PAT:
            return Step(StepName.SIGN_IN, True, "A personal access token is sent as it is."), granted
        return Step(StepName.SIGN_IN, True, f"{self._at()}A token was given."), granted

    def _at(self) -> str:
        return f"{self._sign_in.token_url}: " if self._sign_in.token_url else ""

    def _better_hint(self, failure: UpstreamSignInFailed) -> str | None:
        sign_in = self._sign_in
        if failure.diagnosis is Diagnosis.INVALID_SCOPE and sign_in.kind is ConnectionKind.APP:
            return explain_refused_scope(sign_in, self._operations, ask_for_token)
        if failure.diagnosis in MISPLACED and sign_in.kind in (ConnectionKind.APP, ConnectionKind.PERSON):
            found = find_token_url(self._questions, sign_in.kind, self._address)
            if found is not None and found != sign_in.token_url:
                return f"An identity server answers elsewhere: set the identity URL to {found}."
        return None

    def _orchestrator(self, token: Secret) -> tuple[Step, Step]:
        if not self._address.is_complete:
            no_tenant = Step(
                StepName.ORCHESTRATOR, False, "The address names no organization and tenant.", self._choices()
            )
            return no_tenant, Step(StepName.FOLDERS, None, "Not tried: it is not known of which tenant.")
        try:
            told = self._questions.ask(self._address.base_url + FOLDERS, token)
            if told.status == 404:
                return self._without_folders(token)
        except UpstreamSignInFailed as failure:
            says, hint = WORDS[failure.diagnosis]
            return Step(StepName.ORCHESTRATOR, False, says, hint), _folders_not_tried()
        answered = self._answered(told)
        if not answered.is_ok:
            return answered, _folders_not_tried()
        if isinstance(told.fields.get("value"), list):
            return answered, Step(StepName.FOLDERS, True, "Folders can be listed.")
        return answered, Step(
            StepName.FOLDERS,
            False,
            "The Orchestrator does not list its folders to this credential.",
            "Give it OR.Folders.Read, or a role with Units.View or SubFolders.View. Until then keys cannot be limited "
            "to folders.",
        )

    def _without_folders(self, token: Secret) -> tuple[Step, Step]:
        # Orchestrators of 2019 and before have no folders; a tenant that is not there has no jobs either.
        answered = self._answered(self._questions.ask(self._address.base_url + JOBS, token))
        if not answered.is_ok:
            return answered, _folders_not_tried()
        return answered, Step(
            StepName.FOLDERS, False, "This Orchestrator has no folders.", "Keys cannot be limited to folders here."
        )

    def _answered(self, told: Told) -> Step:
        name = StepName.ORCHESTRATOR
        base_url = self._address.base_url
        is_json = told.value is not None and not told.is_page
        if (told.status in (200, 400, 403)) and is_json:
            return Step(name, True, f"{base_url} answers with this token.")
        if told.status == 401:
            return Step(name, False, "The Orchestrator refuses the token.", self._refused_hint())
        if told.status == 429:
            return Step(name, False, *WORDS[Diagnosis.THROTTLED])
        if told.status >= 500:
            return Step(name, False, *WORDS[Diagnosis.UPSTREAM_FAILING])
        if told.leads_to is not None:
            is_same_host = urlsplit(told.leads_to).hostname == self._address.host
            scheme = urlsplit(told.leads_to).scheme
            hint = (
                f"Give the address with {scheme}://."
                if is_same_host and not base_url.startswith(f"{scheme}:")
                else f"Orchestrators send those whom they do not know to a page. {self._choices()}"
            )
            return Step(name, False, f"The address leads elsewhere, to {told.leads_to}.", hint)
        if told.is_page:
            return Step(
                name, False, "The address answers with a web page in place of an Orchestrator.", self._choices()
            )
        return Step(name, False, "There is no Orchestrator at this address, or no such tenant.", self._choices())

    def _refused_hint(self) -> str:
        kind = self._sign_in.kind
        told, named = self._organization.name, self._address.organization
        if told is not None and named is not None and told.casefold() != named.casefold():
            return f"The token belongs to the organization {told}, and the address names {named}. {self._choices()}"
        if kind is ConnectionKind.PAT:
            return WORDS[Diagnosis.TOKEN_REFUSED][1]
        if kind in (ConnectionKind.APP, ConnectionKind.PERSON):
            return "It was given for something else: ask for Orchestrator's scopes (OR.…), and check the organization."
        return f"Check organization and tenant. {self._choices()}"

    def _choices(self) -> str:
        organization, tenants = self._organization.name, self._organization.tenants
        if organization is None or not tenants:
            return (
                "Give the address as https://HOST/ORGANIZATION/TENANT/orchestrator_, or https://HOST for a standalone."
            )
        named = ", ".join(f"{organization}/{tenant}" for tenant in tenants[:TENANTS_NAMED_MAX])
        more = f" and {len(tenants) - TENANTS_NAMED_MAX} more" if len(tenants) > TENANTS_NAMED_MAX else ""
        return f"This credential may enter {named}{more}."

    def _scopes(self, granted: Granted) -> frozenset[str] | None:
        claims = read_claims(granted.access_token)
        claimed = claims.get("scope", claims.get("scp"))
        if isinstance(claimed, list):
            return frozenset(scope for scope in claimed if isinstance(scope, str))
        if not isinstance(claimed, str):
            claimed = granted.scope
        if claimed is None and self._sign_in.kind is ConnectionKind.APP:
            # RFC 6749, section 5.1: an answer that does not speak of scopes gave what was asked for.
            claimed = self._sign_in.scope
        return None if claimed is None else frozenset(claimed.split())

    def _permissions(self, token: Secret) -> frozenset[str] | None:
        told = self._questions.find(self._address.base_url + quote(PERMISSIONS), token)
        listed = told.fields.get("Permissions") if told is not None else None
        if not isinstance(listed, list):
            return None
        return frozenset(name for name in listed if isinstance(name, str))


def _folders_not_tried() -> Step:
    return Step(StepName.FOLDERS, None, "Not tried, because of the step orchestrator.")
