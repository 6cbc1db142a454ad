"""Puts the OAuth and OpenID rooms together; the door hands in what they stand on and mounts their routes."""

from starlette.routing import BaseRoute

from stagedoor.identity.account_2019.routes import routes as account_2019_routes
from stagedoor.identity.attempts import AttemptLimits
from stagedoor.identity.authorize.routes import AuthorizePages
from stagedoor.identity.authorize.routes import routes as authorize_routes
from stagedoor.identity.authorize.service import AuthorizeFlow
from stagedoor.identity.authorize.sessions import Cookies, SignInSessions
from stagedoor.identity.authorize.sign_in import SignIn
from stagedoor.identity.discovery.routes import routes as discovery_routes
from stagedoor.identity.end_session.routes import routes as end_session_routes
from stagedoor.identity.end_session.service import EndSession
from stagedoor.identity.grants.authlib_core import GrantServer
from stagedoor.identity.grants.codes import AuthorizationCodes
from stagedoor.identity.grants.routes import routes as token_routes
from stagedoor.identity.grants.service import TokenEndpoint
from stagedoor.identity.introspection.routes import routes as introspection_routes
from stagedoor.identity.introspection.service import Introspection
from stagedoor.identity.issued_tokens.issuer import Issuers, TokenIssuer
from stagedoor.identity.issued_tokens.revocations import Revocations
from stagedoor.identity.issued_tokens.service import TokenFamilies
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.oauth_clients.first_party import USER_KEY_SCREEN, first_party_clients
from stagedoor.identity.oauth_clients.registry import ClientRegistry
from stagedoor.identity.oauth_clients.schemas import Dialect
from stagedoor.identity.oauth_clients.service import ExternalApplications
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.revocation.routes import routes as revocation_routes
from stagedoor.identity.revocation.service import Revocation
from stagedoor.identity.sign_ins import SignIns
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.identity.user_keys.service import UserKeys
from stagedoor.identity.userinfo.routes import routes as userinfo_routes
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.service import Users
from stagedoor.identity.wire.pages import Pages
from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.threads import WorkerThreads


class OAuthServer:
    """The OAuth and OpenID side of identity.

    Build it, let it ``follow`` the feed, let the feed ``start_from_now``, then ``load``; the same order as for the two
    directories, which are loaded by whoever hands them in. ``verifier`` judges access tokens for the authenticators,
    ``applications``, ``user_keys`` and ``sign_ins`` serve the management API.
    """

    def __init__(
        self,
        *,
        database: Database,
        feed: ChangeFeed,
        vault: Vault,
        clock: Clock,
        chance: Chance,
        threads: WorkerThreads,
        sign_in_threads: WorkerThreads,
        base_url: str,
        users: Users,
        user_directory: UserDirectory,
        organizations: OrganizationDirectory,
        workers: int = 1,
    ) -> None:
        self._database = database
        self._base_url = base_url
        self._threads = threads
        issuers = Issuers.of(base_url)
        first_party = first_party_clients(base_url)
        self.signing_keys = SigningKeys(database, vault, clock, chance)
        self.clients = ClientRegistry(database, first_party)
        self.applications = ExternalApplications(vault, clock, chance)
        self.revocations = Revocations(database, clock)
        self.families = TokenFamilies(vault, clock, chance)
        self.verifier = TokenVerifier(issuers, self.signing_keys, self.clients, user_directory, self.revocations, clock)
        self.user_keys = UserKeys(
            self.families, next(client for client in first_party if client.id == USER_KEY_SCREEN), clock
        )
        self.sessions = SignInSessions(user_directory, vault, clock, chance)
        self.issuers = issuers
        self._codes = AuthorizationCodes(self.families, vault, clock, chance)
        self.sign_ins = SignIns(self.sessions, self._codes, self.families)
        issuer = TokenIssuer(issuers, self.signing_keys, clock, chance)
        servers = {
            dialect: GrantServer(
                dialect,
                clients=self.clients,
                users=user_directory,
                issuer=issuer,
                families=self.families,
                codes=self._codes,
                vault=vault,
                clock=clock,
            )
            for dialect in Dialect
        }
        self._endpoints = {
            dialect: TokenEndpoint(server, database, feed, self.signing_keys) for dialect, server in servers.items()
        }
        self._revocation = Revocation(servers, self.verifier, self.families, self.signing_keys, database, feed)
        self._introspection = Introspection(
            servers[Dialect.TODAY], self.verifier, self.families, user_directory, self.signing_keys, database, clock
        )
        self._end_session = EndSession(self.verifier, self.clients, self.sessions, self.signing_keys, database)
        self._cookies = Cookies(base_url)
        self._pages = Pages()
        self._authorize_pages = AuthorizePages(
            AuthorizeFlow(servers, organizations, self.sessions, database, clock),
            SignIn(
                users,
                user_directory,
                organizations,
                self.sessions,
                AttemptLimits(workers=workers),
                database,
                vault,
                clock,
            ),
            self.sessions,
            organizations,
            self._cookies,
            self._pages,
            database,
            threads,
            sign_in_threads,
            chance,
        )

    def follow(self, feed: ChangeFeed) -> None:
        """Keep everything that is held in memory fresh from now on."""
        self.signing_keys.follow(feed)
        self.verifier.follow(feed)
        self.clients.follow(feed)
        self.revocations.follow(feed)

    def load(self) -> None:
        """Read what has to be known before the first token is verified."""
        self.signing_keys.load()
        self.revocations.load()

    def clean_up(self) -> None:
        """Remove what is of no use any more, from store and memory; call it every few minutes."""
        with self._database.write() as session:
            self._codes.clean_up(session)
            self.families.clean_up(session)
            self.sessions.clean_up(session)
        self.revocations.forget_outlived()

    def routes(self) -> list[BaseRoute]:
        """Return every route of these rooms, on canonical paths."""
        threads = self._threads
        return [
            *authorize_routes(self._authorize_pages),
            *token_routes(self._endpoints[Dialect.TODAY], threads),
            *account_2019_routes(self._endpoints[Dialect.ACCOUNT_2019], self._pages, self._base_url, threads),
            *revocation_routes(self._revocation, threads),
            *introspection_routes(self._introspection, threads),
            *userinfo_routes(self.verifier, threads),
            *discovery_routes(self.issuers, self.signing_keys, threads),
            *end_session_routes(self._end_session, self._authorize_pages, self._cookies, threads),
            *self._pages.routes(),
        ]
