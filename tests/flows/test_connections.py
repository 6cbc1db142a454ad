"""A tenant that is mapped to a connection: a second Stagedoor, signed in to as a stranger would be."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.factories.signing_in import tokens_for

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionKind
from stagedoor.upstream.connections.service import Connections

SCOPES = ["OR.Queues", "OR.Jobs", "OR.Execution", "OR.Folders"]
PERSON_SCOPES = "openid offline_access OR.Default"
ALLOW = ("tag:Jobs", "tag:QueueDefinitions", "tag:Queues", "Releases_Get")


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    with (
        served(tmp_path_factory.mktemp("upstream") / "data") as running,
        administrator_of(running) as administrator,
    ):
        yield administrator


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    with (
        served(tmp_path_factory.mktemp("front") / "data", "--empty") as running,
        administrator_of(running) as administrator,
    ):
        yield administrator


def sign_in_of(kind: ConnectionKind, upstream: Administrator) -> tuple[str | None, str, str | None]:
    """Return client id or username, secret and scope of something that the upstream made for this kind."""
    if kind is ConnectionKind.APP:
        made = upstream.make_application("front", is_confidential=True, application_scopes=SCOPES)
        return made["id"], made["secret"], " ".join(SCOPES)
    if kind is ConnectionKind.USER_KEY:
        issued = upstream.make("/user-key", {})
        return issued["client_id"], issued["user_key"], None
    if kind is ConnectionKind.PERSON:
        house = upstream.house
        tokens = tokens_for(house.base_url, house.admin_username, house.admin_password, scope=PERSON_SCOPES)
        return STAGEDOOR_CLI, tokens["refresh_token"], None
    if kind is ConnectionKind.PASSWORD:
        legacy = json.loads((upstream.house.data_dir / "first-start.json").read_text())["legacy"]
        return legacy["username"], legacy["password"], None
    return None, upstream.make_key("front door", ALLOW), None


def map_tenant(
    front: Served, tenant_id: str, organization_id: str, upstream: Administrator, kind: ConnectionKind
) -> None:
    """Connect beside the running server, as another process of the house does."""
    name, secret, scope = sign_in_of(kind, upstream)
    vault = Vault(bytes.fromhex((front.data_dir / "master.key").read_text()))
    connections = Connections(vault, SystemClock(), SystemChance())
    draft = ConnectionDraft(
        organization_id=organization_id,
        name=f"prod-{kind}",
        kind=kind,
        base_url=upstream.house.orchestrator_url,
        secret=Secret(secret),
        client_id=name,
        username=name,
        scope=scope,
    )
    database = Database(store_url(front.data_dir))
    try:
        with database.write() as session:
            assert connections.map_tenant(session, tenant_id, connections.create(session, draft))
    finally:
        database.close()


def store_url(data_dir: Path) -> str:
    return Settings(data_dir=data_dir).store_url


@pytest.mark.parametrize(
    "kind",
    [ConnectionKind.APP, ConnectionKind.PERSON, ConnectionKind.USER_KEY, ConnectionKind.PAT, ConnectionKind.PASSWORD],
)
def test_a_key_works_against_the_remote_as_soon_as_the_tenant_is_mapped(
    kind: ConnectionKind, front: Administrator, upstream: Administrator
) -> None:
    tenant = front.management.get("/tenants").json()["items"][0]
    map_tenant(front.house, tenant["id"], tenant["organization"]["id"], upstream, kind)
    key = front.make_key(f"caller {kind}", ALLOW)
    headers = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": "Shared"}
    with httpx2.Client(base_url=front.house.orchestrator_url, headers=headers) as client:
        answer = eventually(
            lambda: client.get("/odata/QueueDefinitions", params={"$filter": "Name eq 'Invoices'"}),
            lambda seen: seen.status_code == 200 and bool(seen.json()["value"]),
        )
        assert [queue["Name"] for queue in answer.json()["value"]] == ["Invoices"]
        facts = front.management.get(f"/tenants/{tenant['id']}/destination").json()
        assert facts == {
            "destination": "remote",
            "remote_base_url": upstream.house.orchestrator_url,
            "has_token": True,
            "connection": f"prod-{kind}",
        }
    # Back to the embedded Orchestrator, which has no such queue: the next kind has to find its own way.
    back = front.management.put(f"/tenants/{tenant['id']}/destination", json={"remote_base_url": None})
    assert back.json()["destination"] == "embedded"
