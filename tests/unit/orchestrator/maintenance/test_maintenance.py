from datetime import timedelta
from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.maintenance.errors import UnderMaintenance
from stagedoor.passage import FolderPlace


def start_job(desk: Desk, folder: FolderPlace) -> int:
    started = desk.call("Jobs_StartJobs", {"startInfo": {"ReleaseName": "InvoiceBot"}}, folder=folder)
    job_id: int = started.content["value"][0]["Id"]
    return job_id


def state(desk: Desk) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("Maintenance_Get").content
    return content


def go(desk: Desk, **query: str) -> None:
    assert desk.call("Maintenance_Start", query=query).status == 204


def test_a_maintenance_drains_is_suspended_and_ends(desk: Desk) -> None:
    assert state(desk)["state"] == "None"
    go(desk, phase="Draining")
    go(desk, phase="suspended")
    assert state(desk)["state"] == "Suspended"
    assert desk.call("Maintenance_End").status == 204
    shown = state(desk)
    assert shown["state"] == "None"
    assert [entry["state"] for entry in shown["maintenanceLogs"]] == ["Draining", "Suspended", "None"]
    assert desk.call("Maintenance_Get", tenant=OTHER_TENANT).content["maintenanceLogs"] == []


def test_draining_asks_jobs_to_stop(desk: Desk, folder: FolderPlace) -> None:
    job_id = start_job(desk, folder)
    go(desk, phase="Draining")
    assert state(desk)["jobStopsAttempted"] == 1
    assert desk.call("Jobs_GetById", folder=folder, key=job_id).content["State"] == "Stopped"


def test_jobs_are_killed_on_request(desk: Desk, folder: FolderPlace) -> None:
    start_job(desk, folder)
    go(desk, phase="Suspended", force="true", killjobs="true")
    assert (state(desk)["jobStopsAttempted"], state(desk)["jobKillsAttempted"]) == (0, 1)


def test_another_tenants_jobs_go_on(desk: Desk, folder: FolderPlace) -> None:
    job_id = start_job(desk, folder)
    assert desk.call("Maintenance_Start", tenant=OTHER_TENANT).status == 204
    assert desk.call("Jobs_GetById", folder=folder, key=job_id).content["State"] == "Pending"
    assert state(desk)["state"] == "None"


def test_phases_come_in_their_order(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.call("Maintenance_End")
    with pytest.raises(Conflict):
        go(desk, phase="Suspended")
    go(desk)
    with pytest.raises(Conflict):
        go(desk, phase="Draining", force="true")


@pytest.mark.parametrize("query", [{"phase": "None"}, {"phase": "Nap"}, {"force": "perhaps"}])
def test_a_wrong_request_is_refused(desk: Desk, query: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        go(desk, **query)


@pytest.mark.parametrize("operation", ["Maintenance_Get", "Maintenance_Start", "Maintenance_End"])
def test_a_tenant_that_is_named_by_a_number_is_not_found(desk: Desk, operation: str) -> None:
    with pytest.raises(NotFound):
        desk.call(operation, query={"tenantid": "1"})


def test_no_job_starts_until_the_maintenance_ends(desk: Desk, folder: FolderPlace) -> None:
    for phase in ("Draining", "Suspended"):
        go(desk, phase=phase)
        with pytest.raises(UnderMaintenance):
            start_job(desk, folder)
    desk.call("Maintenance_End")
    assert start_job(desk, folder) == 1


def test_an_ended_job_is_not_restarted_under_maintenance(desk: Desk, folder: FolderPlace) -> None:
    job_id = start_job(desk, folder)
    go(desk, phase="Draining")
    with pytest.raises(UnderMaintenance):
        desk.call("Jobs_RestartJob", {"jobId": job_id}, folder=folder)


def test_triggers_are_passed_over_and_counted(desk: Desk, folder: FolderPlace) -> None:
    trigger = {
        "Name": "Hourly",
        "ReleaseId": 1,
        "StartProcessCron": "0 0 * ? * * *",
        "TimeZoneId": "UTC",
        "StartStrategy": 1,
        "Enabled": True,
    }
    desk.call("ProcessSchedules_Post", trigger, folder=folder)
    go(desk, phase="Draining")
    desk.clock.advance(timedelta(hours=1))
    desk.orchestrator.attend_to_duties()
    assert state(desk)["triggersSkipped"] == 1
    assert desk.call("Jobs_Get", folder=folder).content["value"] == []
    desk.call("Maintenance_End")
    desk.clock.advance(timedelta(hours=1))
    desk.orchestrator.attend_to_duties()
    assert len(desk.call("Jobs_Get", folder=folder).content["value"]) == 1


def test_another_tenant_goes_on(desk: Desk, folder: FolderPlace) -> None:
    assert desk.call("Maintenance_Start", query={"phase": "Draining"}, tenant=OTHER_TENANT).status == 204
    assert start_job(desk, folder) == 1
