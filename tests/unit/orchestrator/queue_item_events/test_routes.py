"""The history of items."""

from datetime import timedelta

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import NotFound
from stagedoor.passage import FolderPlace

Json = dict[str, object]
ORDERED = {"$orderby": "Timestamp"}


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    folder = desk.make_folder("Shared")
    body = {"Name": "Q", "AcceptAutomaticallyRetry": True, "MaxNumberOfRetries": 1, "RetryAbandonedItems": True}
    desk.call("QueueDefinitions_Post", body, folder=folder)
    return folder


def add(desk: Desk, folder: FolderPlace, **data: object) -> Json:
    return desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Q", **data}}, folder=folder).content


def take(desk: Desk, folder: FolderPlace) -> Json:
    desk.clock.advance(timedelta(minutes=1))
    return desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder).content


def end(desk: Desk, folder: FolderPlace, item: Json, **result: object) -> None:
    desk.clock.advance(timedelta(minutes=1))
    desk.call("Queues_SetTransactionResultById", {"transactionResult": result}, key=item["Id"], folder=folder)


def history(desk: Desk, folder: FolderPlace, item: Json) -> list[tuple[object, object]]:
    operation = "QueueItemEvents_GetQueueItemEventsHistoryByQueueitemid"
    events = desk.call(operation, queueItemId=item["Id"], folder=folder, query=ORDERED).content["value"]
    return [(event["Action"], event["Status"]) for event in events]


def test_the_life_of_an_item_is_told_over_all_its_attempts(desk: Desk, folder: FolderPlace) -> None:
    item = add(desk, folder)
    end(desk, folder, take(desk, folder), IsSuccessful=False, ProcessingException={"Type": "ApplicationException"})
    end(desk, folder, take(desk, folder), IsSuccessful=True)
    told = history(desk, folder, item)
    assert told[:2] == [("Create", "New"), ("Status", "InProgress")]
    assert set(told[2:4]) == {("Status", "Retried"), ("Retry", "New")}
    assert told[4:] == [("Status", "InProgress"), ("Status", "Successful")]


def test_an_item_that_was_put_off_tells_that_it_was_in_progress(desk: Desk, folder: FolderPlace) -> None:
    item = add(desk, folder)
    taken = take(desk, folder)
    end(desk, folder, taken, IsSuccessful=False, DeferDate="2030-01-31T12:00:00Z")
    assert history(desk, folder, item) == [("Create", "New"), ("Status", "InProgress"), ("Status", "New")]


def test_changes_by_people_are_told_with_who_made_them(desk: Desk, folder: FolderPlace) -> None:
    item = add(desk, folder)
    desk.clock.advance(timedelta(minutes=1))
    desk.call("QueueItems_PutById", {"Progress": "seen"}, key=item["Id"], folder=folder)
    desk.clock.advance(timedelta(minutes=1))
    desk.call("QueueItems_DeleteById", key=item["Id"], folder=folder)
    assert history(desk, folder, item) == [("Create", "New"), ("Edit", "New"), ("Delete", "Deleted")]
    edited = desk.call("QueueItemEvents_Get", folder=folder, query={"$filter": "Action eq 'Edit'"}).content["value"][0]
    assert (edited["UserName"], edited["Data"]) == (CALLER.name, '{"Changed":["progress"]}')
    assert desk.call("QueueItemEvents_GetById", key=edited["Id"], folder=folder).content["Data"] == edited["Data"]


def test_the_end_of_a_deleted_item_is_still_told(desk: Desk, folder: FolderPlace) -> None:
    item = add(desk, folder)
    end(desk, folder, take(desk, folder), IsSuccessful=True)
    desk.clock.advance(timedelta(minutes=1))
    desk.call("QueueItems_DeleteById", key=item["Id"], folder=folder)
    assert history(desk, folder, item)[-2:] == [("Status", "Successful"), ("Delete", "Deleted")]


def test_an_abandoned_item_tells_when_it_was_given_up(desk: Desk, folder: FolderPlace) -> None:
    item = add(desk, folder)
    take(desk, folder)
    desk.clock.advance(timedelta(days=2))
    assert ("Status", "Retried") in history(desk, folder, item)


def test_ids_of_events_are_each_another_one(desk: Desk, folder: FolderPlace) -> None:
    for _ in range(3):
        item = add(desk, folder)
        desk.call("QueueItems_PutById", {"Progress": "x"}, key=item["Id"], folder=folder)
    take(desk, folder)
    events = desk.call("QueueItemEvents_Get", folder=folder).content["value"]
    assert len({event["Id"] for event in events}) == len(events) == 7


def test_history_of_another_folder_or_tenant_looks_like_none(desk: Desk, folder: FolderPlace) -> None:
    item = add(desk, folder)
    [event] = desk.call("QueueItemEvents_Get", folder=folder).content["value"]
    elsewhere = desk.make_folder("Elsewhere")
    assert desk.call("QueueItemEvents_Get", folder=elsewhere).content["value"] == []
    for other in ({"folder": elsewhere}, {"folder": folder, "tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            desk.call("QueueItemEvents_GetById", key=event["Id"], **other)
        with pytest.raises(NotFound):
            desk.call("QueueItemEvents_GetQueueItemEventsHistoryByQueueitemid", queueItemId=item["Id"], **other)
