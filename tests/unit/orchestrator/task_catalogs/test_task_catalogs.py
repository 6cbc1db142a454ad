"""Task catalogues are made, shared and deleted when nothing is in them."""

from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import Work

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.passage import Reach


class TestMaking:
    def test_a_catalogue_is_answered_with_what_it_was_given(self, work: Work) -> None:
        answer = work.desk.call(
            "TaskCatalogs_CreateTaskCatalog",
            {
                "Name": "Invoices",
                "Description": "of suppliers",
                "Encrypted": True,
                "Tags": [{"Name": "a"}],
                "RetentionAction": "Delete",
                "RetentionPeriod": 7,
            },
            folder=work.folder,
        )
        made = answer.content
        assert (answer.status, made["Name"], made["Description"]) == (201, "Invoices", "of suppliers")
        assert (made["Encrypted"], made["FoldersCount"], made["Tags"][0]["Name"]) == (True, 1, "a")
        assert (made["RetentionAction"], made["RetentionPeriod"]) == ("Delete", 7)
        assert work.call("TaskCatalogs_GetById", key=made["Id"])["Key"] == made["Key"]
        assert work.call("TaskRetention_GetById", key=made["Id"])["Action"] == "Delete"

    def test_a_name_is_taken_in_the_folder_in_any_letter_case(self, work: Work) -> None:
        work.make_catalog()
        with pytest.raises(NameInUse):
            work.make_catalog("INVOICES")
        work.call("TaskCatalogs_CreateTaskCatalog", {"Name": "Invoices"}, folder=work.desk.make_folder("Other"))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("Name", None),
            ("Name", "x" * 51),
            ("Description", "x" * 513),
            ("Encrypted", "yes"),
            ("Tags", [{}]),
            ("RetentionAction", "Burn"),
            ("RetentionAction", "Archive"),
        ],
    )
    def test_a_wrong_value_is_refused(self, work: Work, field: str, value: Any) -> None:
        with pytest.raises(InvalidRequest):
            work.call("TaskCatalogs_CreateTaskCatalog", {"Name": "Invoices", field: value})
        assert work.names("TaskCatalogs_Get", "Name") == []


class TestChanging:
    def test_what_is_sent_changes_and_the_rest_stays(self, work: Work) -> None:
        made = work.make_catalog(Description="old")
        bucket = work.make_bucket("Old tasks")
        body = {"Name": "Bills", "RetentionAction": "Archive", "RetentionPeriod": 3, "RetentionBucketId": bucket}
        work.call("TaskCatalogs_UpdateTaskCatalogById", body, key=made["Id"])
        shown = work.call("TaskCatalogs_GetById", key=made["Id"])
        assert (shown["Name"], shown["Description"]) == ("Bills", "old")
        assert (shown["RetentionAction"], shown["RetentionBucketName"]) == ("Archive", "Old tasks")
        assert shown["LastModificationTime"] == "2030-01-31T08:00:00Z"

    def test_encryption_is_decided_once(self, work: Work) -> None:
        made = work.make_catalog()
        with pytest.raises(InvalidRequest, match="Encrypted"):
            work.call("TaskCatalogs_UpdateTaskCatalogById", {"Name": "Invoices", "Encrypted": True}, key=made["Id"])

    def test_a_catalogue_with_tasks_is_not_deleted(self, work: Work) -> None:
        made = work.make_catalog()
        task = work.make(taskCatalogName="Invoices")
        details = {"taskCatalogId": made["Id"]}
        operation = "TaskCatalogs_GetTaskCatalogExtendedDetailsByTaskcatalogid"
        assert work.call(operation, **details)["AssociatedTasksCount"] == 1
        with pytest.raises(Conflict) as refusal:
            work.call("TaskCatalogs_DeleteById", key=made["Id"])
        assert refusal.value.status == 409
        work.call("Tasks_DeleteTasks", {"taskIds": [task["id"]]})
        shown = work.call(operation, **details)
        assert (shown["AssociatedTasksCount"], shown["TotalFolderCount"], shown["IsEncrypted"]) == (0, 1, False)
        work.call("TaskCatalogs_DeleteById", key=made["Id"])
        assert work.names("TaskCatalogs_Get", "Name") == []

    @pytest.mark.parametrize(
        "operation", ["TaskCatalogs_GetById", "TaskCatalogs_DeleteById", "TaskCatalogs_UpdateTaskCatalogById"]
    )
    def test_other_folders_and_tenants_do_not_see_it(self, work: Work, operation: str) -> None:
        made = work.make_catalog()
        body = {"Name": "Stolen"} if operation.endswith("UpdateTaskCatalogById") else None
        for asked in ({"folder": work.desk.make_folder("Other")}, {"tenant": OTHER_TENANT}):
            with pytest.raises(NotFound):
                work.call(operation, body, key=made["Id"], **asked)
        assert work.call("TaskCatalogs_GetById", key=made["Id"])["Name"] == "Invoices"


