"""A tenant whose Orchestrator is elsewhere: a second Stagedoor, reached over HTTP as a stranger would be."""

from collections.abc import Iterator

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.served import Served, served

ALLOW = ("tag:Jobs", "tag:QueueDefinitions", "tag:Queues", "scope:OR.Queues.Read", "Releases_Get", "Buckets_Get")


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("upstream") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, upstream: Served) -> Iterator[Administrator]:
    """A front door whose tenant lies on the other server, where its credential may do a little."""
    with administrator_of(upstream) as there:
        upstream_key = there.make_key("front door", ALLOW)
    with (
        served(tmp_path_factory.mktemp("front") / "data", "--empty") as running,
        administrator_of(running) as administrator,
    ):
        tenant_id = administrator.management.get("/tenants").json()["items"][0]["id"]
        answer = administrator.management.put(
            f"/tenants/{tenant_id}/destination",
            json={"remote_base_url": upstream.orchestrator_url, "token": upstream_key},
        )
        assert answer.status_code == 200, answer.text
        yield administrator


@pytest.fixture(scope="module")
def caller(front: Administrator) -> Iterator[httpx2.Client]:
    key = front.make_key("caller", ALLOW)
    headers = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": "Shared"}
    with httpx2.Client(base_url=front.house.orchestrator_url, headers=headers) as client:
        yield client


def test_a_read_is_answered_by_the_remote(caller: httpx2.Client) -> None:
    answer = caller.get("/odata/QueueDefinitions", params={"$filter": "Name eq 'Invoices'"})
    assert answer.status_code == 200
    assert [queue["Name"] for queue in answer.json()["value"]] == ["Invoices"]


def test_a_job_starts_on_the_remote(caller: httpx2.Client) -> None:
    answer = caller.post(
        "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs",
        json={"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}},
    )
    assert answer.status_code == 201, answer.text
    started = answer.json()["value"][0]
    assert caller.get(f"/odata/Jobs({started['Id']})").json()["Key"] == started["Key"]


def test_the_verdict_falls_before_anything_goes_upstream(front: Administrator, caller: httpx2.Client) -> None:
    answer = caller.get("/odata/Users")
    assert answer.status_code == 403
    rows = front.management.get("/audit", params={"limit": 20}).json()["items"]
    refused = [row for row in rows if row["operation"] == "Users_Get"]
    assert refused
    assert all(row["verdict"] == "denied" and row["destination"] is None for row in refused)


def test_what_the_remote_refuses_comes_back_as_it_said_it(caller: httpx2.Client) -> None:
    answer = caller.get("/odata/Buckets")
    assert answer.status_code == 501
    assert "Buckets_Get" in answer.json()["message"]


def test_a_key_limited_to_a_folder_is_refused_while_folders_are_not_known_there(front: Administrator) -> None:
    answer = front.management.post(
        "/keys",
        json={
            "name": "narrow",
            "tenant": f"{front.house.organization}/{front.house.tenant}",
            "allow": ["Jobs_Get"],
            "folders": ["Shared"],
        },
    )
    # The folder cannot even be named: the front door has no folder of its own and does not guess.
    assert answer.status_code in (400, 404, 422), answer.text
    assert "Shared" in answer.text or "folder" in answer.text.lower()


def test_neither_side_sees_the_others_credential(front: Administrator, upstream: Served, caller: httpx2.Client) -> None:
    caller.get("/odata/Jobs")
    key = caller.headers["Authorization"].removeprefix("Bearer ")
    with administrator_of(upstream) as there:
        there.management.get("/audit")
    for house in (front.house, upstream):
        for file in house.data_dir.glob("stagedoor.db*"):
            assert key.encode() not in file.read_bytes()
        assert key not in house.log()


def test_an_upstream_that_is_away_is_told_apart_from_a_refusal(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        served(tmp_path_factory.mktemp("lonely") / "data", "--empty") as running,
        administrator_of(running) as administrator,
    ):
        tenant_id = administrator.management.get("/tenants").json()["items"][0]["id"]
        administrator.management.put(
            f"/tenants/{tenant_id}/destination", json={"remote_base_url": "http://127.0.0.1:9", "token": "t" * 40}
        ).raise_for_status()
        key = administrator.make_key("lonely", ["Jobs_Get"])
        answer = httpx2.get(f"{running.orchestrator_url}/odata/Jobs", headers={"X-API-Key": key})
        assert answer.status_code == 502
        assert answer.json()["stagedoor"]["code"] == "upstream_unreachable"
