from typing import Any

import pytest
from tests.factories.console import FakeHouse, visiting

ASSETS = "/odata/Assets/UiPath.Server.Configuration.OData.GetFiltered"
QUEUE = {
    "Id": 7,
    "Name": "Invoices",
    "Description": None,
    "MaxNumberOfRetries": 2,
    "AcceptAutomaticallyRetry": True,
    "EnforceUniqueReference": False,
    "CreationTime": "2026-05-01T08:00:00Z",
}
ITEM = {
    "Id": 70,
    "Reference": None,
    "Status": "Failed",
    "Priority": "High",
    "CreationTime": "2026-05-04T11:00:00Z",
    "SpecificContent": {"Number": "<b>4711</b>"},
    "ProcessingException": {"Reason": "No such invoice."},
}
JOB = {
    "Id": 3,
    "Key": "aaaaaaaa-0000-4000-8000-000000000003",
    "ReleaseName": "InvoiceBot",
    "State": "Faulted",
    "CreationTime": "2026-05-04T11:00:00Z",
    "EndTime": None,
    "Info": "It broke.",
    "InputArguments": '{"a": 1}',
    "OutputArguments": None,
}


def asset(kind: str, value: str) -> dict[str, Any]:
    return {"Name": "Login", "Description": None, "ValueType": kind, "Value": value, "ValueScope": "Global"}


def test_jobs_are_asked_of_the_orchestrator_in_the_folder_that_was_chosen() -> None:
    house = FakeHouse(folders=["Finance", "Shared"], orchestrator={"/odata/Jobs": {"value": [JOB]}})
    with visiting(house) as browser:
        text = browser.get("/console/orchestrator/jobs?folder=Shared&tenant=acme/dev&state=Faulted").text
        [asked] = house.asked_for("GET", "/acme/dev/orchestrator_/odata/Jobs")
        assert asked.query == {"$orderby": "Id desc", "$top": "50", "$filter": "State eq 'Faulted'"}
        for words in ("InvoiceBot", "Faulted", "It broke.", "not yet"):
            assert words in text


def test_a_state_that_is_none_is_no_filter() -> None:
    house = FakeHouse(orchestrator={"/odata/Jobs": {"value": []}})
    with visiting(house) as browser:
        browser.get("/console/orchestrator/jobs?state=x'%20or%201%20eq%201")
        [asked] = house.asked_for("GET", "/acme/dev/orchestrator_/odata/Jobs")
        assert "$filter" not in asked.query


def test_queues_show_how_many_items_wait() -> None:
    answers = {
        "/odata/QueueDefinitions": {"value": [QUEUE]},
        "/odata/QueueItems": {"value": [ITEM], "@odata.count": 12},
    }
    with visiting(FakeHouse(orchestrator=answers)) as browser:
        text = browser.get("/console/orchestrator/queues").text
        assert "12 items" in text
        assert "up to 2" in text


def test_queues_are_shown_without_numbers_to_who_may_not_see_items() -> None:
    with visiting(FakeHouse(orchestrator={"/odata/QueueDefinitions": {"value": [QUEUE]}})) as browser:
        text = browser.get("/console/orchestrator/queues").text
        assert "Invoices" in text
        assert "not for you to see" in text


def test_a_queue_shows_its_items_as_text() -> None:
    answers = {"/odata/QueueDefinitions(7)": QUEUE, "/odata/QueueItems": {"value": [ITEM], "@odata.count": 1}}
    with visiting(FakeHouse(orchestrator=answers)) as browser:
        text = browser.get("/console/orchestrator/queues/7?state=Failed").text
        assert "&lt;b&gt;4711&lt;/b&gt;" in text
        assert "No such invoice." in text


@pytest.mark.parametrize("queue_id", ["x", "7'", "9" * 30, "-1"])
def test_a_queue_is_named_by_its_number(queue_id: str) -> None:
    with visiting(FakeHouse()) as browser:
        assert browser.get(f"/console/orchestrator/queues/{queue_id}").status_code == 404


@pytest.mark.parametrize("kind", ["Credential", "Secret", "WindowsCredential", "SomethingNew"])
def test_only_values_that_are_plain_are_shown(kind: str) -> None:
    with visiting(FakeHouse(orchestrator={ASSETS: {"value": [asset(kind, "hunter2")]}})) as browser:
        text = browser.get("/console/orchestrator/assets").text
        assert "kept secret" in text
        assert "hunter2" not in text


@pytest.mark.parametrize("kind", ["Text", "Integer", "Bool"])
def test_plain_values_are_shown(kind: str) -> None:
    with visiting(FakeHouse(orchestrator={ASSETS: {"value": [asset(kind, "1000")]}})) as browser:
        assert "1000" in browser.get("/console/orchestrator/assets").text


def test_what_the_person_may_not_see_is_said_in_its_place() -> None:
    house = FakeHouse()
    house.refusals["GET", "/acme/dev/orchestrator_/odata/Jobs"] = (403, {"message": "You are not authorized!"})
    with visiting(house) as browser:
        answer = browser.get("/console/orchestrator")
        assert answer.status_code == 200
        assert "You are not authorized!" in answer.text


@pytest.mark.parametrize("page", ["jobs", "queues", "assets"])
def test_an_empty_page_says_what_to_do(page: str) -> None:
    answers: dict[str, Any] = {
        "/odata/Jobs": {"value": []},
        "/odata/QueueDefinitions": {"value": []},
        ASSETS: {"value": []},
    }
    with visiting(FakeHouse(orchestrator=answers)) as browser:
        assert 'class="empty"' in browser.get(f"/console/orchestrator/{page}").text


def test_a_tenant_without_folders_asks_the_orchestrator_nothing() -> None:
    house = FakeHouse(folders=[])
    with visiting(house) as browser:
        for page in ("jobs", "queues", "queues/7", "assets"):
            assert "has no folders that you may see" in browser.get(f"/console/orchestrator/{page}").text
        assert [asked for asked in house.asked if "/odata/" in asked.path] == []
