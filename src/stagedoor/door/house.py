"""One Stagedoor, put together: the only place that knows every room."""

from functools import partial
from socket import gethostname
from typing import TYPE_CHECKING

from sqlalchemy import text
from starlette.routing import Router
from starlette.types import ASGIApp

from stagedoor.access.limits.fair_shares import FairShares
from stagedoor.access.limits.leased_accounts import LeasedAccounts
from stagedoor.access.limits.machine_accounts import KeyAccounts, MachineAccounts
from stagedoor.access.limits.moments import nanoseconds_of
from stagedoor.access.limits.serving_machines import ServingMachines
from stagedoor.access.verdict import Judge
from stagedoor.admin.makers import Makers
from stagedoor.admin.parts import AdminParts
from stagedoor.admin.places import Places
from stagedoor.admin.sealing.service import SealingKeys
from stagedoor.admin.started import FirstStart
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.users.endings import Endings
from stagedoor.audit.chain import PURPOSE, ChainKey
from stagedoor.audit.service import AuditWriter
from stagedoor.catalog import CATALOG
from stagedoor.door.app import DoorApp
from stagedoor.door.chain.strip_forged_headers import TrustedProxies
from stagedoor.door.deferred import DeferredApp
from stagedoor.door.errors import Dialect, draw_error
from stagedoor.door.metrics import Metrics
from stagedoor.door.upkeep import Upkeep
from stagedoor.gateway.answer_cache import AnswerCache
from stagedoor.gateway.cache_rules import CacheRules
from stagedoor.gateway.dispatch import Gateway
from stagedoor.gateway.embedded import EmbeddedDestination
from stagedoor.gateway.keyed_writes.service import KeyedWrites
from stagedoor.gateway.unsettled import UnsettledOrders
from stagedoor.identity.account_discovery.routes import account_discovery_routes
from stagedoor.identity.account_discovery.service import AccountDiscovery
from stagedoor.identity.api_users.key_ring import KeyRing
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeys
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.identity.attempts import AttemptLimits
from stagedoor.identity.authenticators.access_key import AccessKeyAuthenticator
from stagedoor.identity.authenticators.chain import Authenticator, Authenticators
from stagedoor.identity.authenticators.id_token import IdTokenAuthenticator
from stagedoor.identity.authenticators.legacy_token import LegacyTokenAuthenticator
from stagedoor.identity.authenticators.local_authority import LocalAuthorityAuthenticator
from stagedoor.identity.authenticators.machine_secret import MachineSecretAuthenticator
from stagedoor.identity.authenticators.narrowed_key import NarrowedKeyAuthenticator
from stagedoor.identity.authenticators.oauth_token import OAuthTokenAuthenticator
from stagedoor.identity.authenticators.personal_access_token import PersonalAccessTokenAuthenticator
from stagedoor.identity.legacy_basic.routes import legacy_basic_routes
from stagedoor.identity.legacy_basic.service import LegacyBasic
from stagedoor.identity.legacy_basic.tokens import LegacyTokens
from stagedoor.identity.legacy_basic.uses import LegacyUses
from stagedoor.identity.oauth_server import OAuthServer
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.passwords import WAITING_MAX, Passwords
from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.personal_access_tokens.token_ring import PersonalAccessTokenRing
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.kit.clock_mark import ClockMark
from stagedoor.kit.db import Database
from stagedoor.kit.deferred import Deferred
from stagedoor.kit.file_place import open_files
from stagedoor.kit.files import Files
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.kit.steady_clock import SteadyClock
from stagedoor.kit.threads import WorkerThreads
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.orchestrator.machines.directory import MachineDirectory
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.credential_renewal import CredentialRenewal
from stagedoor.upstream.folders.directory import RemoteFolders
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.upstream_tokens.awaited import AwaitedTokens
from stagedoor.upstream.upstream_tokens.deferred import ask_when_needed
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

if TYPE_CHECKING:
    from stagedoor.orchestrator.app import Orchestrator

UPSTREAM_SIGN_INS_AT_ONCE = 4
TRIALS_AT_ONCE = 2


