"""Tasks are listed, changed and deleted; who sees which."""

from dataclasses import replace

import pytest
from tests.factories.callers import caller, terms
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import ADA, GRACE, LINUS, Work, caller_of

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import Allowance, GrantTerms, Reach


class TestListing:
    def test_a_folder_lists_its_own_tasks_and_all_folders_those_within_reach(self, work: Work) -> None:
        work.make("Here")
        other = work.desk.make_folder("Other")
        work.call("GenericTasks_CreateTask", {"title": "There"}, folder=other)
        assert work.names("Tasks_Get") == ["Here"]
        for operation in ("Tasks_GetTasksAcrossFolders", "Tasks_GetTasksAcrossFoldersForAdmin"):
            assert work.names(operation, folder=None) == ["Here", "There"]
            assert work.names(operation, reach=Reach(frozenset({other.key}))) == ["There"]
            assert work.names(operation, tenant=OTHER_TENANT) == []
        query = {"$filter": f"organizationUnitId eq {other.id}"}
        assert work.names("Tasks_GetTasksAcrossFolders", folder=None, query=query) == ["There"]

    def test_the_list_is_filtered_sorted_and_expanded(self, work: Work) -> None:
        catalog = work.make_catalog()
        work.make("Low", priority="Low", taskCatalogName="invoices")
        high = work.make("High", priority="Critical")
        work.assign(high["id"], GRACE)
        assert work.names("Tasks_Get", query={"$orderby": "Priority desc"}) == ["High", "Low"]
        assert work.names("Tasks_Get", query={"$filter": "TaskCatalogName eq 'Invoices'"}) == ["Low"]
        assert work.names("Tasks_Get", query={"$filter": "AssignedToUser/userName eq 'Grace'"}) == ["High"]
        assert work.names("Tasks_Get", query={"$filter": "IsCompleted eq false and Status ne 'Pending'"}) == ["Low"]
        expanded = work.call("Tasks_Get", query={"$expand": "CreatorUser,Activities($expand=TargetUser)", "$top": "1"})
        (task,) = expanded["value"]
        assert task["CreatorUser"]["displayName"] == "Ada Example"
        assert task["Activities"][0]["TargetUser"] is None
        assert catalog["FoldersCount"] == 1

    def test_a_task_is_found_by_id_and_key_in_its_folder_alone(self, work: Work) -> None:
        task = work.make()
        by_id = work.show(task["id"])
        assert by_id == work.call("Tasks_GetByKeyByIdentifier", identifier=task["key"])
        assert (by_id["Type"], by_id["Priority"], by_id["Status"]) == ("ExternalTask", "Medium", "Unassigned")
        elsewhere = work.desk.make_folder("Other")
        for asked in ({"folder": elsewhere}, {"tenant": OTHER_TENANT}):
            with pytest.raises(NotFound):
                work.show(task["id"], **asked)
            with pytest.raises(NotFound):
                work.call("Tasks_GetByKeyByIdentifier", identifier=task["key"], **asked)

    def test_a_list_of_one_folder_needs_the_folder(self, work: Work) -> None:
        with pytest.raises(FolderRequired):
            work.call("Tasks_Get", folder=None)

    def test_what_a_client_sends_along_about_administrators_is_taken(self, work: Work) -> None:
        work.make("Here")
        query = {"$astaskadmin": "true"}
        assert work.names("Tasks_GetTasksAcrossFoldersForAdmin", folder=None, query=query) == ["Here"]

    def test_an_unknown_event_is_refused(self, work: Work) -> None:
        with pytest.raises(InvalidRequest, match="event"):
            work.call("Tasks_GetTasksAcrossFolders", query={"event": "Eaten"})


class TestChanging:
    def test_metadata_changes_where_it_is_sent_with_a_note(self, work: Work) -> None:
        catalog = work.make_catalog()
        task = work.make("Before", priority="Low")
        body = {"TaskId": task["id"], "Title": "After", "TaskCatalogId": catalog["Id"], "NoteText": "so it is"}
        work.call("Tasks_EditTaskMetadata", body, caller=caller_of(GRACE))
        shown = work.show(task["id"])
        assert (shown["Title"], shown["Priority"], shown["TaskCatalogName"]) == ("After", "Low", "Invoices")
        assert shown["LastModifierUserId"] == GRACE
        assert work.history(task["id"]) == ["Created", "Commented"]
        work.call("Tasks_EditTaskMetadata", {"TaskId": task["id"], "UnsetTaskCatalog": True, "Priority": "High"})
        assert [work.show(task["id"])[name] for name in ("TaskCatalogName", "Priority")] == [None, "High"]

    @pytest.mark.parametrize(
        ("fields", "refusal"),
        [
            ({"TaskCatalogId": 99}, NotFound),
            ({"TaskCatalogId": 99, "UnsetTaskCatalog": True}, InvalidRequest),
            ({"Title": "x" * 513}, InvalidRequest),
            ({"Priority": "Urgent"}, InvalidRequest),
            ({"NoteText": "x" * 513}, InvalidRequest),
            ({"UnsetTaskCatalog": "yes"}, InvalidRequest),
        ],
    )
    def test_a_wrong_change_changes_nothing(
        self, work: Work, fields: dict[str, object], refusal: type[Exception]
    ) -> None:
        task = work.make("Before")
        with pytest.raises(refusal):
            work.call("Tasks_EditTaskMetadata", {"TaskId": task["id"], "Title": "After", **fields})
        assert work.show(task["id"])["Title"] == "Before"

    def test_what_is_completed_changes_no_more(self, work: Work) -> None:
        task = work.make()
        work.call("GenericTasks_CompleteTask", {"taskId": task["id"]})
        with pytest.raises(Conflict):
            work.call("Tasks_EditTaskMetadata", {"TaskId": task["id"], "Title": "After"})
        (refused,) = work.assign(task["id"], GRACE)
        assert refused["ErrorCode"] == 1000

    def test_data_of_an_encrypted_catalogue_lies_sealed_and_is_shown_in_the_clear(self, work: Work) -> None:
        work.make_catalog("Secret", Encrypted=True)
        plain = work.make_catalog("Plain")
        task = work.make(data={"iban": "DE00 canary"}, taskCatalogName="Secret")
        assert task["data"] == {"iban": "DE00 canary"}
        assert work.show(task["id"])["Encrypted"] is True
        stored = b"".join(path.read_bytes() for path in work.desk.directory.glob("stagedoor.db*"))
        assert b"DE00 canary" not in stored
        work.call("Tasks_EditTaskMetadata", {"TaskId": task["id"], "TaskCatalogId": plain["Id"]})
        assert work.data_of(task["id"])["data"] == {"iban": "DE00 canary"}
        assert work.show(task["id"])["Encrypted"] is False


