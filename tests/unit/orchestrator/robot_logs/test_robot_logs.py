from typing import Any

import orjson
import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import FolderPlace, Reach

LINE = {
    "message": "Invoice 7 read",
    "level": "Information",
    "timeStamp": "2030-01-31T07:59:59.5+01:00",
    "windowsIdentity": "robots\\one",
    "processName": "InvoiceBot",
    "machineName": "HOST",
    "fingerprint": "abc",
}


@pytest.fixture
def job(desk: Desk, folder: FolderPlace) -> dict[str, Any]:
    answer = desk.call("Jobs_StartJobs", {"startInfo": {"ReleaseName": "InvoiceBot"}}, folder=folder)
    started: dict[str, Any] = answer.content["value"][0]
    return started


def lines(desk: Desk, folder: FolderPlace, **query: str) -> list[dict[str, Any]]:
    asked = {f"${name}": value for name, value in query.items()}
    value: list[dict[str, Any]] = desk.call("RobotLogs_Get", folder=folder, query=asked).content["value"]
    return value


def test_a_line_lands_in_the_folder_of_its_job(desk: Desk, folder: FolderPlace, job: dict[str, Any]) -> None:
    assert desk.call("Logs_Post", {**LINE, "jobId": job["Key"]}).status == 200
    [line] = lines(desk, folder)
    assert (line["Level"], line["Message"], line["JobKey"]) == ("Info", "Invoice 7 read", job["Key"])
    assert (line["ProcessName"], line["HostMachineName"]) == ("InvoiceBot", "HOST")
    assert line["TimeStamp"].startswith("2030-01-31T06:59:59.5")
    assert orjson.loads(line["RawMessage"])["fingerprint"] == "abc"
    assert lines(desk, desk.make_folder("Other")) == []


def test_a_line_of_a_robot_outside_of_any_job_lands_in_the_robots_folder(desk: Desk, folder: FolderPlace) -> None:
    desk.call("Robots_Post", {"Name": "reader", "Type": "Unattended", "HostingType": "Floating"}, folder=folder)
    desk.call("Logs_SubmitLogs", [orjson.dumps({**LINE, "robotName": "READER", "jobId": ""}).decode()] * 2)
    assert [line["RobotName"] for line in lines(desk, folder)] == ["READER", "READER"]


def test_a_line_may_name_its_folder_by_the_header(desk: Desk, folder: FolderPlace) -> None:
    desk.call("Logs_Post", LINE, folder=folder)
    assert len(lines(desk, folder)) == 1


def test_a_line_that_names_nothing_is_refused_and_its_companions_too(
    desk: Desk, folder: FolderPlace, job: dict[str, Any]
) -> None:
    sent = [orjson.dumps({**LINE, "jobId": job["Key"]}).decode(), orjson.dumps(LINE).decode()]
    with pytest.raises(InvalidRequest, match="no job and no robot"):
        desk.call("Logs_SubmitLogs", sent)
    assert lines(desk, folder) == []


def test_nobody_writes_into_folders_or_tenants_out_of_reach(
    desk: Desk, folder: FolderPlace, job: dict[str, Any]
) -> None:
    line = {**LINE, "jobId": job["Key"]}
    elsewhere = desk.make_folder("Elsewhere")
    with pytest.raises(InvalidRequest):
        desk.call("Logs_Post", line, reach=Reach(frozenset({elsewhere.key})))
    with pytest.raises(InvalidRequest):
        desk.call("Logs_Post", line, tenant=OTHER_TENANT)
    assert lines(desk, folder) == []


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"message": None},
        {"message": 5},
        {"message": "x", "level": "Loud"},
        {"message": "x", "timeStamp": "yesterday"},
        {"message": "x", "robotName": "x" * 513},
        "text",
    ],
)
def test_a_wrong_line_is_refused(desk: Desk, folder: FolderPlace, sent: object) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Logs_Post", sent, folder=folder)


@pytest.mark.parametrize("sent", [{}, [5], ["{"], ["[]"], ["{}"] * 1001])
def test_wrong_lists_of_lines_are_refused(desk: Desk, folder: FolderPlace, sent: object) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Logs_SubmitLogs", sent, folder=folder)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Verbose", "Trace"),
        ("warning", "Warn"),
        ("Critical", "Fatal"),
        ("Error", "Error"),
        (1, "Debug"),
        (None, "Info"),
    ],
)
def test_levels_are_read_in_the_words_of_robots(desk: Desk, folder: FolderPlace, written: object, shown: str) -> None:
    desk.call("Logs_Post", {"message": "x", "level": written}, folder=folder)
    assert lines(desk, folder)[0]["Level"] == shown


def test_lines_are_filtered_counted_and_exported(desk: Desk, folder: FolderPlace) -> None:
    for level in ("Info", "Error", "Error"):
        desk.call("Logs_Post", {"message": level, "level": level}, folder=folder)
    assert len(lines(desk, folder, filter="Level eq 'Error'")) == 2
    assert desk.call("RobotLogs_GetTotalCount", folder=folder).content["value"] == 3
    query = {"$filter": "Level eq 'Error'"}
    assert desk.call("RobotLogs_GetTotalCount", folder=folder, query=query).content["value"] == 2
    export = desk.call("RobotLogs_Export", {}, folder=folder, query=query).content
    assert (export["Type"], export["Status"]) == ("Logs", "Completed")
    with pytest.raises(FolderRequired):
        desk.call("RobotLogs_Get")


def test_a_line_that_is_too_long_is_refused(desk: Desk, folder: FolderPlace) -> None:
    fields = {"message": "x", **{f"field{number}": "x" * 300_000 for number in range(4)}}
    with pytest.raises(InvalidRequest, match="characters"):
        desk.call("Logs_Post", fields, folder=folder)


def test_many_lines_of_one_job_and_of_one_robot_are_placed_together(
    desk: Desk, folder: FolderPlace, job: dict[str, Any]
) -> None:
    of_job = orjson.dumps({**LINE, "jobId": job["Key"]}).decode()
    stranger = orjson.dumps({**LINE, "robotName": "nobody"}).decode()
    desk.call("Logs_SubmitLogs", [of_job, of_job, stranger, stranger], folder=folder)
    assert len(lines(desk, folder)) == 4
