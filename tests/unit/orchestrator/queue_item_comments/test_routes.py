"""Comments on items."""

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import FolderPlace

Json = dict[str, object]


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    folder = desk.make_folder("Shared")
    body = {"Name": "Q", "AcceptAutomaticallyRetry": True, "MaxNumberOfRetries": 1}
    desk.call("QueueDefinitions_Post", body, folder=folder)
    return folder


@pytest.fixture
def item(desk: Desk, folder: FolderPlace) -> Json:
    return desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Q"}}, folder=folder).content


def comment(desk: Desk, folder: FolderPlace, item: Json, text: str = "look") -> Json:
    body = {"Text": text, "QueueItemId": item["Id"], "UserId": 9, "CreationTime": "2001-01-01T00:00:00Z"}
    answer = desk.call("QueueItemComments_Post", body, folder=folder)
    assert answer.status == 201
    return answer.content


def test_a_comment_is_the_callers_and_of_now_whatever_was_sent(desk: Desk, folder: FolderPlace, item: Json) -> None:
    made = comment(desk, folder, item)
    assert (made["UserName"], made["CreationTime"]) == (CALLER.name, "2030-01-31T08:00:00Z")
    assert made["UserId"] == (CALLER.number or None)
    assert desk.call("QueueItemComments_GetById", key=made["Id"], folder=folder).content["Text"] == "look"
    query = {"$filter": f"QueueItemId eq {item['Id']}"}
    assert len(desk.call("QueueItemComments_Get", folder=folder, query=query).content["value"]) == 1


def test_a_comment_is_changed_and_deleted(desk: Desk, folder: FolderPlace, item: Json) -> None:
    made = comment(desk, folder, item)
    assert desk.call("QueueItemComments_PutById", {"Text": "seen"}, key=made["Id"], folder=folder).status == 200
    assert desk.call("QueueItemComments_GetById", key=made["Id"], folder=folder).content["Text"] == "seen"
    assert desk.call("QueueItemComments_DeleteById", key=made["Id"], folder=folder).status == 204
    with pytest.raises(NotFound):
        desk.call("QueueItemComments_GetById", key=made["Id"], folder=folder)


def test_the_history_has_the_comments_on_every_attempt(desk: Desk, folder: FolderPlace, item: Json) -> None:
    comment(desk, folder, item, "first")
    taken = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder).content
    result = {"IsSuccessful": False, "ProcessingException": {"Type": "ApplicationException"}}
    desk.call("Queues_SetTransactionResultById", {"transactionResult": result}, key=taken["Id"], folder=folder)
    again = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder).content
    comment(desk, folder, again, "second")
    operation = "QueueItemComments_GetQueueItemCommentsHistoryByQueueitemid"
    found = desk.call(operation, queueItemId=item["Id"], folder=folder).content["value"]
    assert [each["Text"] for each in found] == ["first", "second"]


@pytest.mark.parametrize("body", [{}, {"Text": ""}, {"Text": "x" * 513}, {"Text": "x"}, {"Text": 1}])
def test_what_is_no_comment_is_refused(desk: Desk, folder: FolderPlace, body: Json) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("QueueItemComments_Post", body, folder=folder)


def test_a_comment_stays_on_its_item(desk: Desk, folder: FolderPlace, item: Json) -> None:
    made = comment(desk, folder, item)
    body = {"Text": "x", "QueueItemId": 77}
    with pytest.raises(InvalidRequest):
        desk.call("QueueItemComments_PutById", body, key=made["Id"], folder=folder)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("QueueItemComments_GetById", None),
        ("QueueItemComments_PutById", {"Text": "mine"}),
        ("QueueItemComments_DeleteById", None),
    ],
)
def test_a_comment_of_another_folder_or_tenant_looks_like_none(
    desk: Desk, folder: FolderPlace, item: Json, operation: str, body: object
) -> None:
    made = comment(desk, folder, item)
    elsewhere = desk.make_folder("Elsewhere")
    with pytest.raises(NotFound):
        desk.call(operation, body, key=made["Id"], folder=elsewhere)
    with pytest.raises(NotFound):
        desk.call(operation, body, key=made["Id"], folder=folder, tenant=OTHER_TENANT)
    with pytest.raises(NotFound):
        comment(desk, elsewhere, item)
