"""A tenant whose Orchestrator is elsewhere: a second Stagedoor, reached over HTTP as a stranger would be."""

from collections.abc import Iterator

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.served import Served, served

ALLOW = ("tag:Jobs", "tag:QueueDefinitions", "tag:Queues", "scope:OR.Queues.Read", "Releases_Get", "Buckets_Get")
FRONT_DOOR_ALLOW = (*ALLOW, "Folders_Get")


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("upstream") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, upstream: Served) -> Iterator[Administrator]:
    """A front door whose tenant lies on the other server, where its credential may do a little."""
    with administrator_of(upstream) as there:
        upstream_key = there.make_key("front door", FRONT_DOOR_ALLOW)
        there.make_folder("Closed")
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


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_addresses_in_an_answer_lead_back_through_the_door(
    front: Administrator, upstream: Served, caller: httpx2.Client, coding: str
) -> None:
    answer = caller.get("/odata/QueueDefinitions", headers={"Accept-Encoding": coding})
    assert answer.json()["@odata.context"].startswith(f"{front.house.orchestrator_url}/odata/$metadata")
    assert upstream.base_url not in answer.text


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_the_pages_of_a_list_are_walked_through_the_door_to_the_end(
    front: Administrator, caller: httpx2.Client, coding: str
) -> None:
    reference = f"paged-{coding}"
    items = [{"Name": "Invoices", "Reference": f"{reference}-{number}"} for number in range(120)]
    order = {"queueName": "Invoices", "commitType": "AllOrNothing", "queueItems": items}
    added = caller.post("/odata/Queues/UiPathODataSvc.BulkAddQueueItems", json=order)
    assert added.json()["Success"], added.text
    query = {"$filter": f"startswith(Reference,'{reference}')", "$select": "Reference", "$orderby": "Id"}
    pages = [caller.get("/odata/QueueItems", params=query, headers={"Accept-Encoding": coding})]
    while "@odata.nextLink" in (content := pages[-1].json()):
        assert content["@odata.nextLink"].startswith(f"{front.house.orchestrator_url}/odata/QueueItems?")
        pages.append(caller.get(content["@odata.nextLink"], headers={"Accept-Encoding": coding}))
    found = [row["Reference"] for page in pages for row in page.json()["value"]]
    assert found == [item["Reference"] for item in items]
    assert len(pages) == 2


def test_the_verdict_falls_before_anything_goes_upstream(front: Administrator, caller: httpx2.Client) -> None:
    answer = caller.get("/odata/Users")
    assert answer.status_code == 403
    rows = front.management.get("/audit", params={"limit": 20}).json()["items"]
    refused = [row for row in rows if row["operation"] == "Users_Get"]
    assert refused
    assert all(row["verdict"] == "denied" and row["destination"] is None for row in refused)


def test_what_the_remote_refuses_comes_back_as_it_said_it(upstream: Served, caller: httpx2.Client) -> None:
    answer = caller.get("/odata/Jobs(999999)")
    with administrator_of(upstream) as there:
        itself = there.orchestrator.get("/odata/Jobs(999999)", headers={"X-UIPATH-FolderPath": "Shared"})
    assert answer.status_code == itself.status_code == 404
    assert answer.json()["errorCode"] == itself.json()["errorCode"] == 1002
    assert answer.json()["message"] == itself.json()["message"]


@pytest.fixture(scope="module")
def folders(upstream: Served) -> dict[str, dict[str, object]]:
    """Two folders of the remote, by name."""
    with administrator_of(upstream) as there:
        rows = there.orchestrator.get("/odata/Folders").json()["value"]
        return {row["FullyQualifiedName"]: row for row in rows}


@pytest.fixture(scope="module")
def narrow(front: Administrator) -> Iterator[httpx2.Client]:
    key = front.make_key("narrow", ("Jobs_Get", "QueueDefinitions_Get"), folders=["Shared"])
    with httpx2.Client(base_url=front.house.orchestrator_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


class TestAKeyLimitedToAFolderOfTheRemote:
    @pytest.mark.parametrize(
        ("header", "column"),
        [
            ("X-UIPATH-FolderPath", "FullyQualifiedName"),
            ("X-UIPATH-FolderKey", "Key"),
            ("X-UIPATH-OrganizationUnitId", "Id"),
        ],
    )
    def test_reaches_it_by_path_key_and_number_and_no_other(
        self, narrow: httpx2.Client, folders: dict[str, dict[str, object]], header: str, column: str
    ) -> None:
        answer = narrow.get("/odata/QueueDefinitions", headers={header: str(folders["Shared"][column])})
        assert answer.status_code == 200, answer.text
        assert [queue["Name"] for queue in answer.json()["value"]] == ["Invoices"]
        other = narrow.get("/odata/QueueDefinitions", headers={header: str(folders["Closed"][column])})
        assert other.status_code == 404, other.text
        assert "Closed" not in other.text.replace(str(folders["Closed"][column]), "")

    def test_need_not_name_it(self, narrow: httpx2.Client) -> None:
        assert narrow.get("/odata/QueueDefinitions").status_code == 200

    def test_is_refused_for_a_folder_that_nobody_has(self, front: Administrator) -> None:
        order = {
            "name": "nowhere",
            "tenant": f"{front.house.organization}/{front.house.tenant}",
            "allow": ["Jobs_Get"],
            "folders": ["Nowhere"],
        }
        answer = front.management.post("/keys", json=order)
        assert answer.status_code == 400
        assert "Nowhere" in answer.text


def test_the_folders_of_the_remote_are_listed(front: Administrator, folders: dict[str, dict[str, object]]) -> None:
    tenant = f"{front.house.organization}/{front.house.tenant}"
    listed = front.management.get("/folders", params={"tenant": tenant}).json()["items"]
    assert {item["path"] for item in listed} == set(folders)
    assert all(item["key"] == folders[item["path"]]["Key"] for item in listed)


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