class House:
    """Every room of one server, wired.

    ``app`` is the ASGI application. The steps of the chain read the attributes that they need; nothing else does.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        sealing_keys: SealingKeys,
        clock: Clock,
        chance: Chance,
        passwords: Passwords,
        first_start: FirstStart,
        local_authority: Secret | None,
    ) -> None:
        vault = sealing_keys.vault
        self.settings = settings
        self.database = database
        self.sealing_keys = sealing_keys
        self.clock = clock
        self.clock_mark = ClockMark(database, clock, gethostname()) if isinstance(clock, SteadyClock) else None
        self.chance = chance
        self.first_start = first_start
        self.trusted_proxies = TrustedProxies.from_settings(settings.trusted_proxies)
        self.threads = WorkerThreads()
        # Checking passwords takes long and anybody can ask for it. Nobody else waits behind that, and one thread more
        # than can hash or wait at once says no to whoever comes on top.
        self.sign_in_threads = WorkerThreads(settings.limits.password_hashes_at_once + WAITING_MAX + 1)
        # Signing in to remote Orchestrators waits for servers that are not ours; nobody else waits behind that.
        self.upstream_threads = WorkerThreads(UPSTREAM_SIGN_INS_AT_ONCE)
        # Trying a connection out asks several questions one after another; renewals do not wait behind that.
        self.trial_threads = WorkerThreads(TRIALS_AT_ONCE)
        self.metrics = Metrics()
        self.changes = ChangeFeed(database)
        self.audit = AuditWriter(database, clock, ChainKey(vault.derive_hash_key(PURPOSE)))
        self.judge = Judge(CATALOG)
        shared = settings.data_dir / "limits"
        self.key_accounts: KeyAccounts = (
            MachineAccounts(shared, expects_nobody=settings.workers == 1)
            if database.is_sqlite
            else LeasedAccounts(database, self.threads, random_guid(chance), self.nanoseconds)
        )
        self.machines = ServingMachines(database, shared, chance)
        self.fair_shares = FairShares(shared, self.nanoseconds)

        self.directory = OrganizationDirectory(database, vault)
        self.users = UserDirectory(database)
        self.key_ring = KeyRing(database, vault)
        narrowed_keys = NarrowedKeys(self.key_ring, vault)
        self.token_ring = PersonalAccessTokenRing(database, vault, self.users, clock)
        self.folders = FolderDirectory(database, self.changes)
        self.robot_machines = MachineDirectory(database, self.changes, vault)
        self.legacy_uses = LegacyUses(database)
        self.connections = Connections(vault, clock, chance)
        self.upstream_tokens = UpstreamTokens(
            database=database,
            connections=self.connections,
            vault=vault,
            clock=clock,
            chance=chance,
            source=ask_when_needed,
        )
        users = Users(passwords, clock, chance)
        self.oauth = OAuthServer(
            database=database,
            feed=self.changes,
            vault=vault,
            clock=clock,
            chance=chance,
            threads=self.threads,
            sign_in_threads=self.sign_in_threads,
            base_url=settings.base_url,
            users=users,
            user_directory=self.users,
            organizations=self.directory,
            workers=settings.workers,
        )
        legacy_tokens = LegacyTokens(vault, chance, self.directory, self.users)
        legacy_basic = LegacyBasic(
            database=database,
            organizations=self.directory,
            user_directory=self.users,
            users=users,
            passwords=passwords,
            tokens=legacy_tokens,
            uses=self.legacy_uses,
            attempts=AttemptLimits(workers=settings.workers),
            clock=clock,
        )
        authenticators: list[Authenticator] = [
            AccessKeyAuthenticator(self.key_ring),
            NarrowedKeyAuthenticator(narrowed_keys),
            PersonalAccessTokenAuthenticator(self.token_ring),
            MachineSecretAuthenticator(self.robot_machines, self.directory),
            LegacyTokenAuthenticator(legacy_tokens),
            OAuthTokenAuthenticator(self.oauth.verifier),
        ]
        if local_authority is not None:
            authenticators.append(LocalAuthorityAuthenticator(local_authority, self._own_organization_id()))
        self.authenticators = Authenticators(authenticators, clock)
        discovery_authenticators = Authenticators([IdTokenAuthenticator(self.oauth.verifier), *authenticators], clock)

        self.sign_ins = AwaitedTokens(self.upstream_tokens, self.upstream_threads)
        renewal = CredentialRenewal(self.upstream_tokens, self.upstream_threads)
        forwarder = Forwarder(UpstreamWire(PoolLimits.within(settings.upstream_timeouts), renewal=renewal))
        cache_rules = CacheRules.read(settings.cache, CATALOG)
        self.remote_folders = RemoteFolders(forwarder, clock)
        personal_access_tokens = PersonalAccessTokens(vault, clock, chance)
        endings = Endings(self.oauth.sign_ins, personal_access_tokens, users)
        places = Places(self.directory, self.folders, self.remote_folders)
        trail = AdministrationTrail(self.audit, self.directory, clock)
        self.embedded = Deferred(
            # The files are opened now, so that a place that cannot be used is said at the start.
            partial(self._build_orchestrator, open_files(settings), users, endings, Makers(self.judge, places), trail)
        )
        self.unsettled_orders = UnsettledOrders(vault, database, self.threads, chance)
        self.keyed_writes = KeyedWrites(database, vault, clock, chance)
        self.gateway = Gateway(
            EmbeddedDestination(self.embedded, self.threads, settings.limits),
            forwarder,
            self.unsettled_orders,
            self.keyed_writes,
            threads=self.threads,
            clock=clock,
            json_body_bytes_max=settings.limits.json_body_bytes_max,
            cache=AnswerCache(cache_rules) if cache_rules else None,
        )
        # A bare router: what its rooms raise passes through to the door, which draws every error.
        self.identity = Router(
            [
                *self.oauth.routes(),
                *legacy_basic_routes(legacy_basic, self.sign_in_threads),
                *account_discovery_routes(
                    AccountDiscovery(self.directory, base_url=settings.base_url), discovery_authenticators
                ),
            ],
            redirect_slashes=False,
        )
        admin_parts = AdminParts(
            base_url=settings.base_url,
            database=database,
            changes=self.changes,
            clock=clock,
            chance=chance,
            catalog=CATALOG,
            judge=self.judge,
            audit=self.audit,
            folders=self.folders,
            remote_folders=self.remote_folders,
            connections=self.connections,
            upstream_tokens=self.upstream_tokens,
            trial_threads=self.trial_threads,
            organizations=Organizations(vault, clock, chance),
            organization_directory=self.directory,
            users=users,
            user_directory=self.users,
            access_keys=AccessKeys(vault, clock, chance),
            narrowed_keys=narrowed_keys,
            applications=self.oauth.applications,
            personal_access_tokens=personal_access_tokens,
            user_keys=self.oauth.user_keys,
            sign_ins=self.oauth.sign_ins,
            legacy=legacy_basic,
            legacy_uses=self.legacy_uses,
        )
        self.management = DeferredApp(lambda: _build_admin(admin_parts))
        self.upkeep = Upkeep(self)
        self.app = DoorApp(self)
        self.console = DeferredApp(lambda: _build_console(self))

    def nanoseconds(self) -> int:
        """Return the time as limits reckon it."""
        return nanoseconds_of(self.clock.now())

    @property
    def orchestrator(self) -> "Orchestrator":
        """The embedded Orchestrator. Whoever asks first waits until it is built: for worker threads."""
        return self.embedded.get()

    def _build_orchestrator(
        self, files: Files, users: Users, endings: Endings, makers: Makers, trail: AdministrationTrail
    ) -> "Orchestrator":
        from stagedoor.admin.users.through_orchestrator import TenantPeople
        from stagedoor.orchestrator.app import Orchestrator
        from stagedoor.orchestrator.outreach import Outreach

        return Orchestrator(
            self.database,
            self.clock,
            self.chance,
            self.sealing_keys.vault,
            changes=self.changes,
            files=files,
            outreach=Outreach(reaches_private=self.settings.webhooks_reach_private),
            people=TenantPeople(users, endings, makers, trail),
        )

    def _own_organization_id(self) -> str:
        self.directory.load()
        organization = self.directory.find_organization(self.first_start.organization)
        if organization is None:
            raise RuntimeError("the first start left no organization behind")
        return organization.id

    def load(self) -> None:
        """Read into memory what the hot path needs, and follow its changes from here on."""
        for follower in (
            # First, so that the others can open what a new key has sealed.
            self.sealing_keys,
            self.directory,
            self.users,
            self.key_ring,
            self.token_ring,
            self.oauth,
            self.upstream_tokens,
            self.unsettled_orders,
        ):
            follower.follow(self.changes)
        if self.clock_mark is not None:
            self.clock_mark.follow(self.changes)
        self.changes.start_from_now()
        if self.clock_mark is not None:
            self.clock_mark.load()
        for copy in (
            self.sealing_keys,
            self.directory,
            self.users,
            self.key_ring,
            self.token_ring,
            self.folders,
            self.robot_machines,
            self.oauth,
            self.upstream_tokens,
        ):
            copy.load()
        self.audit.start()

    def verify_store(self) -> None:
        """Return if the store answers; raises :class:`~stagedoor.kit.errors.StoreUnavailable`."""
        with self.database.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Write what is still in memory and give everything back."""
        try:
            # First, since a successor may wait for it already.
            self.key_accounts.close()
            self.upkeep.write_notes()
            self.audit.stop()
        finally:
            self.fair_shares.close()
            self.threads.close()
            self.sign_in_threads.close()
            self.upstream_threads.close()
            self.trial_threads.close()
            self.database.close()


def _build_admin(parts: AdminParts) -> ASGIApp:
    from stagedoor.admin.app import build_admin

    return build_admin(parts, lambda error, request_id: draw_error(error, Dialect.MANAGEMENT, request_id))


def _build_console(house: House) -> ASGIApp:
    from stagedoor.console.app import build_console

    return build_console(
        app=house.app,
        base_url=house.settings.base_url,
        vault=house.sealing_keys.vault,
        clock=house.clock,
        chance=house.chance,
    )
