"""What the management API stands on: the services of the rooms that it joins."""

from dataclasses import dataclass

from stagedoor.access.verdict import Judge
from stagedoor.audit.service import AuditWriter
from stagedoor.catalog.matcher import Catalog
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeys
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.identity.legacy_basic.service import LegacyBasic
from stagedoor.identity.legacy_basic.uses import LegacyUses
from stagedoor.identity.oauth_clients.service import ExternalApplications
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.sign_ins import SignIns
from stagedoor.identity.user_keys.service import UserKeys
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database
from stagedoor.kit.threads import WorkerThreads
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.folders.directory import RemoteFolders
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminParts:
    """Handed over by whoever puts the house together. ``base_url`` is the origin that callers use.

    ``trial_threads`` are for what waits for remote servers, so that nothing else waits behind it.
    """

    base_url: str
    database: Database
    changes: ChangeFeed
    clock: Clock
    chance: Chance
    catalog: Catalog
    judge: Judge
    audit: AuditWriter
    folders: FolderDirectory
    remote_folders: RemoteFolders
    connections: Connections
    upstream_tokens: UpstreamTokens
    trial_threads: WorkerThreads
    organizations: Organizations
    organization_directory: OrganizationDirectory
    users: Users
    user_directory: UserDirectory
    access_keys: AccessKeys
    narrowed_keys: NarrowedKeys
    applications: ExternalApplications
    personal_access_tokens: PersonalAccessTokens
    user_keys: UserKeys
    sign_ins: SignIns
    legacy: LegacyBasic
    legacy_uses: LegacyUses
