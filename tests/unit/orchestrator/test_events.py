from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.webhooks.models import OutgoingEvent
from stagedoor.passage import FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    body = {
        "Name": "Listener",
        "Url": "http://listener.test/",
        "Enabled": True,
        "SubscribeToAllEvents": True,
        "AllowInsecureSsl": False,
    }
    desk.call("Webhooks_Post", body)
    return desk.make_folder("Shared")


def events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    with desk.database.read() as session:
        rows = session.scalars(select(OutgoingEvent).order_by(OutgoingEvent.id)).all()
        return [(row.type, orjson.loads(row.body)) for row in rows]


def test_processes_are_told_of(desk: Desk, folder: FolderPlace) -> None:
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="InvoiceBot", version="1.0.0"), clock=desk.clock)
    body = {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot"}
    release = desk.call("Releases_Post", body, folder=folder).content
    desk.call("Releases_PatchById", {"Description": "new"}, folder=folder, key=release["Id"])
    desk.call("Releases_DeleteById", folder=folder, key=release["Id"])
    heard = [(kind, body["Releases"][0]["Id"]) for kind, body in events(desk)]
    assert heard == [(f"process.{word}", release["Id"]) for word in ("created", "updated", "deleted")]
    assert events(desk)[1][1]["Releases"][0]["Description"] == "new"
    assert events(desk)[0][1]["OrganizationUnitKey"] == folder.key


def test_robots_are_told_of_without_what_opens_something(desk: Desk, folder: FolderPlace) -> None:
    body = {"Name": "reader", "Type": "Unattended", "HostingType": "Floating"}
    robot = desk.call("Robots_Post", body, folder=folder).content
    desk.call("Robots_PatchById", {"Description": "new"}, folder=folder, key=robot["Id"])
    desk.call("Robots_ToggleEnabledStatus", {"robotIds": [robot["Id"]], "enabled": False}, folder=folder)
    desk.call("Robots_DeleteById", folder=folder, key=robot["Id"])
    heard = events(desk)
    assert [kind for kind, _ in heard] == ["robot.created", "robot.updated", "robot.updated", "robot.deleted"]
    assert all(body["Robots"][0]["Id"] == robot["Id"] for _, body in heard)
    assert "LicenseKey" in robot
    assert all("LicenseKey" not in body["Robots"][0] for _, body in heard)


def test_queues_are_told_of(desk: Desk, folder: FolderPlace) -> None:
    queue = desk.call("QueueDefinitions_Post", {"Name": "Orders"}, folder=folder).content
    desk.call("QueueDefinitions_PutById", {"Name": "Orders", "Description": "new"}, folder=folder, key=queue["Id"])
    desk.call("QueueDefinitions_DeleteById", folder=folder, key=queue["Id"])
    heard = [(kind, body["Queues"][0]["Id"]) for kind, body in events(desk)]
    assert heard == [(f"queue.{word}", queue["Id"]) for word in ("created", "updated", "deleted")]


@pytest.fixture
def queue(desk: Desk, folder: FolderPlace) -> FolderPlace:
    """The folder, with a queue that wants unique references."""
    desk.call("QueueDefinitions_Post", {"Name": "Orders", "EnforceUniqueReference": True}, folder=folder)
    return folder


def item_events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, body) for kind, body in events(desk) if kind.startswith("queueItem.")]


def take(desk: Desk, folder: FolderPlace) -> int:
    answer = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Orders"}}, folder=folder)
    item_id: int = answer.content["Id"]
    return item_id


def test_an_item_is_told_of_from_its_start_to_its_end(desk: Desk, queue: FolderPlace) -> None:
    item = {"Name": "Orders", "SpecificContent": {"number": 7}}
    desk.call("Queues_AddQueueItem", {"itemData": item}, folder=queue)
    taken = take(desk, queue)
    result = {"transactionResult": {"IsSuccessful": True, "Output": {"paid": True}}}
    desk.call("Queues_SetTransactionResultById", result, folder=queue, key=taken)
    (added, first), (started, second), (completed, third) = item_events(desk)
    assert (added, started, completed) == (
        "queueItem.added",
        "queueItem.transactionStarted",
        "queueItem.transactionCompleted",
    )
    assert first["QueueItems"][0]["SpecificContent"] == {"number": 7}
    assert (first["Queue"]["Name"], second["QueueItem"]["Status"]) == ("Orders", "InProgress")
    assert (third["QueueItem"]["Id"], third["QueueItem"]["Output"]) == (taken, {"paid": True})
    assert third["OrganizationUnitKey"] == queue.key


def test_a_failed_item_is_told_of(desk: Desk, queue: FolderPlace) -> None:
    desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Orders"}}, folder=queue)
    failure = {"Reason": "No number", "Type": "BusinessException"}
    result = {"transactionResult": {"IsSuccessful": False, "ProcessingException": failure}}
    desk.call("Queues_SetTransactionResultById", result, folder=queue, key=take(desk, queue))
    kind, body = item_events(desk)[-1]
    assert kind == "queueItem.transactionFailed"
    assert body["QueueItem"]["ProcessingException"]["Reason"] == "No number"


def test_an_abandoned_item_is_told_of(desk: Desk, queue: FolderPlace) -> None:
    desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Orders"}}, folder=queue)
    taken = take(desk, queue)
    desk.clock.advance(timedelta(hours=25))
    desk.call("QueueItems_Get", folder=queue)
    kind, body = item_events(desk)[-1]
    assert (kind, body["QueueItems"][0]["Id"]) == ("queueItem.transactionAbandoned", taken)


@pytest.mark.parametrize(("commit_type", "told"), [("AllOrNothing", 0), ("ProcessAllIndependently", 2)])
def test_items_that_were_added_together_are_told_of_together(
    desk: Desk, queue: FolderPlace, commit_type: str, told: int
) -> None:
    items = [{"Reference": reference} for reference in ("a", "b", "a")]
    body = {"queueName": "Orders", "commitType": commit_type, "queueItems": items}
    desk.call("Queues_BulkAddQueueItems", body, folder=queue)
    heard = item_events(desk)
    assert [len(body["QueueItems"]) for _, body in heard] == ([told] if told else [])


def test_what_a_queue_keeps_sealed_is_in_no_event(desk: Desk, folder: FolderPlace) -> None:
    desk.call("QueueDefinitions_Post", {"Name": "Sealed", "Encrypted": True}, folder=folder)
    item = {"Name": "Sealed", "SpecificContent": {"number": "hunter-two"}}
    desk.call("Queues_AddQueueItem", {"itemData": item}, folder=folder)
    [(_, body)] = item_events(desk)
    assert body["QueueItems"][0]["SpecificContent"] is None
    assert "hunter-two" not in str(body)


def test_tasks_are_told_of_without_their_data(desk: Desk, folder: FolderPlace) -> None:
    body = {"type": "ExternalTask", "title": "Look at it", "data": {"number": "hunter-two"}}
    task = desk.call("GenericTasks_CreateTask", body, folder=folder).content
    [(kind, told)] = [entry for entry in events(desk) if entry[0].startswith("task.")]
    assert (kind, told["Tasks"][0]["Title"]) == ("task.created", "Look at it")
    assert (told["Tasks"][0]["Id"], "hunter-two" in str(told)) == (task["id"], False)
