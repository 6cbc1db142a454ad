"""Test data queues: made, filled within their schema, used up row by row."""

import orjson
import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import FolderPlace

SCHEMA = orjson.dumps({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}).decode()


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def make(desk: Desk, folder: FolderPlace, name: str = "People", **more: object) -> dict:
    body = {"Name": name, "ContentJsonSchema": SCHEMA, **more}
    return desk.call("TestDataQueues_Post", body, folder=folder).content


def add(desk: Desk, folder: FolderPlace, *numbers: object, name: str = "People") -> object:
    body = {"queueName": name, "items": [{"n": number} for number in numbers]}
    return desk.call("TestDataQueueActions_BulkAddItems", body, folder=folder).content


def take(desk: Desk, folder: FolderPlace, *, consume: bool = True) -> int | None:
    body = {"queueName": "people", "setConsumed": consume}
    answer = desk.call("TestDataQueueActions_GetNextItem", body, folder=folder)
    if answer.status == 204:
        return None
    assert answer.status == 200
    return answer.content["content"]["n"]


def items(desk: Desk, folder: FolderPlace, **query: str) -> list[dict]:
    return desk.call("TestDataQueueItems_Get", folder=folder, query=query).content["value"]


class TestQueues:
    def test_a_new_queue_is_answered_whole_with_201(self, desk: Desk, folder: FolderPlace) -> None:
        answer = desk.call(
            "TestDataQueues_Post",
            {"Name": " People ", "Description": "of tests", "ContentJsonSchema": SCHEMA},
            folder=folder,
        )
        assert answer.status == 201
        shown = {name: answer.content[name] for name in ("Name", "Description", "ContentJsonSchema", "IsDeleted")}
        assert shown == {
            "Name": "People",
            "Description": "of tests",
            "ContentJsonSchema": SCHEMA,
            "IsDeleted": False,
        }
        assert (answer.content["ItemsCount"], answer.content["ConsumedItemsCount"]) == (0, 0)

    def test_a_name_is_taken_in_any_letter_case_of_one_folder(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder)
        make(desk, desk.make_folder("Other"))
        with pytest.raises(NameInUse):
            make(desk, folder, "PEOPLE")

    @pytest.mark.parametrize(
        "body",
        [
            {"Name": "x"},
            {"ContentJsonSchema": SCHEMA},
            {"Name": "x" * 257, "ContentJsonSchema": SCHEMA},
            {"Name": "x", "ContentJsonSchema": '{"type": "objekt"}'},
            {"Name": "x", "ContentJsonSchema": {"type": "object"}},
        ],
    )
    def test_a_queue_needs_a_name_and_a_schema(self, desk: Desk, folder: FolderPlace, body: dict) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("TestDataQueues_Post", body, folder=folder)

    def test_description_and_schema_change_and_the_name_does_not(self, desk: Desk, folder: FolderPlace) -> None:
        queue = make(desk, folder)
        body = {"Name": "People", "Description": "new", "ContentJsonSchema": "{}"}
        answer = desk.call("TestDataQueues_PutById", body, folder=folder, key=queue["Id"])
        assert (answer.status, answer.content["Description"]) == (200, "new")
        assert add(desk, folder, "text") == 1
        with pytest.raises(Conflict):
            desk.call("TestDataQueues_PutById", {**body, "Name": "Folk"}, folder=folder, key=queue["Id"])

    def test_a_deleted_queue_takes_its_items_along(self, desk: Desk, folder: FolderPlace) -> None:
        queue = make(desk, folder)
        add(desk, folder, 1)
        assert desk.call("TestDataQueues_DeleteById", folder=folder, key=queue["Id"]).status == 204
        assert items(desk, folder) == []
        assert desk.call("TestDataQueues_Get", folder=folder).content["value"] == []

    @pytest.mark.parametrize(
        "operation", ["TestDataQueues_GetById", "TestDataQueues_PutById", "TestDataQueues_DeleteById"]
    )
    def test_other_folders_and_tenants_have_no_such_queue(
        self, desk: Desk, folder: FolderPlace, operation: str
    ) -> None:
        queue = make(desk, folder)
        body = {"Name": "People", "ContentJsonSchema": "{}"} if "Put" in operation else None
        with pytest.raises(NotFound):
            desk.call(operation, body, folder=desk.make_folder("Other"), key=queue["Id"])
        with pytest.raises(NotFound):
            desk.call(operation, body, folder=folder, tenant=OTHER_TENANT, key=queue["Id"])
        assert desk.call("TestDataQueues_GetById", folder=folder, key=queue["Id"]).content["Name"] == "People"

    def test_a_folder_is_needed(self, desk: Desk) -> None:
        with pytest.raises(FolderRequired):
            desk.call("TestDataQueues_Get")


