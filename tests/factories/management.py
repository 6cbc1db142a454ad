"""The management API over a world of its own: real services on a real store, callers made as identity makes them."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.factories.access_keys import Keys, keys_of
from tests.factories.acme import Acme, acme
from tests.factories.people import People, people_of

from stagedoor.access.verdict import Judge
from stagedoor.admin.app import PREFIX, build_admin
from stagedoor.admin.parts import AdminParts
from stagedoor.audit.chain import ChainKey
from stagedoor.audit.models import AuditRow
from stagedoor.audit.service import AuditWriter, list_rows
from stagedoor.catalog import CATALOG
from stagedoor.door.errors import Dialect, draw_error
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeys
from stagedoor.identity.attempts import AttemptLimits
from stagedoor.identity.authenticators.access_key import AccessKeyAuthenticator
from stagedoor.identity.authenticators.local_authority import LocalAuthorityAuthenticator
from stagedoor.identity.authorize.sessions import SignInSessions
from stagedoor.identity.grants.codes import AuthorizationCodes
from stagedoor.identity.issued_tokens.service import TokenFamilies
from stagedoor.identity.issued_tokens.terms import Credential, application_caller, person_caller
from stagedoor.identity.legacy_basic.service import LegacyBasic
from stagedoor.identity.legacy_basic.tokens import LegacyTokens
from stagedoor.identity.legacy_basic.uses import LegacyUses
from stagedoor.identity.oauth_clients.first_party import USER_KEY_SCREEN, first_party_clients
from stagedoor.identity.oauth_clients.service import ExternalApplications
from stagedoor.identity.personal_access_tokens.service import PersonalAccessTokens
from stagedoor.identity.sign_ins import SignIns
from stagedoor.identity.user_keys.service import UserKeys
from stagedoor.identity.users.models import User
from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.orchestrator.folders.service import NewFolder, create_folder
from stagedoor.passage import Caller, CredentialKind, FolderPlace, Reach
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.folders.directory import RemoteFolders
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.upstream_tokens.deferred import ask_when_needed
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

BASE_URL = "http://stagedoor.example:8120"
CLIENT_ADDRESS = "192.0.2.7"
REQUEST_ID = "0123456789abcdef0123456789abcdef"


class AsCaller:
    """Hand a caller to the application, as the door does."""

    def __init__(self, app: ASGIApp, caller: Caller | None) -> None:
        self._app = app
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known: MutableMapping[str, Any] = {
            "stagedoor.caller": self._caller,
            "stagedoor.request_id": REQUEST_ID,
            "stagedoor.client_address": CLIENT_ADDRESS,
        }
        await self._app({**scope, **known}, receive, send)


@dataclass
class Management:
    """The API, the world under it, and the callers that knock on it."""

    world: Acme
    people: People
    keys: Keys
    folders: FolderDirectory
    audit: AuditWriter
    legacy_uses: LegacyUses
    parts: AdminParts
    app: ASGIApp

    def client(self, caller: Caller | None) -> httpx2.Client:
        """Return a client whose requests come from this caller; paths begin behind ``/api/stagedoor/v1``."""
        return TestClient(AsCaller(self.app, caller), base_url=f"{BASE_URL}{PREFIX}")

    def person(
        self,
        user: User,
        *,
        kind: CredentialKind = CredentialKind.OAUTH_TOKEN,
        ceiling: tuple[str, ...] | None = None,
        may_administer: bool = True,
    ) -> Caller:
        """Return a person who signed in just now."""
        entry = self.people.directory.find_user(user.id)
        assert entry is not None
        ends = self.world.clock.now() + timedelta(hours=1)
        return person_caller(
            entry, entry.roles, Credential(kind, "token-1", ends, ceiling=ceiling, may_administer=may_administer)
        )

    def administrator(self) -> Caller:
        """Return the administrator, signed in."""
        return self.person(self.people.make("root", is_administrator=True, roles=()))

    def administrator_of(self, organization_id: str) -> Caller:
        """Return the administrator of another organization, at its own machine's console."""
        authority = LocalAuthorityAuthenticator(Secret("o" * 43), organization_id)
        caller = authority.authenticate("o" * 43, self.world.clock.now())
        assert caller is not None
        return caller

    def worker(self, *roles: tuple[str, str], name: str = "wim") -> Caller:
        """Return somebody with the role Automation User in ``dev``, or other roles."""
        return self.person(self.people.make(name, roles=roles or (("dev", "Automation User"),)))

    def access_key(self, *allow: str, **options: Any) -> Caller:
        """Return the caller that an access key makes."""
        issued = self.keys.make(allow=allow or ("all",), **options)
        caller = AccessKeyAuthenticator(self.keys.ring).authenticate(issued.key.reveal(), self.world.clock.now())
        assert caller is not None
        return caller

    def application(self, *scopes: str) -> Caller:
        """Return an external application that acts for itself."""
        ends = self.world.clock.now() + timedelta(hours=1)
        return application_caller(
            client_id="app-1",
            name="reporting",
            organization_id=self.world.organization.id,
            scopes=scopes,
            credential=Credential(CredentialKind.OAUTH_TOKEN, "token-2", ends),
        )

    def local_administrator(self) -> Caller:
        """Return whoever holds the server's own files."""
        authority = LocalAuthorityAuthenticator(Secret("s" * 43), self.world.organization.id)
        caller = authority.authenticate("s" * 43, self.world.clock.now())
        assert caller is not None
        return caller

    def folder(self, name: str, parent: FolderPlace | None = None) -> FolderPlace:
        """Make a folder in ``dev``."""
        world = self.world
        with world.database.write() as session:
            made = create_folder(
                session,
                world.dev.id,
                NewFolder(display_name=name, parent_id=parent.id if parent else None),
                reach=Reach(),
                clock=world.clock,
                chance=world.chance,
            )
            key = made.key
        world.feed.catch_up()
        place = self.folders.find_by_key(world.dev.id, key)
        assert place is not None
        return place

    def audit_rows(self) -> list[AuditRow]:
        """Return what the audit log holds by now."""
        self.audit.flush()
        with self.world.database.read() as session:
            rows = list_rows(session, None, limit=500)
            session.expunge_all()
        return rows


