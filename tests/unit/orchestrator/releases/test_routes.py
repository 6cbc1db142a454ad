"""Releases: a package made runnable in one folder, moved between versions, and never seen from another folder."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.orchestrator.package_files.content import EntryPoint, NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.releases.errors import NoEarlierVersion
from stagedoor.passage import FolderPlace, Reach, TenantPlace

LATEST = "Releases_UpdateToLatestPackageVersionById"
SPECIFIC = "Releases_UpdateToSpecificPackageVersionById"
BACK = "Releases_RollbackToPreviousReleaseVersionById"
STRANGE_KEY = "00000000-0000-4000-8000-000000000099"


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    publish(desk, "1.0.0", "1.1.0")
    return desk.make_folder("Shared")


def publish(desk: Desk, *versions: str, tenant: TenantPlace = TENANT) -> None:
    with desk.write() as session:
        for version in versions:
            new = NewPackage(
                name="InvoiceBot",
                version=version,
                input_arguments=f'[{{"name": "v{version}"}}]',
                entry_points=(
                    EntryPoint(path="Main.xaml"),
                    EntryPoint(path="B.xaml", input_arguments='{"properties": {"b": {"type": "string"}}}'),
                ),
            )
            create_package(session, tenant.tenant_id, new, clock=desk.clock)


def make(
    desk: Desk, folder: FolderPlace, name: str = "InvoiceBot", version: str | None = "1.0.0", **more: object
) -> dict:
    body = {"Name": name, "ProcessKey": "InvoiceBot", "ProcessVersion": version, **more}
    return desk.call("Releases_Post", body, folder=folder).content


def show(desk: Desk, folder: FolderPlace, release_id: int, **query: str) -> dict:
    return desk.call("Releases_GetById", key=release_id, folder=folder, query=query).content


class TestCreating:
    def test_the_answer_is_201_with_what_clients_read(self, desk: Desk, folder: FolderPlace) -> None:
        body = {"name": "Invoices", "processKey": "invoicebot", "ProcessVersion": "1.0.0", "JobPriority": "high"}
        answer = desk.call("Releases_Post", body, folder=folder)
        assert answer.status == 201
        content = answer.content
        assert (content["Name"], content["ProcessKey"], content["ProcessVersion"]) == (
            "Invoices",
            "InvoiceBot",
            "1.0.0",
        )
        assert (content["JobPriority"], content["ProcessType"], content["IsLatestVersion"]) == (
            "High",
            "Process",
            False,
        )
        assert (content["OrganizationUnitId"], content["FolderKey"]) == (folder.id, folder.key)
        assert content["OrganizationUnitFullyQualifiedName"] == "Shared"
        assert content["Arguments"] == {"Input": '[{"name": "v1.0.0"}]', "Output": None}
        assert (content["CreationTime"], content["CreatorUserId"]) == ("2030-01-31T08:00:00Z", 7)

    def test_without_a_version_it_is_the_latest(self, desk: Desk, folder: FolderPlace) -> None:
        assert make(desk, folder, version=None)["ProcessVersion"] == "1.1.0"

    def test_a_name_is_used_once_in_a_folder(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, "Invoices")
        with pytest.raises(NameInUse):
            make(desk, folder, "INVOICES")
        assert make(desk, desk.make_folder("Other"), "Invoices")["Name"] == "Invoices"

    def test_a_package_comes_from_the_tenants_own_feed(self, desk: Desk) -> None:
        publish(desk, "1.0.0", tenant=OTHER_TENANT)
        with pytest.raises(NotFound):
            make(desk, desk.make_folder("Shared"))

    @pytest.mark.parametrize("version", [None, "1.0.0"])
    def test_a_package_that_nobody_published_is_not_there(self, desk: Desk, version: str | None) -> None:
        with pytest.raises(NotFound):
            make(desk, desk.make_folder("Shared"), version=version)

    def test_settings_are_given_back_as_they_came(self, desk: Desk, folder: FolderPlace) -> None:
        given = {"ProcessSettings": {"Quality": 100}, "RobotSize": "large", "SpecificPriorityValue": 60}
        content = make(desk, folder, **given)
        assert (content["ProcessSettings"], content["RobotSize"]) == ({"Quality": 100}, "Large")
        assert content["SpecificPriorityValue"] == 60

    def test_without_a_folder_it_is_refused_with_1101(self, desk: Desk) -> None:
        with pytest.raises(FolderRequired):
            desk.call("Releases_Post", {"Name": "x", "ProcessKey": "InvoiceBot"})
        with pytest.raises(FolderRequired):
            desk.call("Releases_Get")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"Name": None}, "Name"),
            ({"Name": ["a"]}, "Name"),
            ({"Name": "x" * 129}, "Name"),
            ({"ProcessKey": ""}, "ProcessKey"),
            ({"ProcessVersion": 1.0}, "ProcessVersion"),
            ({"AutoUpdate": "yes"}, "AutoUpdate"),
            ({"JobPriority": "Urgent"}, "JobPriority"),
            ({"JobPriority": 9}, "JobPriority"),
            ({"SpecificPriorityValue": 0}, "SpecificPriorityValue"),
            ({"InputArguments": "{nonsense"}, "InputArguments"),
            ({"InputArguments": "[1]"}, "InputArguments"),
            ({"InputArguments": {"a": 1}}, "InputArguments"),
            ({"ProcessSettings": 5}, "ProcessSettings"),
            ({"Tags": "a"}, "Tags"),
            ({"Tags": [{"Value": "x"}]}, "Name"),
        ],
    )
    def test_a_wrong_field_is_named(self, desk: Desk, folder: FolderPlace, changes: dict, field: str) -> None:
        body = {"Name": "x", "ProcessKey": "InvoiceBot", "ProcessVersion": "1.0.0", **changes}
        with pytest.raises(InvalidRequest) as refusal:
            desk.call("Releases_Post", body, folder=folder)
        assert refusal.value.details["field"] == field


class TestReading:
    def test_a_folder_shows_its_own(self, desk: Desk, folder: FolderPlace) -> None:
        here = make(desk, folder, "Here")
        elsewhere = desk.make_folder("Elsewhere")
        there = make(desk, elsewhere, "There")
        names = [release["Name"] for release in desk.call("Releases_Get", folder=folder).content["value"]]
        assert names == ["Here"]
        assert show(desk, folder, here["Id"])["Key"] == here["Key"]
        with pytest.raises(NotFound):
            show(desk, folder, there["Id"])

    def test_the_way_the_vendors_command_line_lists_releases(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, "Invoices")
        query = {"$select": "Id,Key,ProcessVersion", "$top": "25", "$filter": "ProcessKey eq 'InvoiceBot'"}
        content = desk.call("Releases_ListReleases", folder=folder, query=query).content
        assert set(content["value"][0]) == {"Id", "Key", "ProcessVersion"}
        query["$filter"] = "ProcessKey eq 'Other'"
        assert desk.call("Releases_ListReleases", folder=folder, query=query).content["value"] == []

    @pytest.mark.parametrize(
        ("filter_text", "found"),
        [
            ("Name eq 'INVOICES'", 1),
            ("contains(Name,'voice')", 1),
            ("ProcessType eq 'Process'", 1),
            ("IsLatestVersion eq true", 0),
            ("OrganizationUnitFullyQualifiedName eq 'Shared'", 1),
            ("JobPriority eq UiPath.Server.Configuration.OData.JobPriority'Normal'", 1),
            ("CreationTime gt 2031-01-01T00:00:00Z", 0),
        ],
    )
    def test_lists_are_filtered(self, desk: Desk, folder: FolderPlace, filter_text: str, found: int) -> None:
        make(desk, folder, "Invoices")
        content = desk.call("Releases_Get", folder=folder, query={"$filter": filter_text}).content
        assert len(content["value"]) == found

    def test_versions_and_entry_point_are_expanded(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        query = {"$expand": "CurrentVersion,ReleaseVersions,EntryPoint"}
        content = desk.call("Releases_Get", folder=folder, query=query).content["value"][0]
        assert content["CurrentVersion"]["VersionNumber"] == "1.0.0"
        assert [version["ReleaseId"] for version in content["ReleaseVersions"]] == [release["Id"]]
        assert content["EntryPoint"]["Path"] == "Main.xaml"


class TestChanging:
    @pytest.mark.parametrize("operation", ["Releases_PutById", "Releases_PatchById"])
    def test_what_is_sent_changes_and_the_rest_stays(self, desk: Desk, folder: FolderPlace, operation: str) -> None:
        release = make(desk, folder, Description="old", AutoUpdate=True)
        body = {"Name": "New", "InputArguments": '{"a": 1}', "Tags": [{"Name": "finance"}], "Unknown": 1}
        assert desk.call(operation, body, key=release["Id"], folder=folder).status == 200
        content = show(desk, folder, release["Id"])
        assert (content["Name"], content["Description"], content["AutoUpdate"]) == ("New", "old", True)
        assert content["InputArguments"] == '{"a": 1}'
        assert content["Tags"][0]["DisplayName"] == "finance"
        assert content["LastModifierUserId"] == 7

    def test_a_null_empties_what_may_be_empty(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder, Description="old", InputArguments='{"a": 1}')
        body = {"Description": None, "InputArguments": None}
        desk.call("Releases_PatchById", body, key=release["Id"], folder=folder)
        content = show(desk, folder, release["Id"])
        assert (content["Description"], content["InputArguments"]) == (None, None)

    def test_a_release_keeps_its_package(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        with pytest.raises(InvalidRequest, match="package"):
            desk.call("Releases_PutById", {"ProcessKey": "Other"}, key=release["Id"], folder=folder)

    def test_a_name_in_use_is_refused_and_its_own_is_not(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, "a")
        release = make(desk, folder, "b")
        with pytest.raises(NameInUse):
            desk.call("Releases_PatchById", {"Name": "A"}, key=release["Id"], folder=folder)
        desk.call("Releases_PatchById", {"Name": "B"}, key=release["Id"], folder=folder)
        assert show(desk, folder, release["Id"])["Name"] == "B"

    def test_another_folders_release_is_not_there(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, desk.make_folder("Elsewhere"))
        for operation in ("Releases_PutById", "Releases_PatchById", LATEST, BACK, "Releases_DeleteById"):
            with pytest.raises(NotFound):
                desk.call(operation, {"Name": "x"}, key=release["Id"], folder=folder)

    def test_it_is_updated_by_key_in_the_vendors_own_words(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        body = {"releaseKey": release["Key"], "processVersion": "1.1.0", "entryPointPath": "B.xaml", "inputArgs": "{}"}
        assert desk.call("Releases_UpdateByKey", body, folder=folder).status == 200
        content = show(desk, folder, release["Id"])
        assert (content["ProcessVersion"], content["EntryPointPath"]) == ("1.1.0", "B.xaml")
        desk.call("Releases_UpdateByKey", {"releaseKey": release["Key"], "processVersion": "1.0.0"}, folder=folder)
        content = show(desk, folder, release["Id"])
        assert (content["ProcessVersion"], content["EntryPointPath"]) == ("1.0.0", "B.xaml")
        with pytest.raises(InvalidRequest):
            desk.call("Releases_UpdateByKey", {"releaseKey": "nope"}, folder=folder)


class TestVersions:
    def test_up_and_back_again(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        assert desk.call(LATEST, key=release["Id"], folder=folder).content["value"] == release["Id"]
        content = show(desk, folder, release["Id"], **{"$expand": "CurrentVersion"})
        assert (content["ProcessVersion"], content["IsLatestVersion"]) == ("1.1.0", True)
        assert content["CurrentVersion"]["VersionNumber"] == "1.1.0"
        assert content["Arguments"]["Input"] == '[{"name": "v1.1.0"}]'
        desk.call(BACK, key=release["Id"], folder=folder)
        assert show(desk, folder, release["Id"])["ProcessVersion"] == "1.0.0"
        with pytest.raises(NoEarlierVersion):
            desk.call(BACK, key=release["Id"], folder=folder)

    def test_the_same_version_again_changes_nothing(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        desk.call(SPECIFIC, {"packageVersion": "1.0.0"}, key=release["Id"], folder=folder)
        content = show(desk, folder, release["Id"], **{"$expand": "ReleaseVersions"})
        assert len(content["ReleaseVersions"]) == 1

    def test_a_version_that_the_feed_does_not_have_is_refused(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        with pytest.raises(NotFound):
            desk.call(SPECIFIC, {"packageVersion": "7.0.0"}, key=release["Id"], folder=folder)
        assert show(desk, folder, release["Id"])["ProcessVersion"] == "1.0.0"

    def test_each_move_works_by_key_too(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        key = release["Key"]
        by_key = {"identifier": key, "folder": folder}
        specific = "Releases_UpdateToSpecificPackageVersionByKeyByIdentifier"
        assert desk.call(specific, {"packageVersion": "1.1.0"}, **by_key).content["value"] == key
        assert desk.call("Releases_RollbackToPreviousReleaseVersionByKeyByIdentifier", **by_key).content["value"] == key
        assert desk.call("Releases_UpdateToLatestPackageVersionByKeyByIdentifier", **by_key).content["value"] == key
        assert show(desk, folder, release["Id"])["ProcessVersion"] == "1.1.0"

    def test_several_move_and_the_missing_are_named(self, desk: Desk, folder: FolderPlace) -> None:
        first, second = make(desk, folder, "a"), make(desk, folder, "b")
        elsewhere = make(desk, desk.make_folder("Elsewhere"))
        body = {"releaseIds": [first["Id"], elsewhere["Id"]]}
        content = desk.call("Releases_UpdateToLatestPackageVersionBulk", body, folder=folder).content
        assert (content["Success"], content["FailedItems"]) == (False, [elsewhere["Id"]])
        body = {"releaseKeys": [second["Key"], STRANGE_KEY]}
        content = desk.call("Releases_UpdateToLatestPackageVersionBulkByKey", body, folder=folder).content
        assert content["FailedItems"] == [STRANGE_KEY]
        shown = desk.call("Releases_Get", folder=folder).content["value"]
        assert [release["ProcessVersion"] for release in shown] == ["1.1.0", "1.1.0"]


class TestDeleting:
    def test_it_goes_with_its_versions(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        assert desk.call("Releases_DeleteById", key=release["Id"], folder=folder).status == 204
        assert desk.call("Releases_Get", folder=folder).content["value"] == []
        assert desk.call("Folders_DeleteById", key=folder.id).status == 204

    def test_by_key_the_folder_is_found_within_reach_alone(self, desk: Desk, folder: FolderPlace) -> None:
        release = make(desk, folder)
        other = desk.make_folder("Other")
        query = {"key": release["Key"]}
        with pytest.raises(NotFound):
            desk.call("Releases_DeleteByKey", query=query, reach=Reach(frozenset({other.key})))
        with pytest.raises(NotFound):
            desk.call("Releases_DeleteByKey", query=query, tenant=OTHER_TENANT)
        assert desk.call("Releases_DeleteByKey", query=query, reach=Reach(frozenset({folder.key}))).status == 204
