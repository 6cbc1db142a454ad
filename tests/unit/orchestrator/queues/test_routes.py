"""Queues at work: adding, taking, giving results."""

from datetime import timedelta

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import AlreadyExists, Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace

ROBOT_KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def shared(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def make_queue(desk: Desk, folder: FolderPlace, **settings: object) -> None:
    desk.call("QueueDefinitions_Post", {"Name": "Invoices", **settings}, folder=folder)


@pytest.fixture
def queue(desk: Desk, shared: FolderPlace) -> FolderPlace:
    """Make the queue and return its folder."""
    make_queue(desk, shared)
    return shared


@pytest.fixture
def retrying(desk: Desk, shared: FolderPlace) -> FolderPlace:
    """Make a queue that retries once and wants unique references, and return its folder."""
    make_queue(desk, shared, MaxNumberOfRetries=1, AcceptAutomaticallyRetry=True, EnforceUniqueReference=True)
    return shared


def add(desk: Desk, folder: FolderPlace, **data: object) -> dict[str, object]:
    answer = desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Invoices", **data}}, folder=folder)
    assert answer.status == 201
    return answer.content


def take(desk: Desk, folder: FolderPlace, **data: object) -> dict[str, object] | None:
    answer = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Invoices", **data}}, folder=folder)
    assert answer.status == (204 if answer.content is None else 200)
    return answer.content


def finish(desk: Desk, folder: FolderPlace, item: dict[str, object], **result: object) -> dict[str, object]:
    answer = desk.call("Queues_SetTransactionResultById", {"transactionResult": result}, key=item["Id"], folder=folder)
    assert answer.status == 200
    assert answer.content["@odata.null"] is True
    return desk.call("QueueItems_GetById", key=item["Id"], folder=folder).content


def fail(desk: Desk, folder: FolderPlace, item: dict[str, object], kind: str, **result: object) -> dict[str, object]:
    exception = {"Reason": "no", "Details": "d", "Type": kind}
    return finish(desk, folder, item, IsSuccessful=False, ProcessingException=exception, **result)


class TestAdding:
    def test_an_added_item_comes_back_whole(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(
            desk,
            queue,
            Priority="High",
            Reference="R-1",
            SpecificContent={"Amount": 5, "Nested": {"a": [1]}},
            DueDate="2030-02-01T09:00:00+01:00",
            Progress="none",
        )
        assert item["Status"] == "New"
        assert item["ReviewStatus"] == "None"
        assert item["Priority"] == "High"
        assert item["Reference"] == "R-1"
        assert item["SpecificContent"] == {"Amount": 5, "Nested": {"a": [1]}}
        assert item["SpecificData"] == '{"DynamicProperties":{"Amount":5,"Nested":{"a":[1]}}}'
        assert item["DueDate"] == "2030-02-01T08:00:00Z"
        assert item["QueueDefinitionName"] == "Invoices"
        assert item["RowVersion"] == "AAAAAAAAAAE="
        assert item["Key"] == item["UniqueKey"]

    def test_names_of_fields_and_queues_are_read_in_any_letter_case(self, desk: Desk, queue: FolderPlace) -> None:
        body = {"ITEMDATA": {"name": "INVOICES", "priority": "low", "specificcontent": {"Kept": "As it Is"}}}
        item = desk.call("Queues_AddQueueItem", body, folder=queue).content
        assert item["Priority"] == "Low"
        assert item["SpecificContent"] == {"Kept": "As it Is"}

    def test_what_is_left_out_has_the_vendor_s_defaults(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        assert item["Priority"] == "Normal"
        assert item["SpecificContent"] is None
        assert item["SpecificData"] is None

    def test_a_queue_s_own_deadlines_apply_where_none_is_given(self, desk: Desk, shared: FolderPlace) -> None:
        make_queue(desk, shared, SlaInMinutes=60, RiskSlaInMinutes=30)
        item = add(desk, shared)
        assert item["DueDate"] == "2030-01-31T09:00:00Z"
        assert item["RiskSlaDate"] == "2030-01-31T08:30:00Z"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("Priority", "Urgent"),
            ("Priority", 3),
            ("Priority", True),
            ("SpecificContent", "text"),
            ("SpecificContent", [1]),
            ("Reference", 5),
            ("Reference", "x" * 129),
            ("DeferDate", "tomorrow"),
            ("DueDate", 17),
            ("Progress", {}),
            ("Name", 5),
            ("SpecificContent", {"Big": "x" * 1_000_001}),
        ],
    )
    def test_a_wrong_value_is_refused_by_the_name_of_its_field(
        self, desk: Desk, queue: FolderPlace, field: str, value: object
    ) -> None:
        with pytest.raises(InvalidRequest, match=field) as refusal:
            add(desk, queue, **{field: value})
        assert (refusal.value.status, refusal.value.error_code) == (400, 1000)
        assert desk.call("QueueItems_Get", folder=queue).content["value"] == []

    @pytest.mark.parametrize("body", [None, [], "text", {}, {"itemData": None}, {"itemData": []}])
    def test_a_body_of_another_shape_is_refused(self, desk: Desk, queue: FolderPlace, body: object) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("Queues_AddQueueItem", body, folder=queue)

    def test_an_unknown_queue_is_not_found_nor_is_another_folder_s_or_tenant_s(
        self, desk: Desk, queue: FolderPlace
    ) -> None:
        body = {"itemData": {"Name": "Invoices"}}
        with pytest.raises(NotFound):
            desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Nothing"}}, folder=queue)
        with pytest.raises(NotFound):
            desk.call("Queues_AddQueueItem", body, folder=desk.make_folder("Other"))
        with pytest.raises(NotFound):
            desk.call("Queues_AddQueueItem", body, folder=queue, tenant=OTHER_TENANT)

    def test_a_reference_is_unique_only_where_the_queue_says_so(self, desk: Desk, queue: FolderPlace) -> None:
        first, second = add(desk, queue, Reference="R"), add(desk, queue, Reference="R")
        assert first["Id"] != second["Id"]
        assert first["Reference"] == second["Reference"] == "R"

    def test_a_second_item_with_a_unique_reference_is_refused(self, desk: Desk, retrying: FolderPlace) -> None:
        add(desk, retrying, Reference="R")
        with pytest.raises(AlreadyExists) as refusal:
            add(desk, retrying, Reference="R")
        assert (refusal.value.status, refusal.value.error_code) == (409, 1004)
        add(desk, retrying)
        add(desk, retrying)

    def test_the_reference_of_a_deleted_item_is_free_again(self, desk: Desk, retrying: FolderPlace) -> None:
        item = add(desk, retrying, Reference="R")
        desk.call("QueueItems_DeleteById", key=item["Id"], folder=retrying)
        again = add(desk, retrying, Reference="R")
        items = desk.call("QueueItems_Get", folder=retrying, query={"$filter": "Reference eq 'R'"}).content["value"]
        assert {one["Id"]: one["Status"] for one in items}[again["Id"]] == "New"


class TestAddingMany:
    def bulk(self, desk: Desk, folder: FolderPlace, commit_type: object, *references: object) -> dict[str, object]:
        items = [{"Reference": reference} for reference in references]
        body = {"queueName": "Invoices", "commitType": commit_type, "queueItems": items}
        answer = desk.call("Queues_BulkAddQueueItems", body, folder=folder)
        assert answer.status == 200
        return answer.content

    def references(self, desk: Desk, folder: FolderPlace) -> list[object]:
        return [item["Reference"] for item in desk.call("QueueItems_Get", folder=folder).content["value"]]

    def test_many_items_are_added_in_their_order(self, desk: Desk, queue: FolderPlace) -> None:
        answer = self.bulk(desk, queue, "AllOrNothing", "a", "b", "c")
        assert (answer["Success"], answer["FailedItems"]) == (True, [])
        assert sorted(self.references(desk, queue)) == ["a", "b", "c"]
        assert [take(desk, queue)["Reference"] for _ in "abc"] == ["a", "b", "c"]

    def test_all_or_nothing_leaves_nothing(self, desk: Desk, retrying: FolderPlace) -> None:
        add(desk, retrying, Reference="b")
        answer = self.bulk(desk, retrying, "AllOrNothing", "a", "b", "c")
        assert answer["Success"] is False
        assert [(item["Ordinal"], item["ErrorCode"]) for item in answer["FailedItems"]] == [(1, "DuplicateReference")]
        assert self.references(desk, retrying) == ["b"]

    def test_stop_on_first_failure_keeps_what_came_before(self, desk: Desk, retrying: FolderPlace) -> None:
        answer = self.bulk(desk, retrying, "StopOnFirstFailure", "a", "a", "c")
        assert [item["Ordinal"] for item in answer["FailedItems"]] == [1]
        assert self.references(desk, retrying) == ["a"]

    def test_process_all_independently_keeps_all_that_can_be(self, desk: Desk, retrying: FolderPlace) -> None:
        answer = self.bulk(desk, retrying, "ProcessAllIndependently", "a", "a", None, "c")
        assert [item["Ordinal"] for item in answer["FailedItems"]] == [1]
        assert len(self.references(desk, retrying)) == 3

    def test_an_item_that_is_too_large_fails_alone(self, desk: Desk, queue: FolderPlace) -> None:
        items = [{"SpecificContent": {"Big": "x" * 1_000_001}}, {"Reference": "a"}]
        body = {"queueName": "Invoices", "commitType": "ProcessAllIndependently", "queueItems": items}
        answer = desk.call("Queues_BulkAddQueueItems", body, folder=queue).content
        assert [(item["Ordinal"], item["ErrorCode"]) for item in answer["FailedItems"]] == [(0, "InvalidArgument")]
        assert self.references(desk, queue) == ["a"]

    def test_a_wrong_type_in_one_item_refuses_all_and_names_it(self, desk: Desk, queue: FolderPlace) -> None:
        with pytest.raises(InvalidRequest, match=r"queueItems\[1\].*Reference"):
            self.bulk(desk, queue, "ProcessAllIndependently", "a", 5)
        assert self.references(desk, queue) == []

    @pytest.mark.parametrize("commit_type", [None, "Sometimes", 7])
    def test_the_commit_type_is_one_of_three(self, desk: Desk, queue: FolderPlace, commit_type: object) -> None:
        with pytest.raises(InvalidRequest, match="commitType"):
            self.bulk(desk, queue, commit_type, "a")


class TestTaking:
    def test_an_empty_queue_has_nothing_to_take(self, desk: Desk, queue: FolderPlace) -> None:
        assert take(desk, queue) is None

    def test_the_item_taken_is_in_progress_and_not_taken_again(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue, SpecificContent={"A": 1})
        taken = take(desk, queue)
        assert taken["Id"] == item["Id"]
        assert taken["Status"] == "InProgress"
        assert taken["StartProcessing"] == "2030-01-31T08:00:00Z"
        assert taken["SpecificContent"] == {"A": 1}
        assert taken["RowVersion"] != item["RowVersion"]
        assert take(desk, queue) is None

    def test_deadlines_come_first_then_priorities_then_the_order_of_adding(
        self, desk: Desk, queue: FolderPlace
    ) -> None:
        near, far = "2030-02-01T00:00:00Z", "2030-03-01T00:00:00Z"
        for reference, data in {
            "8": {"Priority": "Low"},
            "6": {"Priority": "Normal"},
            "7": {"Priority": "Normal"},
            "5": {"Priority": "High"},
            "4": {"Priority": "Low", "DueDate": near},
            "3": {"Priority": "Normal", "DueDate": near},
            "2": {"Priority": "High", "DueDate": far},
            "1": {"Priority": "High", "DueDate": near},
        }.items():
            add(desk, queue, Reference=reference, **data)
        assert [take(desk, queue)["Reference"] for _ in range(8)] == list("12345678")

    def test_a_deferred_item_waits_for_its_time(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue, Reference="later", Priority="High", DeferDate="2030-01-31T08:10:00Z")
        assert take(desk, queue) is None
        add(desk, queue, Reference="first")
        add(desk, queue, Reference="second")
        assert take(desk, queue)["Reference"] == "first"
        desk.clock.advance(timedelta(minutes=10))
        assert take(desk, queue)["Reference"] == "later", "once due, it stands where its priority puts it"

    def test_an_item_deferred_into_the_past_is_not_deferred(self, desk: Desk, queue: FolderPlace) -> None:
        past = add(desk, queue, DeferDate="2030-01-31T07:00:00Z")
        assert take(desk, queue)["Id"] == past["Id"]

    def test_a_reference_narrows_the_choice(self, desk: Desk, queue: FolderPlace) -> None:
        for reference in ("A-1", "B-1", "B-2", "B%"):
            add(desk, queue, Reference=reference)
        assert take(desk, queue, Reference="B-2")["Reference"] == "B-2"
        assert take(desk, queue, Reference="B-2") is None
        assert take(desk, queue, Reference="B%", ReferenceFilterOption="StartsWith")["Reference"] == "B%"
        assert take(desk, queue, Reference="B", ReferenceFilterOption="StartsWith")["Reference"] == "B-1"

    def test_a_request_with_content_adds_that_item_and_takes_it(self, desk: Desk, retrying: FolderPlace) -> None:
        add(desk, retrying, Reference="waiting")
        taken = take(desk, retrying, SpecificContent={"B": 2}, Reference="mine")
        assert (taken["Status"], taken["Reference"]) == ("InProgress", "mine")
        assert taken["SpecificContent"] == {"B": 2}
        with pytest.raises(AlreadyExists):
            take(desk, retrying, SpecificContent={}, Reference="mine")
        assert take(desk, retrying)["Reference"] == "waiting"
        assert take(desk, retrying) is None

    def test_the_robot_that_takes_is_written_down(self, desk: Desk, queue: FolderPlace) -> None:
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
        assert take(desk, queue, RobotIdentifier=ROBOT_KEY.upper())["RobotId"] == 1

    def test_a_robot_of_elsewhere_takes_for_no_robot_of_ours(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        assert take(desk, queue, RobotIdentifier=ROBOT_KEY)["RobotId"] is None

    def test_a_robot_identifier_that_is_no_guid_takes_nothing(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        with pytest.raises(InvalidRequest, match="RobotIdentifier"):
            take(desk, queue, RobotIdentifier="bot")
        assert take(desk, queue) is not None

    def test_another_folder_or_tenant_takes_nothing(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        with pytest.raises(NotFound):
            take(desk, desk.make_folder("Other"))
        body = {"transactionData": {"Name": "Invoices"}}
        with pytest.raises(NotFound):
            desk.call("Queues_StartTransaction", body, folder=queue, tenant=OTHER_TENANT)


class TestGivingResults:
    def test_success_is_written_down(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        taken = take(desk, queue)
        desk.clock.advance(timedelta(seconds=5))
        done = finish(
            desk, queue, taken, IsSuccessful=True, Output={"Total": 7}, Analytics={"Pages": 1}, OperationId="op"
        )
        assert done["Status"] == "Successful"
        assert done["EndProcessing"] == "2030-01-31T08:00:05Z"
        assert done["Output"] == {"Total": 7}
        assert done["OutputData"] == '{"DynamicProperties":{"Total":7}}'
        assert done["Analytics"] == {"Pages": 1}
        assert done["OperationId"] == "op"
        assert done["ProcessingException"] is None

    def test_a_result_is_given_once_and_for_items_in_progress_alone(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        with pytest.raises(Conflict) as refusal:
            finish(desk, queue, item, IsSuccessful=True)
        assert refusal.value.status == 409
        taken = take(desk, queue)
        finish(desk, queue, taken, IsSuccessful=True)
        with pytest.raises(Conflict):
            finish(desk, queue, taken, IsSuccessful=True)

    def test_a_business_exception_ends_an_item(self, desk: Desk, retrying: FolderPlace) -> None:
        add(desk, retrying, Reference="R")
        failed = fail(desk, retrying, take(desk, retrying), "BusinessException")
        assert failed["Status"] == "Failed"
        assert failed["ProcessingExceptionType"] == "BusinessException"
        assert failed["ProcessingException"]["Reason"] == "no"
        assert take(desk, retrying) is None

    def test_an_application_exception_is_tried_again_while_retries_last(
        self, desk: Desk, retrying: FolderPlace
    ) -> None:
        add(desk, retrying, Reference="R", SpecificContent={"A": 1}, Priority="High")
        first = take(desk, retrying)
        desk.clock.advance(timedelta(seconds=5))
        old = fail(desk, retrying, first, "ApplicationException")
        assert old["Status"] == "Retried"
        second = take(desk, retrying)
        assert second["Id"] != first["Id"]
        assert second["Key"] == first["Key"]
        assert second["UniqueKey"] != first["UniqueKey"]
        assert (second["AncestorId"], second["AncestorUniqueKey"]) == (first["Id"], first["UniqueKey"])
        assert (second["RetryNumber"], second["SecondsInPreviousAttempts"]) == (1, 5)
        assert (second["Reference"], second["Priority"]) == ("R", "High")
        assert second["SpecificContent"] == {"A": 1}
        last = fail(desk, retrying, second, "ApplicationException")
        assert last["Status"] == "Failed"
        assert take(desk, retrying) is None

    def test_a_retry_may_be_put_off(self, desk: Desk, retrying: FolderPlace) -> None:
        add(desk, retrying)
        fail(desk, retrying, take(desk, retrying), "ApplicationException", DeferDate="2030-01-31T09:00:00Z")
        assert take(desk, retrying) is None
        desk.clock.advance(timedelta(hours=1))
        assert take(desk, retrying)["RetryNumber"] == 1

    def test_a_queue_without_automatic_retries_makes_none(self, desk: Desk, shared: FolderPlace) -> None:
        make_queue(desk, shared, MaxNumberOfRetries=3)
        add(desk, shared)
        assert fail(desk, shared, take(desk, shared), "ApplicationException")["Status"] == "Failed"
        assert take(desk, shared) is None

    def test_an_item_without_result_but_with_a_date_is_put_off(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        taken = take(desk, queue)
        again = finish(desk, queue, taken, IsSuccessful=False, DeferDate="2030-01-31T09:00:00Z", Progress="half")
        assert (again["Status"], again["StartProcessing"], again["Progress"]) == ("New", None, "half")
        assert take(desk, queue) is None
        desk.clock.advance(timedelta(hours=1))
        assert take(desk, queue)["Id"] == taken["Id"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("IsSuccessful", "yes"),
            ("Output", []),
            ("ProcessingException", "boom"),
            ("ProcessingException", {"Type": "Other"}),
            ("ProcessingException", {"Reason": 5}),
            ("DeferDate", "x"),
            ("Output", {"Big": "x" * 1_000_001}),
        ],
    )
    def test_a_wrong_value_is_refused_and_the_item_stays_in_progress(
        self, desk: Desk, queue: FolderPlace, field: str, value: object
    ) -> None:
        add(desk, queue)
        taken = take(desk, queue)
        with pytest.raises(InvalidRequest):
            finish(desk, queue, taken, **{field: value})
        assert finish(desk, queue, taken, IsSuccessful=True)["Status"] == "Successful"

    def test_another_folder_or_tenant_cannot_give_a_result(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        taken = take(desk, queue)
        with pytest.raises(NotFound):
            finish(desk, desk.make_folder("Other"), taken, IsSuccessful=True)
        body = {"transactionResult": {"IsSuccessful": True}}
        with pytest.raises(NotFound):
            desk.call("Queues_SetTransactionResultById", body, key=taken["Id"], folder=queue, tenant=OTHER_TENANT)


class TestProgress:
    def test_progress_is_noted_while_in_progress_alone(self, desk: Desk, queue: FolderPlace) -> None:
        item = add(desk, queue)
        arguments = {"key": item["Id"], "folder": queue}
        with pytest.raises(Conflict):
            desk.call("QueueItems_SetTransactionProgressById", {"progress": "half"}, **arguments)
        take(desk, queue)
        answer = desk.call("QueueItems_SetTransactionProgressById", {"progress": "half"}, **arguments)
        assert answer.content["@odata.null"] is True
        assert desk.call("QueueItems_GetById", **arguments).content["Progress"] == "half"


class TestAbandonment:
    def test_an_item_in_progress_for_a_day_is_abandoned(self, desk: Desk, queue: FolderPlace) -> None:
        add(desk, queue)
        taken = take(desk, queue)
        desk.clock.advance(timedelta(hours=23, minutes=59))
        assert desk.call("QueueItems_GetById", key=taken["Id"], folder=queue).content["Status"] == "InProgress"
        desk.clock.advance(timedelta(hours=3))
        seen = desk.call("QueueItems_GetById", key=taken["Id"], folder=queue).content
        assert (seen["Status"], seen["EndProcessing"]) == ("Abandoned", "2030-02-01T08:00:00Z")
        with pytest.raises(Conflict):
            finish(desk, queue, taken, IsSuccessful=True)

    def test_a_queue_may_retry_what_was_abandoned(self, desk: Desk, shared: FolderPlace) -> None:
        make_queue(desk, shared, MaxNumberOfRetries=1, RetryAbandonedItems=True, EnforceUniqueReference=True)
        add(desk, shared, Reference="R")
        first = take(desk, shared)
        desk.clock.advance(timedelta(days=2))
        second = take(desk, shared)
        assert (second["AncestorId"], second["RetryNumber"], second["Reference"]) == (first["Id"], 1, "R")
        assert desk.call("QueueItems_GetById", key=first["Id"], folder=shared).content["Status"] == "Retried"
        desk.clock.advance(timedelta(days=2))
        assert take(desk, shared) is None
