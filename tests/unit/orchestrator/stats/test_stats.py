from typing import Any

import pytest
from tests.factories.jobs import make_job
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import NotFound
from stagedoor.passage import Reach


def counts(desk: Desk, operation: str, **given: Any) -> dict[str, int]:
    return {entry["title"]: entry["count"] for entry in desk.call(operation, **given).content}


def test_things_are_counted_within_reach(desk: Desk) -> None:
    folder, other = desk.make_folder("Invoices"), desk.make_folder("Other")
    for name in ("Orders", "Letters"):
        desk.call("QueueDefinitions_Post", {"Name": name}, folder=folder)
    asset = {"Name": "Inbox", "ValueScope": "Global", "ValueType": "Text", "StringValue": "x"}
    desk.call("Assets_Post", asset, folder=folder)
    everything = counts(desk, "Stats_GetCountStats")
    assert everything == {"Processes": 0, "Assets": 1, "Queues": 2, "Schedules": 0}
    assert counts(desk, "Stats_GetCountStats", reach=Reach(frozenset({other.key})))["Queues"] == 0
    assert counts(desk, "Stats_GetCountStats", tenant=OTHER_TENANT)["Queues"] == 0


def test_jobs_are_counted_by_state_within_reach(desk: Desk) -> None:
    folder, other = desk.make_folder("Invoices"), desk.make_folder("Other")
    make_job(desk, folder)
    counted = counts(desk, "Stats_GetJobsStats")
    assert list(counted) == ["Successful", "Faulted", "Canceled"]
    assert (counted["Successful"], counted["Faulted"]) == (1, 0)
    assert counts(desk, "Stats_GetJobsStats", reach=Reach(frozenset({other.key})))["Successful"] == 0
    assert counts(desk, "Stats_GetJobsStats", tenant=OTHER_TENANT)["Successful"] == 0


def test_robots_are_counted_by_state_within_reach(desk: Desk) -> None:
    folder, other = desk.make_folder("Invoices"), desk.make_folder("Other")
    robot = {"Name": "reader", "Type": "Unattended", "HostingType": "Floating"}
    desk.call("Robots_Post", robot, folder=folder)
    counted = counts(desk, "Stats_GetSessionsStats")
    assert counted == {"Available": 1, "Busy": 0, "Disconnected": 0, "Unresponsive": 0}
    assert counts(desk, "Stats_GetSessionsStats", reach=Reach(frozenset({other.key})))["Available"] == 0


@pytest.mark.parametrize("operation", ["Stats_GetLicenseStats", "Stats_GetConsumptionLicenseStats"])
def test_a_tenant_that_is_named_by_a_number_is_not_found(desk: Desk, operation: str) -> None:
    assert desk.call(operation, query={"days": "7"}).content == []
    with pytest.raises(NotFound):
        desk.call(operation, query={"tenantid": "1"})