class TestSharing:
    def test_further_folders_see_it_and_no_longer(self, work: Work) -> None:
        made, other = work.make_catalog(), work.desk.make_folder("Other")
        work.call("TaskCatalogs_ShareToFolders", {"TaskCatalogIds": [made["Id"]], "ToAddFolderIds": [other.id]})
        assert work.names("TaskCatalogs_Get", "Name", folder=other) == ["Invoices"]
        seen = work.call("TaskCatalogs_GetFoldersForTaskCatalogById", id=made["Id"])
        assert [folder["DisplayName"] for folder in seen["AccessibleFolders"]] == ["Shared", "Other"]
        near = Reach(frozenset({work.folder.key}))
        few = work.call("TaskCatalogs_GetFoldersForTaskCatalogById", id=made["Id"], reach=near)
        assert (len(few["AccessibleFolders"]), few["TotalFoldersCount"]) == (1, 2)
        with pytest.raises(Conflict):
            work.call("TaskCatalogs_DeleteById", key=made["Id"], reach=near)
        remove = {"TaskCatalogIds": [made["Id"]], "ToRemoveFolderIds": [other.id]}
        work.call("TaskCatalogs_ShareToFolders", remove)
        assert work.names("TaskCatalogs_Get", "Name", folder=other) == []

    def test_it_is_not_taken_from_its_tasks_or_its_last_folder(self, work: Work) -> None:
        made, other = work.make_catalog(), work.desk.make_folder("Other")
        remove = {"TaskCatalogIds": [made["Id"]], "ToRemoveFolderIds": [work.folder.id]}
        with pytest.raises(Conflict):
            work.call("TaskCatalogs_ShareToFolders", remove)
        work.make(taskCatalogName="Invoices")
        with pytest.raises(Conflict):
            work.call("TaskCatalogs_ShareToFolders", {**remove, "ToAddFolderIds": [other.id]})
        assert work.names("TaskCatalogs_Get", "Name", folder=other) == []

    def test_folders_and_catalogues_have_to_be_there(self, work: Work) -> None:
        made = work.make_catalog()
        for body in (
            {"TaskCatalogIds": [made["Id"]], "ToAddFolderIds": [999]},
            {"TaskCatalogIds": [999], "ToAddFolderIds": [work.folder.id]},
        ):
            with pytest.raises(NotFound):
                work.call("TaskCatalogs_ShareToFolders", body)

    def test_across_folders_only_what_is_within_reach_is_listed(self, work: Work) -> None:
        other = work.desk.make_folder("Other")
        work.make_catalog()
        work.call("TaskCatalogs_CreateTaskCatalog", {"Name": "Bills"}, folder=other)
        work.call("TaskCatalogs_CreateTaskCatalog", {"Name": "Invoices"}, folder=other)
        operation = "TaskCatalogs_GetTaskCatalogsFromFoldersWithPermissions"
        assert work.names(operation, "Name", folder=None) == ["Invoices", "Bills", "Invoices"]
        assert work.names(operation, "Name", query={"excludefolderid": str(other.id)}) == ["Invoices"]
        assert work.names(operation, "Name", reach=Reach(frozenset())) == []
        query = {"distinctbyselect": "true", "$select": "Name"}
        assert work.names(operation, "Name", query=query) == ["Invoices", "Bills"]
        with pytest.raises(InvalidRequest, match="distinctBySelect"):
            work.call(operation, query={"distinctbyselect": "true"})
