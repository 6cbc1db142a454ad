"""Connections to remote Orchestrators in a store, and the service that holds their tokens."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionKind, SignIn
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

START = datetime(2030, 1, 31, 8, 0, tzinfo=UTC)
ORGANIZATION_ID = "00000000-0000-4000-8000-0000000000a1"
TENANT_ID = "00000000-0000-4000-8000-0000000000b1"
VAULT = Vault(b"k" * 32)


class Issuer:
    """Stands for a token endpoint: gives T1, T2, … and, of kind person, a refresh token that is good once."""

    def __init__(self, *, lifetime: timedelta | None = timedelta(hours=1)) -> None:
        self.lifetime = lifetime
        self.sent: list[str] = []
        self.failure: Exception | None = None
        self.before_answer: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def __call__(self, sign_in: SignIn) -> Granted:
        with self._lock:
            self.sent.append(sign_in.secret.reveal())
            count = len(self.sent)
        self.before_answer()
        if self.failure is not None:
            raise self.failure
        refresh = Secret(f"R{count}") if sign_in.kind is ConnectionKind.PERSON else None
        return Granted(Secret(f"T{count}"), refresh, self.lifetime)


class UpstreamWorld:
    """A store with an organization, a tenant and connections; each ``tokens()`` is a process of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = HeldClock(START)
        self.issuer = Issuer()
        self.connections = Connections(VAULT, self.clock, SystemChance())
        with database.write() as session:
            session.add(Organization(id=ORGANIZATION_ID, name="acme", display_name="Acme", created_at=START))
            session.flush()
            session.add(
                Tenant(id=TENANT_ID, organization_id=ORGANIZATION_ID, name="dev", display_name="Dev", created_at=START)
            )

    def connect(self, kind: ConnectionKind = ConnectionKind.PERSON, name: str = "prod") -> str:
        """Make a connection whose secret is R0 and return its id."""
        draft = ConnectionDraft(
            organization_id=ORGANIZATION_ID,
            name=name,
            kind=kind,
            base_url="https://orch.example/acme/prod/orchestrator_",
            secret=Secret("R0"),
            client_id="client",
            username="ada",
        )
        with self.database.write() as session:
            return self.connections.create(session, draft).id

    def tokens(self, *, sleep: Callable[[float], None] | None = None) -> UpstreamTokens:
        """Return the service as one process has it."""
        extra = {} if sleep is None else {"sleep": sleep}
        tokens = UpstreamTokens(
            database=self.database,
            connections=self.connections,
            vault=VAULT,
            clock=self.clock,
            chance=SystemChance(),
            source=self.issuer,
            **extra,
        )
        tokens.load()
        return tokens
