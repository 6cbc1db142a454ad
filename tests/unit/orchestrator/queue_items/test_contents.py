"""What items carry: held to the queue's schemas, and sealed where the queue wants it."""

import pytest
from sqlalchemy import text
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.passage import FolderPlace

Json = dict[str, object]
CONTENT = {"iban": "AT-canary-1", "amount": 5}


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def add(desk: Desk, folder: FolderPlace, **data: object) -> Json:
    return desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Q", **data}}, folder=folder).content


def take(desk: Desk, folder: FolderPlace, **data: object) -> Json:
    return desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q", **data}}, folder=folder).content


def end(desk: Desk, folder: FolderPlace, item: Json, **result: object) -> Json:
    body = {"transactionResult": {"IsSuccessful": True, **result}}
    desk.call("Queues_SetTransactionResultById", body, key=item["Id"], folder=folder)
    return desk.call("QueueItems_GetById", key=item["Id"], folder=folder).content


def everything_stored(desk: Desk) -> str:
    with desk.database.read() as session:
        return str(session.execute(text("SELECT * FROM queue_items")).all())


class TestSealed:
    @pytest.fixture(autouse=True)
    def queue(self, desk: Desk, folder: FolderPlace) -> Json:
        body = {
            "Name": "Q",
            "Encrypted": True,
            "AcceptAutomaticallyRetry": True,
            "MaxNumberOfRetries": 1,
            "RetryAbandonedItems": True,
        }
        return desk.call("QueueDefinitions_Post", body, folder=folder).content

    def test_content_is_shown_and_not_stored_in_the_open(self, desk: Desk, folder: FolderPlace) -> None:
        made = add(desk, folder, SpecificContent=CONTENT)
        assert (made["Encrypted"], made["SpecificContent"]) == (True, CONTENT)
        item = take(desk, folder)
        assert item["SpecificContent"] == CONTENT
        assert "AT-canary-1" in str(item["SpecificData"])
        ended = end(desk, folder, item, Output={"o": "canary-2"}, Analytics={"a": "canary-3"})
        assert (ended["Output"], ended["Analytics"]) == ({"o": "canary-2"}, {"a": "canary-3"})
        assert "canary-2" in str(ended["OutputData"])
        assert "canary-3" in str(ended["AnalyticsData"])
        assert "canary" not in everything_stored(desk)

    def test_a_choice_of_fields_still_opens_the_content(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder, SpecificContent=CONTENT)
        query = {"$select": "SpecificContent"}
        assert desk.call("QueueItems_Get", folder=folder, query=query).content["value"] == [
            {"SpecificContent": CONTENT}
        ]

    def test_a_retry_carries_what_the_first_attempt_did(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder, SpecificContent=CONTENT)
        failure = {"ProcessingException": {"Type": "ApplicationException"}, "IsSuccessful": False}
        end(desk, folder, take(desk, folder), **failure)
        assert take(desk, folder)["SpecificContent"] == CONTENT

    def test_a_change_of_content_is_sealed_too(self, desk: Desk, folder: FolderPlace) -> None:
        made = add(desk, folder, SpecificContent=CONTENT)
        body = {"SpecificContent": {"iban": "canary-4"}}
        assert desk.call("QueueItems_PutById", body, key=made["Id"], folder=folder).content["SpecificContent"] == {
            "iban": "canary-4"
        }
        assert "canary" not in everything_stored(desk)


class TestSchemas:
    @pytest.fixture(autouse=True)
    def queue(self, desk: Desk, folder: FolderPlace) -> Json:
        schema = '{"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}'
        body = {
            "Name": "Q",
            "SpecificDataJsonSchema": schema,
            "OutputDataJsonSchema": schema,
            "AnalyticsDataJsonSchema": schema,
        }
        return desk.call("QueueDefinitions_Post", body, folder=folder).content

    @pytest.mark.parametrize("data", [{}, {"SpecificContent": {"n": "secret-value"}}, {"SpecificContent": {}}])
    def test_an_item_that_does_not_fit_is_refused_without_its_values(
        self, desk: Desk, folder: FolderPlace, data: Json
    ) -> None:
        with pytest.raises(InvalidRequest, match="SpecificContent does not fit") as refused:
            add(desk, folder, **data)
        assert "secret-value" not in refused.value.public
        assert everything_stored(desk) == "[]"

    def test_of_many_items_those_that_do_not_fit_are_named(self, desk: Desk, folder: FolderPlace) -> None:
        items = [{"SpecificContent": {"n": 1}}, {"SpecificContent": {}}]
        body = {"queueName": "Q", "commitType": "ProcessAllIndependently", "queueItems": items}
        answer = desk.call("Queues_BulkAddQueueItems", body, folder=folder).content
        assert [(failed["Ordinal"], failed["ErrorCode"]) for failed in answer["FailedItems"]] == [
            (1, "InvalidArgument")
        ]

    @pytest.mark.parametrize("result", [{"Output": {"n": "x"}}, {"Analytics": {}}])
    def test_a_result_that_does_not_fit_leaves_the_item_in_progress(
        self, desk: Desk, folder: FolderPlace, result: Json
    ) -> None:
        add(desk, folder, SpecificContent={"n": 1})
        item = take(desk, folder)
        with pytest.raises(InvalidRequest):
            end(desk, folder, item, **result)
        assert end(desk, folder, item, Output={"n": 2}, Analytics={"n": 3})["Status"] == "Successful"

    def test_a_change_and_an_item_that_is_taken_at_once_are_held_to_it(self, desk: Desk, folder: FolderPlace) -> None:
        made = add(desk, folder, SpecificContent={"n": 1})
        with pytest.raises(InvalidRequest):
            desk.call("QueueItems_PutById", {"SpecificContent": {"n": 0.5}}, key=made["Id"], folder=folder)
        with pytest.raises(InvalidRequest):
            take(desk, folder, SpecificContent={})


def test_the_items_of_one_queue_are_written_down_as_a_file(desk: Desk, folder: FolderPlace) -> None:
    queue = desk.call("QueueDefinitions_Post", {"Name": "Q"}, folder=folder).content
    desk.call("QueueDefinitions_Post", {"Name": "Other"}, folder=folder)
    for reference in ("=cmd", "R-2"):
        add(desk, folder, Reference=reference, SpecificContent={"n": 1})
    desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Other", "Reference": "R-3"}}, folder=folder)
    export = desk.call("QueueDefinitions_ExportById", key=queue["Id"], folder=folder).content
    assert (export["Type"], export["Status"]) == ("Queues", "Completed")
    with desk.database.read() as session:
        name = session.execute(text("SELECT file_name FROM exports")).scalar_one()
    with desk.files.open(name) as stream:
        written = stream.read().decode()
    assert "'=cmd" in written
    assert "R-2" in written
    assert "R-3" not in written