@contextmanager
def management(directory: Path) -> Iterator[Management]:
    """Yield the API with its store in ``directory``."""
    with acme(directory) as world:
        people, keys = people_of(world), keys_of(world)
        folders = FolderDirectory(world.database, world.feed)
        folders.load()
        legacy_uses = LegacyUses(world.database)
        legacy = LegacyBasic(
            database=world.database,
            organizations=world.directory,
            user_directory=people.directory,
            users=people.service,
            passwords=people.passwords,
            tokens=LegacyTokens(world.vault, world.chance, world.directory, people.directory),
            uses=legacy_uses,
            attempts=AttemptLimits(),
            clock=world.clock,
        )
        audit = AuditWriter(world.database, world.clock, ChainKey(bytes(32)))
        user_key_screen = next(client for client in first_party_clients(BASE_URL) if client.id == USER_KEY_SCREEN)
        families = TokenFamilies(world.vault, world.clock, world.chance)
        connections = Connections(world.vault, world.clock, world.chance)
        upstream_tokens = UpstreamTokens(
            database=world.database,
            connections=connections,
            vault=world.vault,
            clock=world.clock,
            chance=world.chance,
            source=ask_when_needed,
        )
        upstream_tokens.follow(world.feed)
        trial_threads = WorkerThreads(1)
        parts = AdminParts(
            base_url=BASE_URL,
            database=world.database,
            changes=world.feed,
            clock=world.clock,
            chance=world.chance,
            catalog=CATALOG,
            judge=Judge(CATALOG),
            audit=audit,
            folders=folders,
            remote_folders=RemoteFolders(Forwarder(), world.clock),
            connections=connections,
            upstream_tokens=upstream_tokens,
            trial_threads=trial_threads,
            organizations=world.organizations,
            organization_directory=world.directory,
            users=people.service,
            user_directory=people.directory,
            access_keys=keys.service,
            narrowed_keys=NarrowedKeys(keys.ring, world.vault),
            applications=ExternalApplications(world.vault, world.clock, world.chance),
            personal_access_tokens=PersonalAccessTokens(world.vault, world.clock, world.chance),
            sign_ins=SignIns(
                SignInSessions(people.directory, world.vault, world.clock, world.chance),
                AuthorizationCodes(families, world.vault, world.clock, world.chance),
                families,
            ),
            user_keys=UserKeys(families, user_key_screen, world.clock),
            legacy=legacy,
            legacy_uses=legacy_uses,
        )
        app = build_admin(parts, lambda error, request_id: draw_error(error, Dialect.MANAGEMENT, request_id))
        audit.start()
        try:
            yield Management(world, people, keys, folders, audit, legacy_uses, parts, app)
        finally:
            audit.stop()
            trial_threads.close()