class TestItems:
    def test_an_added_item_is_answered_and_listed(self, desk: Desk, folder: FolderPlace) -> None:
        queue = make(desk, folder)
        body = {"queueName": "people", "content": {"n": 5, "Deep": {"List": [1, None]}}}
        answer = desk.call("TestDataQueueActions_AddItem", body, folder=folder)
        assert answer.status == 201
        assert answer.content == {
            "testDataQueueId": queue["Id"],
            "content": {"n": 5, "Deep": {"List": [1, None]}},
            "isConsumed": False,
            "id": answer.content["id"],
        }
        one = desk.call("TestDataQueueItems_GetById", folder=folder, key=answer.content["id"]).content
        assert orjson.loads(one["ContentJson"]) == answer.content["content"]

    def test_content_outside_the_schema_is_409_and_nothing_is_added(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder)
        with pytest.raises(Conflict, match="/n"):
            desk.call("TestDataQueueActions_AddItem", {"queueName": "People", "content": {"n": "x"}}, folder=folder)
        with pytest.raises(Conflict, match="item 2"):
            add(desk, folder, 1, 2, "three")
        assert items(desk, folder) == []

    @pytest.mark.parametrize("content", ["null", "5", '"text"', "[1]", '{"n": "\\u0000"}'])
    def test_content_is_an_object_that_can_be_kept(self, desk: Desk, folder: FolderPlace, content: str) -> None:
        make(desk, folder, ContentJsonSchema="{}")
        with pytest.raises(InvalidRequest, match="content"):
            desk.call(
                "TestDataQueueActions_AddItem",
                f'{{"queueName": "People", "content": {content}}}'.encode(),
                folder=folder,
            )

    def test_items_are_used_up_in_the_order_in_which_they_came(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder)
        assert add(desk, folder, 1, 2, 3) == 3
        assert [take(desk, folder) for _ in range(4)] == [1, 2, 3, None]
        queue = desk.call("TestDataQueues_Get", folder=folder).content["value"][0]
        assert (queue["ItemsCount"], queue["ConsumedItemsCount"]) == (3, 3)

    def test_looking_does_not_use_up(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder)
        add(desk, folder, 1, 2)
        assert [take(desk, folder, consume=False) for _ in range(2)] == [1, 1]

    def test_used_items_can_be_used_again_one_by_one_or_all(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder)
        add(desk, folder, 1, 2, 3)
        while take(desk, folder) is not None:
            pass
        second = items(desk, folder)[1]["Id"]
        body = {"itemIds": [second], "isConsumed": False}
        assert desk.call("TestDataQueueActions_SetItemsConsumed", body, folder=folder).status == 200
        assert [take(desk, folder) for _ in range(2)] == [2, None]
        body = {"queueName": "People", "isConsumed": False}
        assert desk.call("TestDataQueueActions_SetAllItemsConsumed", body, folder=folder).status == 202
        assert take(desk, folder) == 1

    def test_items_are_deleted_by_id_or_all(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder)
        add(desk, folder, 1, 2, 3)
        ids = [one["Id"] for one in items(desk, folder)]
        assert desk.call("TestDataQueueActions_DeleteItems", ids[:2], folder=folder).status == 204
        assert [one["Id"] for one in items(desk, folder)] == ids[2:]
        query = {"queuename": "People"}
        assert desk.call("TestDataQueueActions_DeleteAllItems", folder=folder, query=query).status == 202
        assert items(desk, folder) == []

    @pytest.mark.parametrize("body", [None, {}, ["x"], [True], [2**63]])
    def test_a_list_of_ids_is_needed_to_delete(self, desk: Desk, folder: FolderPlace, body: object) -> None:
        sent = b"[9223372036854775808]" if body == [2**63] else body
        with pytest.raises(InvalidRequest):
            desk.call("TestDataQueueActions_DeleteItems", sent, folder=folder)

    def test_items_of_another_folder_are_out_of_reach_all_or_none(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        make(desk, folder)
        make(desk, other)
        add(desk, folder, 1)
        add(desk, other, 1)
        mine, theirs = items(desk, folder)[0]["Id"], items(desk, other)[0]["Id"]
        with pytest.raises(NotFound):
            desk.call("TestDataQueueItems_GetById", folder=folder, key=theirs)
        with pytest.raises(NotFound):
            desk.call("TestDataQueueActions_DeleteItems", [mine, theirs], folder=folder)
        with pytest.raises(NotFound):
            body = {"itemIds": [mine, theirs], "isConsumed": True}
            desk.call("TestDataQueueActions_SetItemsConsumed", body, folder=folder)
        assert [one["IsConsumed"] for one in (*items(desk, folder), *items(desk, other))] == [False, False]

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("TestDataQueueActions_AddItem", {"content": {}}),
            ("TestDataQueueActions_BulkAddItems", {"items": []}),
            ("TestDataQueueActions_GetNextItem", {"setConsumed": True}),
            ("TestDataQueueActions_SetAllItemsConsumed", {"isConsumed": True}),
            ("TestDataQueueActions_DeleteAllItems", None),
        ],
    )
    def test_a_queue_is_named_and_there(
        self, desk: Desk, folder: FolderPlace, operation: str, body: dict | None
    ) -> None:
        with pytest.raises(InvalidRequest, match="queueName"):
            desk.call(operation, body, folder=folder)
        sent = None if body is None else {**body, "queueName": "Nowhere"}
        with pytest.raises(NotFound, match="Nowhere"):
            desk.call(operation, sent, folder=folder, query={"queuename": "Nowhere"})

    def test_more_than_can_be_held_to_the_schema_at_once_is_refused(self, desk: Desk, folder: FolderPlace) -> None:
        schema = orjson.dumps({"properties": {"n": {"items": {"allOf": [{"minimum": 0}] * 4_000}}}}).decode()
        make(desk, folder, ContentJsonSchema=schema)
        with pytest.raises(InvalidRequest, match="too much"):
            add(desk, folder, [1] * 100_000)
        assert add(desk, folder, [1] * 10) == 1
