"""What people do with items: look, change, delete, review."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace

ROBOT_KEY = "00000000-0000-4000-8000-0000000000b1"

Item = dict[str, object]


@pytest.fixture
def queue(desk: Desk) -> FolderPlace:
    """Make a queue with unique references, and return its folder."""
    folder = desk.make_folder("Shared")
    desk.call("QueueDefinitions_Post", {"Name": "Invoices", "EnforceUniqueReference": True}, folder=folder)
    return folder


def add(desk: Desk, folder: FolderPlace, **data: object) -> Item:
    return desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Invoices", **data}}, folder=folder).content


def take(desk: Desk, folder: FolderPlace) -> Item | None:
    return desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Invoices"}}, folder=folder).content


def failed(desk: Desk, folder: FolderPlace, **data: object) -> Item:
    add(desk, folder, **data)
    item = take(desk, folder)
    result = {"IsSuccessful": False, "ProcessingException": {"Type": "BusinessException"}}
    desk.call("Queues_SetTransactionResultById", {"transactionResult": result}, key=item["Id"], folder=folder)
    return seen(desk, folder, item)


def seen(desk: Desk, folder: FolderPlace, item: Item) -> Item:
    return desk.call("QueueItems_GetById", key=item["Id"], folder=folder).content


class TestLooking:
    def test_a_page_has_a_hundred_items_and_a_count_only_on_request(self, desk: Desk, queue: FolderPlace) -> None:
        body = {"queueName": "Invoices", "commitType": "AllOrNothing", "queueItems": [{}] * 101}
        desk.call("Queues_BulkAddQueueItems", body, folder=queue)
        page = desk.call("QueueItems_Get", folder=queue).content
        assert len(page["value"]) == 100
        assert "@odata.count" not in page
        assert desk.call("QueueItems_Get", folder=queue, query={"$count": "true"}).content["@odata.count"] == 101

    @pytest.mark.parametrize(
        "condition",
        [
            "QueueDefinitionName eq 'Invoices'",
            "Status eq '0'",
            "Status eq 'New'",
            "Priority eq 'High' and Reference eq 'R'",
            "contains(Reference, 'R')",
        ],
    )
    def test_items_are_found_by_what_clients_filter_by(self, desk: Desk, queue: FolderPlace, condition: str) -> None:
        item = add(desk, queue, Reference="R", Priority="High")
        page = desk.call("QueueItems_Get", folder=queue, query={"$filter": condition}).content
        assert [found["Id"] for found in page["value"]] == [item["Id"]]

    def test_the_queue_is_shown_beside_an_item_on_request(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        page = desk.call("QueueItems_Get", folder=queue, query={"$expand": "QueueDefinition"}).content
        assert page["value"][0]["QueueDefinition"]["Name"] == "Invoices"

    def test_the_robot_that_took_an_item_is_shown_beside_it_on_request(self, desk: Desk, queue: FolderPlace) -> None:
        with desk.write() as session:
            session.add(
                Robot(
                    tenant_id=TENANT.tenant_id,
                    key=ROBOT_KEY,
                    folder_id=queue.id,
                    license_key="k",
                    name="bot",
                    name_folded="bot",
                    created_at=desk.clock.now(),
                )
            )
        add(desk, queue)
        start = {"transactionData": {"Name": "Invoices", "RobotIdentifier": ROBOT_KEY}}
        desk.call("Queues_StartTransaction", start, folder=queue)
        add(desk, queue)
        query = {"$expand": "Robot($select=Name)", "$orderby": "Id"}
        taken, waiting = desk.call("QueueItems_Get", folder=queue, query=query).content["value"]
        assert taken["Robot"] == {"Name": "bot"}
        assert waiting["Robot"] is None

    def test_other_folders_and_tenants_see_nothing(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        other = desk.make_folder("Other")
        assert desk.call("QueueItems_Get", folder=other).content["value"] == []
        assert desk.call("QueueItems_Get", folder=queue, tenant=OTHER_TENANT).content["value"] == []
        for operation in ("GetById", "GetItemLastRetryById", "GetItemProcessingHistoryById", "DeleteById"):
            with pytest.raises(NotFound):
                desk.call(f"QueueItems_{operation}", key=item["Id"], folder=other)
            with pytest.raises(NotFound):
                desk.call(f"QueueItems_{operation}", key=item["Id"], folder=queue, tenant=OTHER_TENANT)
        with pytest.raises(NotFound):
            desk.call("QueueItems_GetItemLastRetryByKey", key=item["Key"], folder=other)

    @pytest.mark.parametrize("key", ["x", "1.5", "99999999999999999999", "", "1 or 1=1"])
    def test_a_key_in_the_path_is_a_number(self, desk: Desk, queue: FolderPlace, key: str) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("QueueItems_GetById", key=key, folder=queue)


class TestChanging:
    def test_what_is_sent_changes_and_the_rest_stays(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue, Reference="R", SpecificContent={"A": 1}, Progress="p")
        body = {"Priority": "Low", "SpecificContent": {"B": 2}, "Progress": None, "Reference": "ignored"}
        answer = desk.call("QueueItems_PutById", body, key=item["Id"], folder=queue)
        assert answer.status == 200
        assert (answer.content["Priority"], answer.content["SpecificContent"]) == ("Low", {"B": 2})
        assert (answer.content["Progress"], answer.content["Reference"]) == (None, "R")
        assert answer.content["RowVersion"] != item["RowVersion"]

    def test_a_change_moves_an_item_in_its_queue(self, desk: Desk, queue: FolderPlace) -> None:
        first, second = add(desk, queue), add(desk, queue)
        desk.call("QueueItems_PutById", {"Priority": "Low"}, key=first["Id"], folder=queue)
        assert take(desk, queue)["Id"] == second["Id"]
        desk.call("QueueItems_PutById", {"DeferDate": "2031-01-01T00:00:00Z"}, key=first["Id"], folder=queue)
        assert take(desk, queue) is None
        desk.call("QueueItems_PutById", {"DeferDate": None}, key=first["Id"], folder=queue)
        assert take(desk, queue)["Id"] == first["Id"]

    def test_an_item_that_was_taken_is_not_changed(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        take(desk, queue)
        with pytest.raises(Conflict) as refusal:
            desk.call("QueueItems_PutById", {"Priority": "Low"}, key=item["Id"], folder=queue)
        assert refusal.value.status == 409

    def test_a_wrong_value_changes_nothing(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        with pytest.raises(InvalidRequest, match="DueDate"):
            desk.call("QueueItems_PutById", {"Progress": "p", "DueDate": 5}, key=item["Id"], folder=queue)
        assert seen(desk, queue, item) == item


class TestDeleting:
    def test_a_deleted_item_is_shown_as_such_and_never_taken(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        for _ in range(2):
            assert desk.call("QueueItems_DeleteById", key=item["Id"], folder=queue).status == 204
        assert seen(desk, queue, item)["Status"] == "Deleted"
        assert take(desk, queue) is None

    def test_an_item_in_progress_is_not_deleted(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        take(desk, queue)
        with pytest.raises(Conflict):
            desk.call("QueueItems_DeleteById", key=item["Id"], folder=queue)

    def test_many_are_deleted_and_those_that_are_not_are_named(self, desk: Desk, queue: FolderPlace) -> None:
        busy, stale, good = add(desk, queue), add(desk, queue), add(desk, queue)
        take(desk, queue)
        desk.call("QueueItems_PutById", {"Progress": "p"}, key=stale["Id"], folder=queue)
        wanted = [
            {"Id": busy["Id"]},
            {"Id": stale["Id"], "RowVersion": stale["RowVersion"]},
            {"Id": good["Id"], "RowVersion": good["RowVersion"]},
            {"Id": 999},
        ]
        answer = desk.call("QueueItems_DeleteBulk", {"queueItems": wanted}, folder=queue)
        assert answer.status == 200
        assert answer.content["Success"] is False
        assert sorted(answer.content["FailedItems"]) == [busy["Id"], stale["Id"], 999]
        assert seen(desk, queue, good)["Status"] == "Deleted"
        assert seen(desk, queue, stale)["Status"] == "New"

    @pytest.mark.parametrize("wanted", [None, {}, [1], [{}], [{"Id": "x"}]])
    def test_a_list_of_another_shape_is_refused(self, desk: Desk, queue: FolderPlace, wanted: object) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("QueueItems_DeleteBulk", {"queueItems": wanted}, folder=queue)

    def test_a_row_version_is_base64(self, desk: Desk, queue: FolderPlace) -> None:
        with pytest.raises(InvalidRequest, match="RowVersion"):
            desk.call("QueueItems_DeleteBulk", {"queueItems": [{"Id": 1, "RowVersion": "*"}]}, folder=queue)


class TestReviewing:
    def review(self, desk: Desk, folder: FolderPlace, item: Item, status: object) -> Item:
        body = {"status": status, "queueItems": [{"Id": item["Id"], "RowVersion": item["RowVersion"]}]}
        return desk.call("QueueItems_SetItemReviewStatus", body, folder=folder).content

    def test_a_failed_item_is_reviewed(self, desk: Desk, queue: FolderPlace) -> None:
        item = failed(desk, queue)
        assert self.review(desk, queue, item, "Verified") | {"@odata.context": ""} == {
            "@odata.context": "",
            "Success": True,
            "Message": None,
            "FailedItems": [],
        }
        assert seen(desk, queue, item)["ReviewStatus"] == "Verified"

    def test_a_review_may_ask_for_another_attempt_once(self, desk: Desk, queue: FolderPlace) -> None:
        item = failed(desk, queue, Reference="R")
        assert self.review(desk, queue, item, "Retried")["Success"] is True
        again = take(desk, queue)
        assert (again["ManualAncestorId"], again["ManualAncestorUniqueKey"]) == (item["Id"], item["UniqueKey"])
        assert (again["ManualRetryNumber"], again["RetryNumber"]) == (1, 0)
        assert (again["Reference"], again["Key"]) == ("R", item["Key"])
        assert self.review(desk, queue, seen(desk, queue, item), "Retried")["FailedItems"] == [item["Id"]]

    def test_an_item_that_did_not_fail_has_nothing_to_review(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        assert self.review(desk, queue, item, "Verified")["FailedItems"] == [item["Id"]]
        assert seen(desk, queue, item)["ReviewStatus"] == "None"

    @pytest.mark.parametrize("status", [None, "", "Fine", 9])
    def test_the_status_is_one_of_the_vendor_s(self, desk: Desk, queue: FolderPlace, status: object) -> None:
        with pytest.raises(InvalidRequest, match="status"):
            self.review(desk, queue, add(desk, queue), status)


class TestAttempts:
    def test_the_history_of_an_item_has_every_attempt(self, desk: Desk, queue: FolderPlace) -> None:
        first = failed(desk, queue)
        add(desk, queue)
        body = {"status": "Retried", "queueItems": [{"Id": first["Id"]}]}
        desk.call("QueueItems_SetItemReviewStatus", body, folder=queue)
        history = desk.call("QueueItems_GetItemProcessingHistoryById", key=first["Id"], folder=queue).content["value"]
        assert {item["Key"] for item in history} == {first["Key"]}
        assert len(history) == 2
        last = desk.call("QueueItems_GetItemLastRetryById", key=first["Id"], folder=queue).content
        by_key = desk.call("QueueItems_GetItemLastRetryByKey", key=first["Key"], folder=queue).content
        assert last == by_key
        assert last["ManualAncestorId"] == first["Id"]