class TestDeleting:
    def test_a_deleted_task_is_out_of_sight_and_its_history_stays(self, work: Work) -> None:
        kept, gone = work.make("Kept")["id"], work.make("Gone")["id"]
        (refused,) = work.call("Tasks_DeleteTasks", {"taskIds": [gone, 999]}, caller=caller_of(LINUS))["value"]
        assert (refused["TaskId"], refused["UserId"], refused["ErrorCode"]) == (999, None, 1002)
        assert work.names("Tasks_Get", "Id") == [kept]
        with pytest.raises(NotFound):
            work.show(gone)
        with pytest.raises(NotFound):
            work.data_of(gone)
        assert work.history(gone) == ["Created", "Deleted"]
        (shown,) = work.call("Tasks_Get", query={"$filter": "IsDeleted eq true"})["value"]
        assert (shown["Id"], shown["DeleterUserId"], shown["DeletionTime"]) == (gone, LINUS, "2030-01-31T08:00:00Z")

    def test_nobody_deletes_in_another_folder(self, work: Work) -> None:
        task = work.make()
        other = work.desk.make_folder("Other")
        (refused,) = work.call("Tasks_DeleteTasks", {"taskIds": [task["id"]]}, folder=other)["value"]
        assert refused["ErrorCode"] == 1002
        assert work.show(task["id"])["IsDeleted"] is False

    @pytest.mark.parametrize(
        "body", [{}, {"taskIds": 5}, {"taskIds": ["x"]}, {"taskIds": [True]}, {"taskIds": [2**63]}]
    )
    def test_which_tasks_has_to_be_said(self, work: Work, body: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest, match="taskIds"):
            work.call("Tasks_DeleteTasks", body)


class TestWhoMay:
    def test_the_users_of_a_folder_are_those_who_may_work_on_its_tasks(self, work: Work) -> None:
        asked = {"organizationUnitId": work.folder.id}
        listed = work.call("Tasks_GetTaskUsersByOrganizationunitid", **asked, query={"$orderby": "userName"})
        assert [person["userName"] for person in listed["value"]] == ["ada", "grace", "linus"]
        assert listed["@odata.count"] == 3

    def test_a_folder_out_of_reach_tells_of_nobody(self, work: Work) -> None:
        nowhere = Reach(frozenset({"00000000-0000-4000-8000-000000000099"}))
        with pytest.raises(NotFound):
            work.call("Tasks_GetTaskUsersByOrganizationunitid", organizationUnitId=work.folder.id, reach=nowhere)

    @pytest.mark.parametrize(
        ("words", "granted"),
        [
            (("all",), {"Tasks.View", "Tasks.Edit", "Tasks.Create", "Tasks.Delete", "TaskCatalogs.View"}),
            (("role:Automation User",), {"Tasks.View", "Tasks.Edit", "Tasks.Create", "TaskCatalogs.View"}),
            (("role:Folder Administrator",), {"Tasks.Delete", "TaskCatalogs.Delete"}),
            (("permission:Tasks.Edit",), {"Tasks.Edit"}),
            (("tag:TaskForms",), {"Tasks.View", "Tasks.Edit", "Tasks.Create"}),
            (("scope:OR.Tasks.Read",), {"Tasks.View", "TaskCatalogs.View"}),
            (("GenericTasks_CreateTask",), {"Tasks.Create"}),
            (("role:Nobody", "tag:Jobs"), set()),
        ],
    )
    def test_permissions_follow_from_the_words_of_the_grant(
        self, work: Work, words: tuple[str, ...], granted: set[str]
    ) -> None:
        listed = work.call("Tasks_GetTaskPermissions", caller=caller(terms(*words)))["value"]
        found = {each["Name"] for each in listed if each["IsGranted"]}
        assert granted <= found
        if "all" not in words and "role:Folder Administrator" not in words:
            assert found <= granted | {"TaskCatalogs.View", "Tasks.View"}

    def test_a_grant_elsewhere_or_under_a_ceiling_counts_no_further(self, work: Work) -> None:
        elsewhere = caller(GrantTerms((Allowance(("all",), ("another-folder",)),)))
        narrowed = replace(elsewhere, terms=GrantTerms((Allowance(("all",)),), ceiling=("scope:OR.Tasks.Read",)))
        for who, granted in ((elsewhere, False), (narrowed, True)):
            listed = work.call("Tasks_GetTaskPermissions", caller=who)["value"]
            by_name = {each["Name"]: each["IsGranted"] for each in listed}
            assert (by_name["Tasks.View"], by_name["Tasks.Edit"]) == (granted, False)
        assert ADA == 7
