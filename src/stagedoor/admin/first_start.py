"""What a new store starts with, so that a newcomer can sign in and call at once.

Whatever secrets are drawn here are kept in ``first-start.json`` in the data directory, readable by its owner alone, so
that they can be shown again at each start. It holds what opens the house, like the master key beside it.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.access.explain import grant_in_words
from stagedoor.access.grants import Grants
from stagedoor.admin.started import ADMINISTRATOR, FirstStart
from stagedoor.catalog import CATALOG
from stagedoor.identity.api_users.errors import AccessKeyNotFound
from stagedoor.identity.api_users.schemas import AccessKeyOrder, AccessKeyState
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.organizations.store import all_organizations
from stagedoor.identity.passwords import Passwords
from stagedoor.identity.users.schemas import UserOrder
from stagedoor.identity.users.service import Users
from stagedoor.identity.users.store import find_user_by_username
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.folders.store import EVERYWHERE, find_folder_by_path, list_folders
from stagedoor.passage import Allowance, GrantTerms

FILE = "first-start.json"
ORGANIZATION = "acme"
TENANT = "dev"
LEGACY_USER = "legacy.script"
SAMPLE_KEY = "sample"
DRAWN_PASSWORD_LENGTH = 20
MIGRATED_AT = datetime(2019, 6, 1, tzinfo=UTC)
EXISTED_SINCE = datetime(2018, 5, 1, tzinfo=UTC)
LEGACY_WINDOW = timedelta(days=90)
SAMPLE_KEY_LIFETIME = timedelta(days=365)
SAMPLE_ALLOW = (
    "Assets_Get",
    "Assets_GetById",
    "Assets_GetFiltered",
    "FoldersNavigation_GetFoldersForCurrentUser",
    "Jobs_Get",
    "Jobs_GetById",
    "Jobs_GetByKeyByIdentifier",
    "Jobs_StartJobs",
    "QueueDefinitions_Get",
    "Queues_AddQueueItem",
    "Releases_Get",
    "Releases_ListReleases",
)
"""What the sample key may do, in the folder ``Shared``; it deletes nothing and administers nothing."""


def first_start(
    database: Database,
    *,
    data_dir: Path,
    clock: Clock,
    chance: Chance,
    vault: Vault,
    passwords: Passwords | None = None,
    empty: bool = False,
) -> FirstStart:
    """Fill a store that has no organization yet; leave any other as it is. Return what there is to tell.

    A full first start makes the organization ``acme``, migrated long ago, with its legacy window open for 90 days;
    the tenant ``dev`` with a small working Orchestrator; the administrator ``admin``; a migrated user
    ``legacy.script`` with an API password; and a sample access key. ``empty`` leaves out all but the organization,
    the tenant and the administrator, and keeps the window closed.
    """
    file = data_dir / FILE
    directory = OrganizationDirectory(database, vault)
    directory.load()
    if not directory.all_organizations():
        with database.write() as session:
            # Another process may have been faster, and what is written is seen by all.
            if not all_organizations(session):
                seeding = _Seeding(clock, chance, vault, passwords or Passwords(chance))
                kept = seeding.seed(session, empty=empty)
                # Before the commit: what is committed can be told again, and what is not will be made anew.
                _write_file(file, kept)
        directory.load()
    telling = _Telling(clock, chance, vault, directory)
    with database.read() as session:
        return telling.tell(session, _read_file(file))


class _Seeding:
    """Make the first rows."""

    def __init__(self, clock: Clock, chance: Chance, vault: Vault, passwords: Passwords) -> None:
        self._clock = clock
        self._chance = chance
        self._vault = vault
        self._organizations = Organizations(vault, clock, chance)
        self._users = Users(passwords, clock, chance)
        self._access_keys = AccessKeys(vault, clock, chance)

    def seed(self, session: Session, *, empty: bool) -> dict[str, Any]:
        """Make everything and return what the file keeps."""
        # Read by a store's first start alone: it knows every room of the Orchestrator that has something to show.
        from stagedoor.orchestrator.seed import FOLDER, seed_tenant

        organization = self._organizations.create_organization(
            session, ORGANIZATION, display_name="Acme", migrated_at=MIGRATED_AT
        )
        tenant = self._organizations.create_tenant(session, organization, TENANT)
        kept: dict[str, Any] = {
            "organization": organization.name,
            "tenant": tenant.name,
            "admin": self._seed_administrator(session, organization),
        }
        if not empty:
            seed_tenant(session, tenant.id, clock=self._clock, chance=self._chance, vault=self._vault)
            kept["folder"] = FOLDER
            kept["sample_key"] = self._seed_sample_key(session, tenant)
            kept["legacy"] = self._seed_legacy_user(session, organization, tenant)
        return kept

    def _seed_administrator(self, session: Session, organization: Organization) -> dict[str, str]:
        password = self._draw_password()
        user = self._users.create_user(
            session,
            UserOrder(
                organization_id=organization.id,
                username=ADMINISTRATOR,
                email=f"{ADMINISTRATOR}@{ORGANIZATION}.example",
                password=password,
                is_administrator=True,
            ),
        )
        return {"username": user.username, "password": password.reveal(), "mark": _mark(user.password_hash)}

    def _seed_legacy_user(self, session: Session, organization: Organization, tenant: Tenant) -> dict[str, str]:
        until = self._clock.now() + LEGACY_WINDOW
        self._organizations.set_legacy_window(session, organization, is_open=True, until=until)
        password = self._draw_password()
        user = self._users.create_user(
            session,
            UserOrder(
                organization_id=organization.id,
                username=LEGACY_USER,
                email=f"{LEGACY_USER}@{ORGANIZATION}.example",
                existed_since=EXISTED_SINCE,
            ),
        )
        self._users.set_api_password(session, organization, user, password)
        # In one folder, as in the days before folders: a script of that time sends no folder header and goes on.
        self._users.assign_role(
            session, user, tenant_id=tenant.id, role="Automation User", folder_key=_seeded_folder_key(session, tenant)
        )
        return {"username": user.username, "password": password.reveal(), "mark": _mark(user.api_password_hash)}

    def _seed_sample_key(self, session: Session, tenant: Tenant) -> dict[str, str]:
        issued = self._access_keys.create_key(
            session,
            AccessKeyOrder(
                organization_id=tenant.organization_id,
                tenant_id=tenant.id,
                name=SAMPLE_KEY,
                allow=SAMPLE_ALLOW,
                created_by="first start",
                folder_keys=(_seeded_folder_key(session, tenant),),
                expires_at=self._clock.now() + SAMPLE_KEY_LIFETIME,
            ),
        )
        return {"id": issued.facts.id, "key": issued.key.reveal()}

    def _draw_password(self) -> Secret:
        return Secret(random_base62(self._chance, DRAWN_PASSWORD_LENGTH))


class _Telling:
    """Say what the first start left behind, as far as it still holds."""

    def __init__(self, clock: Clock, chance: Chance, vault: Vault, directory: OrganizationDirectory) -> None:
        self._clock = clock
        self._directory = directory
        self._access_keys = AccessKeys(vault, clock, chance)

    def tell(self, session: Session, kept: dict[str, Any]) -> FirstStart:
        """Return what is in the file and still in the store."""
        organizations = self._directory.all_organizations()
        organization = self._directory.find_organization(kept.get("organization", "")) or organizations[0]
        tenant = self._directory.find_tenant(organization.id, kept.get("tenant", ""))
        tenants = [tenant] if tenant else list(organization.tenants)
        administrator, legacy = kept.get("admin", {}), kept.get("legacy", {})
        admin = find_user_by_username(session, organization.id, administrator.get("username", ""))
        legacy_user = find_user_by_username(session, organization.id, legacy.get("username", ""))
        sample_key, words = self._sample_key(session, organization.id, kept.get("sample_key", {}))
        return FirstStart(
            organization=organization.name,
            tenant=tenants[0].place.tenant_name if tenants else "",
            folder=kept.get("folder"),
            admin_username=administrator.get("username", ADMINISTRATOR),
            admin_password=_password_if_unchanged(administrator, admin.password_hash if admin else None),
            sample_key=sample_key,
            sample_key_words=words,
            legacy_username=legacy.get("username"),
            legacy_password=_password_if_unchanged(legacy, legacy_user.api_password_hash if legacy_user else None),
            legacy_window_until=organization.legacy_window.until if legacy else None,
        )

    def _sample_key(
        self, session: Session, organization_id: str, kept: dict[str, str]
    ) -> tuple[Secret | None, tuple[str, ...]]:
        if not kept:
            return None, ()
        try:
            facts = self._access_keys.get_key(session, organization_id, kept["id"])
        except AccessKeyNotFound:
            return None, ()
        # A rotated key has another secret by now, which nobody but its holder knows.
        if facts.state_at(self._clock.now()) is not AccessKeyState.ACTIVE or facts.previous_secret_valid_until:
            return None, ()
        terms = GrantTerms((Allowance(facts.allow, facts.folder_keys),), not_after=facts.expires_at)
        paths = {
            folder.key: folder.fully_qualified_name for folder in list_folders(session, facts.tenant_id, EVERYWHERE)
        }
        return Secret(kept["key"]), tuple(grant_in_words(terms, Grants(CATALOG), folder_paths=paths))


def _seeded_folder_key(session: Session, tenant: Tenant) -> str:
    from stagedoor.orchestrator.seed import FOLDER

    folder = find_folder_by_path(session, tenant.id, FOLDER)
    if folder is None:
        raise RuntimeError("the tenant was not seeded")
    return folder.key


def _password_if_unchanged(kept: dict[str, str], password_hash: str | None) -> Secret | None:
    return Secret(kept["password"]) if kept and _mark(password_hash) == kept["mark"] else None


def _mark(password_hash: str | None) -> str:
    # Tells whether the password was changed since, without hashing one at every start.
    return hashlib.sha256((password_hash or "").encode()).hexdigest()[:16]


def _write_file(path: Path, kept: dict[str, Any]) -> None:
    write_private(path, orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


def _read_file(path: Path) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        # Removed or damaged by hand: the house opens all the same, but the secrets of its first start are lost.
        return {}
    return kept
