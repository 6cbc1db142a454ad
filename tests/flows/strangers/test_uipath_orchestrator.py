"""The npm package ``uipath-orchestrator`` 1.1, unmodified: logs in with tenancy name, user and password."""

import json
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import administrator_of
from tests.factories.node import run_node
from tests.factories.served import Served

PROGRAM = "uipath-orchestrator.cjs"


@pytest.fixture(scope="module")
def old_script(house: Served) -> dict[str, Any]:
    """What a script of 2019 has in its settings, and the folder that its owner works in."""
    legacy = json.loads((house.data_dir / "first-start.json").read_text())["legacy"]
    return {
        "baseUrl": house.base_url,
        "path": f"/{house.organization}/{house.tenant}",
        "tenancyName": house.tenant,
        "username": legacy["username"],
        "password": legacy["password"],
        "folderId": 1,
    }


def as_old_script(old_script: dict[str, Any], scenario: str, **changes: Any) -> Any:
    return run_node(PROGRAM, scenario, **{**old_script, **changes})


@pytest.mark.parametrize(
    "path",
    ["/acme/dev", "/acme/dev/orchestrator_", "/Acme/DEV/", "/"],
    ids=["2019", "today", "letter case", "own host"],
)
def test_it_logs_in_and_lists_jobs(old_script: dict[str, Any], path: str) -> None:
    listed = as_old_script(old_script, "jobs", path=path)
    assert listed["@odata.count"] >= len(listed["value"])


def test_its_helpers_read_releases_queues_and_assets(old_script: dict[str, Any]) -> None:
    read = as_old_script(old_script, "helpers")
    assert read["releases"] == ["InvoiceBot"]
    assert "Invoices" in read["queues"]
    assert "InvoiceInbox" in read["assets"]


def test_it_starts_a_job_by_release_key(old_script: dict[str, Any]) -> None:
    job = as_old_script(old_script, "startJob")
    assert (job["ReleaseName"], json.loads(job["InputArguments"])) == ("InvoiceBot", {"InvoiceNumber": "7"})


def test_a_queue_item_with_type_annotations_keeps_its_content_without_them(old_script: dict[str, Any]) -> None:
    item = as_old_script(old_script, "addAnnotatedQueueItem")
    assert (item["Status"], item["Priority"]) == ("New", "High")
    assert item["SpecificContent"] == {"customer": "Ünal", "amount": 3}


def test_it_makes_fills_and_deletes_an_environment(house: Served, old_script: dict[str, Any]) -> None:
    with administrator_of(house) as administrator:
        access_key = administrator.make_key("environments", ["tag:Environments", "Robots_Get"])
    told = as_old_script(old_script, "environments", accessKey=access_key)
    assert told["environment"]["Name"] == "Laboratory"
    assert told["environment"]["Description"] == "of this test"
    assert "invoice-robot" in told["robots"]
    assert (told["added"], told["removed"], told["set"]) == (told["all"][:1], [], told["all"])
    assert told["left"] == []


def test_it_logs_in_again_when_its_token_is_refused(old_script: dict[str, Any]) -> None:
    assert "value" in as_old_script(old_script, "afterExpiry")


def test_a_wrong_password_is_refused(old_script: dict[str, Any]) -> None:
    assert as_old_script(old_script, "wrongPassword", password="wrong") == {"status": 400}


def test_an_access_key_takes_the_place_of_its_access_token(house: Served, old_script: dict[str, Any]) -> None:
    came_to = as_old_script(old_script, "accessKey", accessKey=house.sample_key)
    assert "value" in came_to["jobs"]
    assert came_to["users"]["status"] == 403
    assert came_to["users"]["body"]["stagedoor"]["smallestGrant"] == ["Users_Get"]


def test_doubled_slashes_and_a_lower_case_scheme_are_taken(house: Served) -> None:
    headers = {"authorization": f"bearer {house.sample_key}"}
    answer = httpx2.get(f"{house.tenant_url}//odata//Jobs?%24top=1", headers=headers)
    assert answer.status_code == 200, answer.text
