"""Our door, the fault proxy, and a whole second Stagedoor behind it, which only the proxy tells from the vendor's.

Everything here is done twice: with our side's store in SQLite and in PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.certificates import Authority
from tests.factories.fault_proxy import FaultProxy, fault_proxy
from tests.factories.patience import eventually
from tests.factories.served import Served, served

from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.organizations.store import find_organization
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionKind
from stagedoor.upstream.connections.service import Connections

SCOPES = "OR.Queues OR.Jobs OR.Execution OR.Folders OR.Assets"
ALLOW = ("tag:Jobs", "tag:QueueDefinitions", "tag:Queues", "tag:QueueItems", "tag:Assets", "Releases_Get")
PATIENCE = {"STAGEDOOR_UPSTREAM_TIMEOUTS": "read=2s,write=2s"}
_numbers = count(1)


@dataclass(frozen=True)
class Front:
    """Our door. Its tenants lie behind the proxy."""

    administrator: Administrator
    database_url: str
    authority_pem: str

    @property
    def house(self) -> Served:
        return self.administrator.house

    @contextmanager
    def store(self) -> Iterator[Database]:
        """Open the store beside the running server, as another process of the house does."""
        database = Database(self.database_url or Settings(data_dir=self.house.data_dir).store_url)
        try:
            yield database
        finally:
            database.close()

    def connect(self, kind: ConnectionKind, base_url: str, secret: str, **terms: str | None) -> "Tenant":
        """Make a tenant whose Orchestrator is there, and a key for it."""
        name = f"t{next(_numbers)}"
        parts = (Vault(bytes.fromhex((self.house.data_dir / "master.key").read_text())), SystemClock(), SystemChance())
        connections = Connections(*parts)
        with self.store() as database, database.write() as session:
            organization = find_organization(session, self.house.organization)
            assert organization is not None
            tenant_id = Organizations(*parts).create_tenant(session, organization, name).id
            draft = ConnectionDraft(
                organization_id=organization.id,
                name=name,
                kind=kind,
                base_url=base_url,
                secret=Secret(secret),
                ca_pem=self.authority_pem,
                **terms,
            )
            connection = connections.create(session, draft)
            assert connections.map_tenant(session, tenant_id, connection)
        destination = f"/tenants/{tenant_id}/destination"
        eventually(
            lambda: self.administrator.management.get(destination),
            lambda answer: answer.status_code == 200 and answer.json()["destination"] == "remote",
        )
        order = {"name": name, "tenant": f"{self.house.organization}/{name}", "allow": list(ALLOW)}
        key = str(self.administrator.make("/keys", order)["key"])
        return Tenant(f"{self.house.base_url}/{self.house.organization}/{name}", key, connection.id)


@dataclass(frozen=True)
class Tenant:
    """A tenant of ours that lies behind the proxy, and a key that may do what the tests do."""

    url: str
    key: str
    connection_id: str

    @contextmanager
    def client(self, **headers: str) -> Iterator[httpx2.Client]:
        """Call it as any script does."""
        said = {"Authorization": f"Bearer {self.key}", "X-UIPATH-FolderPath": "Shared"} | headers
        with httpx2.Client(base_url=f"{self.url}/orchestrator_", headers=said, timeout=30) as client:
            yield client


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Vouches for the proxy; our side trusts it for these connections alone."""
    return Authority()


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    """The remote side: an Orchestrator and its identity."""
    with (
        served(tmp_path_factory.mktemp("upstream") / "data") as running,
        administrator_of(running) as administrator,
    ):
        yield administrator


@pytest.fixture(scope="session")
def running_proxy(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, upstream: Administrator
) -> Iterator[FaultProxy]:
    """The way to the remote side, over TLS."""
    tls = authority.server(tmp_path_factory.mktemp("proxy"), "localhost")
    with fault_proxy(upstream.house.base_url, tls=tls) as proxy:
        yield proxy


@pytest.fixture
def proxy(running_proxy: FaultProxy) -> Iterator[FaultProxy]:
    """The same, without a fault until the test asks for one."""
    running_proxy.mend()
    yield running_proxy
    running_proxy.mend()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Where our side keeps its store; empty for SQLite in the data directory."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql").make_database())


@contextmanager
def opened_front(data_dir: Path, store_url: str, authority: Authority) -> Iterator[Front]:
    """Start our door on a store."""
    environment = PATIENCE | ({"STAGEDOOR_DATABASE_URL": store_url} if store_url else {})
    with (
        served(data_dir, "--empty", environment=environment) as running,
        administrator_of(running) as administrator,
    ):
        yield Front(administrator, store_url, authority.pem)


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory, store_url: str, authority: Authority) -> Iterator[Front]:
    """Our door."""
    with opened_front(tmp_path_factory.mktemp("front") / "data", store_url, authority) as running:
        yield running


@pytest.fixture(scope="session")
def application(upstream: Administrator) -> dict[str, str]:
    """The external application that our door is at the remote side."""
    made = upstream.make_application("front", is_confidential=True, application_scopes=SCOPES.split())
    return {"client_id": made["id"], "secret": made["secret"], "scope": SCOPES}


@pytest.fixture(scope="session")
def tenant(front: Front, running_proxy: FaultProxy, upstream: Administrator, application: dict[str, str]) -> Tenant:
    """A tenant that works: connected as an application, its first token in hand."""
    running_proxy.mend()
    made = front.connect(ConnectionKind.APP, orchestrator_behind(running_proxy, upstream), **application)
    with made.client() as client:
        assert eventually(lambda: client.get("/odata/Releases").status_code, lambda status: status == 200)
    return made


def orchestrator_behind(proxy: FaultProxy, upstream: Administrator) -> str:
    """Return the remote Orchestrator's address as our side knows it."""
    return upstream.house.orchestrator_url.replace(upstream.house.base_url, proxy.url)
