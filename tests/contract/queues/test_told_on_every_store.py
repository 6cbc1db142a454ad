"""What is told of items and triggers is told alike on every store that Stagedoor runs on."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.kit.db import Database
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.passage import FolderPlace

RECORDS = "QueueProcessingRecords_RetrieveLastDaysProcessingRecordsByDaysnoAndQueuedefinitionid"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    folder = desk.make_folder("Shared")
    body = {"Name": "Q", "AcceptAutomaticallyRetry": True, "MaxNumberOfRetries": 1, "Encrypted": True}
    desk.call("QueueDefinitions_Post", body, folder=folder)
    return folder


def work(desk: Desk, folder: FolderPlace, **result: object) -> dict[str, object]:
    item = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder).content
    desk.clock.advance(timedelta(seconds=30))
    body = {"transactionResult": {"IsSuccessful": not result, **result}}
    desk.call("Queues_SetTransactionResultById", body, key=item["Id"], folder=folder)
    return dict(item)


def test_history_comments_and_statistics_of_items(desk: Desk, folder: FolderPlace) -> None:
    data = {"itemData": {"Name": "Q", "SpecificContent": {"n": 1}}}
    made = desk.call("Queues_AddQueueItem", data, folder=folder).content
    work(desk, folder, ProcessingException={"Type": "ApplicationException"})
    assert work(desk, folder)["SpecificContent"] == {"n": 1}
    desk.call("QueueItemComments_Post", {"Text": "done", "QueueItemId": made["Id"]}, folder=folder)
    desk.clock.advance(timedelta(seconds=1))
    desk.call("QueueItems_DeleteById", key=made["Id"], folder=folder)

    events = desk.call(
        "QueueItemEvents_GetQueueItemEventsHistoryByQueueitemid",
        queueItemId=made["Id"],
        folder=folder,
        query={"$orderby": "Timestamp,Id", "$filter": "Timestamp ge 2030-01-31T08:00:00Z and Action ne 'Edit'"},
    ).content["value"]
    assert [event["Action"] for event in events] == [
        "Create",
        "Status",
        "Status",
        "Retry",
        "Status",
        "Status",
        "Delete",
    ]
    history = "QueueItemComments_GetQueueItemCommentsHistoryByQueueitemid"
    assert len(desk.call(history, queueItemId=made["Id"], folder=folder).content["value"]) == 1

    states = "QueueProcessingRecords_RetrieveQueuesProcessingStatus"
    query = {"$filter": "ProcessingMeanTime gt 29 and SuccessfulTransactionsNo eq 1"}
    [state] = desk.call(states, folder=folder, query=query).content["value"]
    assert state["SuccessfulTransactionsProcessingTime"] == pytest.approx(30)
    queue_id = state["QueueDefinitionId"]
    for days in (0, 1, 3):
        records = desk.call(RECORDS, daysNo=days, queueDefinitionId=queue_id, folder=folder).content["value"]
        assert sum(record["NumberOfSuccessfulTransactions"] for record in records) == 1


def test_triggers_fire_and_queues_are_looked_at(desk: Desk, folder: FolderPlace) -> None:
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="Bot", version="1.0.0"), clock=desk.clock)
    desk.call("Releases_Post", {"Name": "Bot", "ProcessKey": "Bot"}, folder=folder)
    queue = desk.call("QueueDefinitions_Get", folder=folder).content["value"][0]
    calendar = desk.call("Calendars_Post", {"Name": "Off", "ExcludedDates": ["2030-02-01"]}).content
    common = {"ReleaseName": "Bot", "TimeZoneId": "UTC", "StartProcessCron": "0 0 9 * * ?"}
    by_time = {**common, "Name": "time", "CalendarId": calendar["Id"]}
    by_queue = {**common, "Name": "queue", "QueueDefinitionId": queue["Id"], "ActivateOnJobComplete": True}
    for body in (by_time, by_queue):
        assert desk.call("ProcessSchedules_Post", body, folder=folder).status == 201
    desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Q", "DeferDate": "2030-01-31T08:30:00Z"}}, folder=folder)
    for _ in range(4):
        desk.clock.advance(timedelta(minutes=30))
        desk.orchestrator.attend_to_duties()
    jobs = desk.call("Jobs_Get", folder=folder, query={"$orderby": "Id"}).content["value"]
    assert {job["SourceType"] for job in jobs} == {"Schedule", "Queue"}
    desk.call("Calendars_PutById", {"Name": "Off", "ExcludedDates": []}, key=calendar["Id"])
    shown = desk.call("ProcessSchedules_Get", folder=folder, query={"$filter": "Name eq 'TIME'"}).content["value"][0]
    assert shown["StartProcessNextOccurrence"] == "2030-02-01T09:00:00Z"
