"""The operations of queue definitions."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import FolderPlace, Reach


@pytest.fixture
def shared(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def create_queue(desk: Desk, folder: FolderPlace, name: str = "Invoices", **values: object) -> dict[str, object]:
    return desk.call("QueueDefinitions_Post", {"Name": name, **values}, folder=folder).content


class TestMaking:
    def test_a_new_queue_is_answered_with_what_it_was_given(self, desk: Desk, shared: FolderPlace) -> None:
        answer = desk.call(
            "QueueDefinitions_Post",
            {
                "name": "Invoices",
                "Description": "of this month",
                "MaxNumberOfRetries": 3,
                "AcceptAutomaticallyRetry": True,
                "EnforceUniqueReference": True,
                "Tags": [{"Name": "a"}],
            },
            folder=shared,
        )
        assert answer.status == 201
        assert answer.content["Name"] == "Invoices"
        assert answer.content["MaxNumberOfRetries"] == 3
        assert answer.content["AcceptAutomaticallyRetry"] is True
        assert answer.content["EnforceUniqueReference"] is True
        assert answer.content["FoldersCount"] == 1
        assert answer.content["OrganizationUnitId"] == shared.id
        assert answer.content["Tags"] == [{"Name": "a"}]
        assert answer.content["CreationTime"] == "2030-01-31T08:00:00Z"

    @pytest.mark.parametrize("name", ["Invoices", "INVOICES", " invoices "])
    def test_a_name_is_taken_in_any_letter_case(self, desk: Desk, shared: FolderPlace, name: str) -> None:
        create_queue(desk, shared)
        with pytest.raises(NameInUse) as refusal:
            create_queue(desk, shared, name)
        assert (refusal.value.status, refusal.value.error_code) == (409, 1001)
        assert len(desk.call("QueueDefinitions_Get", folder=shared).content["value"]) == 1

    def test_another_folder_may_use_the_same_name(self, desk: Desk, shared: FolderPlace) -> None:
        create_queue(desk, shared)
        assert create_queue(desk, desk.make_folder("Other"))["Name"] == "Invoices"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("Name", None),
            ("Name", ""),
            ("Name", 5),
            ("Name", "x" * 51),
            ("MaxNumberOfRetries", "many"),
            ("MaxNumberOfRetries", 51),
            ("MaxNumberOfRetries", -1),
            ("MaxNumberOfRetries", True),
            ("AcceptAutomaticallyRetry", "yes"),
            ("EnforceUniqueReference", 1),
            ("Tags", {"Name": "a"}),
            ("SlaInMinutes", 2**31),
        ],
    )
    def test_a_wrong_value_is_refused_by_the_name_of_its_field(
        self, desk: Desk, shared: FolderPlace, field: str, value: object
    ) -> None:
        with pytest.raises(InvalidRequest, match=field) as refusal:
            desk.call("QueueDefinitions_Post", {"Name": "Invoices", field: value}, folder=shared)
        assert (refusal.value.status, refusal.value.error_code) == (400, 1000)

    @pytest.mark.parametrize("schema", ["{", "1", '{"type": "strange"}', '{"$ref": "https://elsewhere.test"}'])
    def test_what_is_no_json_schema_is_refused(self, desk: Desk, shared: FolderPlace, schema: str) -> None:
        for name in ("SpecificDataJsonSchema", "OutputDataJsonSchema", "AnalyticsDataJsonSchema"):
            with pytest.raises(InvalidRequest, match=name):
                create_queue(desk, shared, **{name: schema})

    def test_schemas_are_shown_given_as_files_and_ended_by_an_empty_one(self, desk: Desk, shared: FolderPlace) -> None:
        made = create_queue(desk, shared, OutputDataJsonSchema='{"type": "object"}')
        assert (made["OutputDataJsonSchema"], made["SpecificDataJsonSchema"]) == ('{"type": "object"}', None)
        operation = "QueueDefinitions_GetJsonSchemaDefinitionByIdAndJsonschematype"
        answer = desk.call(operation, key=made["Id"], jsonSchemaType="OutputData", folder=shared)
        assert answer.content == b'{"type": "object"}'
        with pytest.raises(NotFound):
            desk.call(operation, key=made["Id"], jsonSchemaType="SpecificData", folder=shared)
        with pytest.raises(InvalidRequest):
            desk.call(operation, key=made["Id"], jsonSchemaType="Other", folder=shared)
        changed = desk.call(
            "QueueDefinitions_PutById",
            {"Name": made["Name"], "OutputDataJsonSchema": ""},
            key=made["Id"],
            folder=shared,
        ).content
        assert changed["OutputDataJsonSchema"] is None

    def test_whether_items_are_sealed_is_decided_once(self, desk: Desk, shared: FolderPlace) -> None:
        made = create_queue(desk, shared, Encrypted=True)
        assert made["Encrypted"] is True
        body = {"Name": made["Name"], "Encrypted": False}
        with pytest.raises(InvalidRequest, match="Encrypted"):
            desk.call("QueueDefinitions_PutById", body, key=made["Id"], folder=shared)

    def test_the_risk_begins_before_the_deadline(self, desk: Desk, shared: FolderPlace) -> None:
        with pytest.raises(InvalidRequest, match="RiskSlaInMinutes"):
            create_queue(desk, shared, SlaInMinutes=10, RiskSlaInMinutes=11)

    def test_an_unknown_release_is_refused(self, desk: Desk, shared: FolderPlace) -> None:
        with pytest.raises(NotFound):
            create_queue(desk, shared, ReleaseId=99)

    def test_a_folder_is_needed(self, desk: Desk) -> None:
        with pytest.raises(FolderRequired) as refusal:
            desk.call("QueueDefinitions_Get")
        assert (refusal.value.status, refusal.value.error_code) == (400, 1101)


class TestLooking:
    def test_a_queue_is_found_by_id_and_key(self, desk: Desk, shared: FolderPlace) -> None:
        queue = create_queue(desk, shared)
        by_id = desk.call("QueueDefinitions_GetById", key=queue["Id"], folder=shared).content
        by_key = desk.call("QueueDefinitions_GetByKeyByIdentifier", identifier=queue["Key"], folder=shared).content
        assert by_id == by_key == queue

    @pytest.mark.parametrize("operation", ["QueueDefinitions_GetById", "QueueDefinitions_PutById"])
    def test_other_folders_and_tenants_do_not_see_it(self, desk: Desk, shared: FolderPlace, operation: str) -> None:
        queue = create_queue(desk, shared)
        body = {"Name": "Stolen"} if operation.endswith("PutById") else None
        with pytest.raises(NotFound):
            desk.call(operation, body, key=queue["Id"], folder=desk.make_folder("Other"))
        with pytest.raises(NotFound):
            desk.call(operation, body, key=queue["Id"], folder=shared, tenant=OTHER_TENANT)
        assert desk.call("QueueDefinitions_GetById", key=queue["Id"], folder=shared).content["Name"] == "Invoices"

    def test_a_list_has_the_folder_s_queues_alone(self, desk: Desk, shared: FolderPlace) -> None:
        create_queue(desk, shared)
        create_queue(desk, desk.make_folder("Other"), "Elsewhere")
        names = [queue["Name"] for queue in desk.call("QueueDefinitions_Get", folder=shared).content["value"]]
        assert names == ["Invoices"]

    def test_across_folders_only_what_is_within_reach_is_listed(self, desk: Desk, shared: FolderPlace) -> None:
        other = desk.make_folder("Other")
        create_queue(desk, shared)
        create_queue(desk, other, "Elsewhere")

        def names(**asked: object) -> list[str]:
            answer = desk.call("QueueDefinitions_GetQueuesAcrossFolders", folder=shared, **asked)
            return [queue["Name"] for queue in answer.content["value"]]

        assert names() == ["Invoices", "Elsewhere"]
        assert names(query={"excludefolderid": str(shared.id)}) == ["Elsewhere"]
        assert names(reach=Reach(frozenset({shared.key}))) == ["Invoices"]
        assert names(reach=Reach(frozenset())) == []


class TestChanging:
    def test_what_is_sent_changes_and_the_rest_stays(self, desk: Desk, shared: FolderPlace) -> None:
        queue = create_queue(desk, shared, Description="old", MaxNumberOfRetries=2)
        desk.call("QueueDefinitions_PutById", {"Name": "Invoices"}, key=queue["Id"], folder=shared)
        body = {"Name": "Bills", "MaxNumberOfRetries": 0}
        answer = desk.call("QueueDefinitions_PutById", body, key=queue["Id"], folder=shared)
        assert answer.status == 200
        assert answer.content["Name"] == "Bills"
        assert answer.content["MaxNumberOfRetries"] == 0
        assert answer.content["Description"] == "old"

    def test_a_queue_may_be_renamed_by_letter_case_but_not_to_a_taken_name(
        self, desk: Desk, shared: FolderPlace
    ) -> None:
        queue = create_queue(desk, shared)
        create_queue(desk, shared, "Bills")
        desk.call("QueueDefinitions_PutById", {"Name": "INVOICES"}, key=queue["Id"], folder=shared)
        with pytest.raises(NameInUse):
            desk.call("QueueDefinitions_PutById", {"Name": "bills"}, key=queue["Id"], folder=shared)

    def test_whether_references_are_unique_is_decided_once(self, desk: Desk, shared: FolderPlace) -> None:
        queue = create_queue(desk, shared)
        body = {"Name": "Invoices", "EnforceUniqueReference": True}
        with pytest.raises(InvalidRequest, match="EnforceUniqueReference"):
            desk.call("QueueDefinitions_PutById", body, key=queue["Id"], folder=shared)

    def test_a_deleted_queue_is_gone_with_its_items_and_its_name_is_free(self, desk: Desk, shared: FolderPlace) -> None:
        queue = create_queue(desk, shared)
        desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Invoices"}}, folder=shared)
        answer = desk.call("QueueDefinitions_DeleteById", key=queue["Id"], folder=shared)
        assert (answer.status, answer.content) == (204, None)
        assert desk.call("QueueItems_Get", folder=shared).content["value"] == []
        create_queue(desk, shared)


class TestSharing:
    def share(self, desk: Desk, folder: FolderPlace, queue: dict[str, object], **folders: list[int]) -> int:
        body = {"QueueIds": [queue["Id"]], **folders}
        return desk.call("QueueDefinitions_ShareToFolders", body, folder=folder).status

    def test_a_shared_queue_and_its_items_are_seen_from_both_folders(self, desk: Desk, shared: FolderPlace) -> None:
        other = desk.make_folder("Other")
        queue = create_queue(desk, shared)
        assert self.share(desk, shared, queue, ToAddFolderIds=[other.id]) == 204
        item = desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Invoices"}}, folder=other).content
        for folder in (shared, other):
            assert desk.call("QueueDefinitions_GetById", key=queue["Id"], folder=folder).content["FoldersCount"] == 2
            assert desk.call("QueueItems_GetById", key=item["Id"], folder=folder).content["Id"] == item["Id"]
            assert len(desk.call("QueueItems_Get", folder=folder).content["value"]) == 1
        assert self.share(desk, other, queue, ToRemoveFolderIds=[other.id]) == 204
        with pytest.raises(NotFound):
            desk.call("QueueItems_GetById", key=item["Id"], folder=other)

    def test_a_folder_with_another_queue_of_that_name_refuses_it(self, desk: Desk, shared: FolderPlace) -> None:
        other = desk.make_folder("Other")
        create_queue(desk, other)
        with pytest.raises(NameInUse):
            self.share(desk, shared, create_queue(desk, shared), ToAddFolderIds=[other.id])

    def test_folders_out_of_reach_are_as_good_as_not_there(self, desk: Desk, shared: FolderPlace) -> None:
        other = desk.make_folder("Other")
        queue = create_queue(desk, shared)
        body = {"QueueIds": [queue["Id"]], "ToAddFolderIds": [other.id]}
        with pytest.raises(NotFound):
            desk.call("QueueDefinitions_ShareToFolders", body, folder=shared, reach=Reach(frozenset({shared.key})))
        with pytest.raises(NotFound):
            self.share(desk, shared, queue, ToAddFolderIds=[999])

    def test_nobody_deletes_a_queue_that_a_folder_out_of_reach_sees(self, desk: Desk, shared: FolderPlace) -> None:
        guest = desk.make_folder("Guest")
        queue = create_queue(desk, shared)
        self.share(desk, shared, queue, ToAddFolderIds=[guest.id])
        reach = Reach(frozenset({guest.key}))
        with pytest.raises(Conflict, match="not open to you"):
            desk.call("QueueDefinitions_DeleteById", key=queue["Id"], folder=guest, reach=reach)
        assert desk.call("QueueDefinitions_GetById", key=queue["Id"], folder=shared).status == 200
        both = Reach(frozenset({guest.key, shared.key}))
        assert desk.call("QueueDefinitions_DeleteById", key=queue["Id"], folder=guest, reach=both).status == 204

    def test_the_home_folder_cannot_be_left(self, desk: Desk, shared: FolderPlace) -> None:
        with pytest.raises(Conflict):
            self.share(desk, shared, create_queue(desk, shared), ToRemoveFolderIds=[shared.id])

    def test_the_folders_of_a_queue_are_those_within_reach_and_a_count_of_all(
        self, desk: Desk, shared: FolderPlace
    ) -> None:
        other = desk.make_folder("Other")
        queue = create_queue(desk, shared)
        self.share(desk, shared, queue, ToAddFolderIds=[other.id])
        answer = desk.call(
            "QueueDefinitions_GetFoldersForQueueById",
            id=queue["Id"],
            folder=shared,
            reach=Reach(frozenset({shared.key})),
        )
        assert [folder["FullyQualifiedName"] for folder in answer.content["AccessibleFolders"]] == ["Shared"]
        assert answer.content["TotalFoldersCount"] == 2
