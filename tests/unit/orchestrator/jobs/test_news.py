from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.webhooks.models import OutgoingEvent
from stagedoor.passage import FolderPlace


@pytest.fixture
def listener(desk: Desk) -> None:
    body = {
        "Name": "Listener",
        "Url": "http://listener.test/",
        "Enabled": True,
        "SubscribeToAllEvents": True,
        "AllowInsecureSsl": False,
    }
    desk.call("Webhooks_Post", body)


def start(desk: Desk, folder: FolderPlace, script: dict[str, Any] | None = None, **info: Any) -> dict[str, Any]:
    headers = None if script is None else {"scripted-robot": orjson.dumps(script).decode()}
    body = {"startInfo": {"ReleaseName": "InvoiceBot", **info}}
    started: dict[str, Any] = desk.call("Jobs_StartJobs", body, folder=folder, headers=headers).content["value"][0]
    return started


def events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    with desk.database.read() as session:
        of_jobs = select(OutgoingEvent).where(OutgoingEvent.type.startswith("job."))
        rows = session.scalars(of_jobs.order_by(OutgoingEvent.id)).all()
        return [(row.type, orjson.loads(row.body)) for row in rows]


def lines(desk: Desk, folder: FolderPlace) -> list[tuple[str, str]]:
    shown = desk.call("RobotLogs_Get", folder=folder, query={"$orderby": "Id"}).content["value"]
    return [(line["Level"], line["Message"]) for line in shown]


def look(desk: Desk, folder: FolderPlace, after: timedelta = timedelta(seconds=10)) -> None:
    desk.clock.advance(after)
    desk.call("Jobs_Get", folder=folder)


@pytest.mark.usefixtures("listener")
def test_webhooks_hear_of_a_job_from_its_start_to_its_end(desk: Desk, folder: FolderPlace) -> None:
    job = start(desk, folder, InputArguments='{"a": 1}')
    look(desk, folder)
    heard = events(desk)
    assert [kind for kind, _ in heard] == ["job.created", "job.started", "job.completed"]
    created, _, completed = (body for _, body in heard)
    assert created["StartInfo"]["JobsCount"] == 1
    assert [shown["Key"] for shown in created["Jobs"]] == [job["Key"]]
    assert created["Jobs"][0]["InputArguments"] == {"a": 1}
    assert created["Jobs"][0]["Release"]["ProcessKey"] == "InvoiceBot"
    assert completed["Job"]["State"] == "Successful"
    assert completed["Job"]["OutputArguments"] == {"a": 1}
    assert (completed["OrganizationUnitId"], completed["OrganizationUnitKey"]) == (folder.id, folder.key)
    assert completed["EventTime"] == "2030-01-31T08:00:03Z"


@pytest.mark.usefixtures("listener")
@pytest.mark.parametrize(
    ("ending", "heard"), [("fault", "job.faulted"), ("suspend", "job.suspended"), ("succeed", "job.completed")]
)
def test_each_end_has_its_event(desk: Desk, folder: FolderPlace, ending: str, heard: str) -> None:
    start(desk, folder, {"ending": ending})
    look(desk, folder)
    assert events(desk)[-1][0] == heard


@pytest.mark.usefixtures("listener")
def test_a_job_that_is_stopped_is_told_in_a_list(desk: Desk, folder: FolderPlace) -> None:
    job = start(desk, folder)
    desk.call("Jobs_StopJobById", {"strategy": "Kill"}, folder=folder, key=job["Id"])
    kind, body = events(desk)[-1]
    assert (kind, [shown["State"] for shown in body["Jobs"]]) == ("job.stopped", ["Stopped"])


def test_a_robot_writes_a_line_at_its_start_and_at_its_end(desk: Desk, folder: FolderPlace) -> None:
    job = start(desk, folder, {"logs": [{"message": "one"}, {"level": "WARN", "message": "two"}]})
    assert lines(desk, folder) == []
    look(desk, folder)
    assert lines(desk, folder) == [
        ("Info", "InvoiceBot execution started"),
        ("Info", "one"),
        ("Warn", "two"),
        ("Info", "InvoiceBot execution ended"),
    ]
    shown = desk.call("RobotLogs_Get", folder=folder).content["value"][0]
    assert (shown["JobKey"], shown["ProcessName"]) == (job["Key"], "InvoiceBot")


def test_a_robot_can_be_told_to_write_only_its_own_lines(desk: Desk, folder: FolderPlace) -> None:
    start(desk, folder, {"logs": [{"message": "one"}], "logsStartAndEnd": False})
    look(desk, folder)
    assert lines(desk, folder) == [("Info", "one")]


def test_a_job_that_no_robot_had_writes_nothing(desk: Desk, folder: FolderPlace) -> None:
    job = start(desk, folder)
    desk.call("Jobs_StopJobById", {"strategy": "Kill"}, folder=folder, key=job["Id"])
    assert lines(desk, folder) == []


def test_a_fault_is_written_and_raises_one_alert(desk: Desk, folder: FolderPlace) -> None:
    job = start(desk, folder, {"ending": "fault", "reason": "No number."})
    look(desk, folder)
    look(desk, folder)
    assert ("Error", "No number.") in lines(desk, folder)
    [alert] = desk.call("Alerts_Get").content["value"]
    assert (alert["Component"], alert["Severity"]) == ("Jobs", "Error")
    assert orjson.loads(alert["Data"])["JobKey"] == job["Key"]
