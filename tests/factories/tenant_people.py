"""A desk whose people can be changed: identity's own services behind it, as in a whole house."""

from dataclasses import replace
from pathlib import Path

from tests.factories.orchestrator import CALLER, TENANT, Desk, desk_in
from tests.factories.people import cheap_passwords
from tests.factories.tasks import caller_of, settle_people

from stagedoor.access.verdict import Judge
from stagedoor.admin.makers import Makers
from stagedoor.admin.places import Places
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.users.endings import Endings
from stagedoor.admin.users.through_orchestrator import TenantPeople
from stagedoor.audit.chain import ChainKey
from stagedoor.audit.service import AuditWriter
from stagedoor.catalog import CATALOG
from stagedoor.identity.authorize.sessions import SignInSessions
from stagedoor.identity.grants.codes import AuthorizationCodes
from stagedoor.identity.issued_tokens.service import TokenFamilies
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.sign_ins import SignIns
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.service import Users
from stagedoor.orchestrator.app import Orchestrator
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.passage import Allowance, Caller, CallerKind, CredentialKind, GrantTerms
from stagedoor.upstream.folders.directory import RemoteFolders
from stagedoor.upstream.forward import Forwarder

SIGNED_IN = CredentialKind.OAUTH_TOKEN


def _holding(caller: Caller, role: str, *folders: str, **more: object) -> Caller:
    allowance = Allowance((f"role:{role}",), folders or None, TENANT.tenant_id)
    return replace(caller, credential_kind=SIGNED_IN, terms=GrantTerms((allowance,)), **more)


ADMINISTRATOR = _holding(CALLER, "Administrator", may_administer=True)
"""Ada, who administers the organization and signed in herself."""
TENANT_ADMINISTRATOR = _holding(caller_of(9), "Tenant Administrator")
"""Linus, who runs the tenant and nothing else."""
KEY = replace(
    CALLER,
    kind=CallerKind.API_USER,
    user_id=None,
    may_administer=True,
    credential_kind=CredentialKind.ACCESS_KEY,
    terms=GrantTerms((Allowance(("all",)),)),
)
"""An access key that was granted everything."""
KEY_OF_A_PERSON = replace(ADMINISTRATOR, credential_kind=CredentialKind.PERSONAL_ACCESS_TOKEN)
SOMEBODYS_PROGRAM = replace(ADMINISTRATOR, may_make_credentials=False)


def folder_administrator(*folder_keys: str) -> Caller:
    """Return Grace, who runs these folders and nothing else."""
    return _holding(caller_of(8), "Folder Administrator", *folder_keys)


def people_desk_in(directory: Path) -> Desk:
    """Return a desk with people whom it can change; close its ``database`` when done."""
    directory.mkdir(exist_ok=True)
    return with_people(desk_in(directory))


def with_people(desk: Desk) -> Desk:
    """Return the desk, with people whom it can change from now on."""
    settle_people(desk)
    organizations = OrganizationDirectory(desk.database, desk.vault)
    organizations.load()
    folders = FolderDirectory(desk.database, desk.changes)
    folders.load()
    desk.changes.start_from_now()
    families = TokenFamilies(desk.vault, desk.clock, desk.chance)
    user_directory = UserDirectory(desk.database)
    user_directory.load()
    sign_ins = SignIns(
        SignInSessions(user_directory, desk.vault, desk.clock, desk.chance),
        AuthorizationCodes(families, desk.vault, desk.clock, desk.chance),
        families,
    )
    users = Users(cheap_passwords(desk.chance), desk.clock, desk.chance)
    tokens = PersonalAccessTokens(desk.vault, desk.clock, desk.chance)
    makers = Makers(Judge(CATALOG), Places(organizations, folders, RemoteFolders(Forwarder(), desk.clock)))
    trail = AdministrationTrail(AuditWriter(desk.database, desk.clock, ChainKey(bytes(32))), organizations, desk.clock)
    desk.orchestrator = Orchestrator(
        desk.database,
        desk.clock,
        desk.chance,
        desk.vault,
        changes=desk.changes,
        files=desk.files,
        people=TenantPeople(users, Endings(sign_ins, tokens, users), makers, trail),
    )
    return desk
