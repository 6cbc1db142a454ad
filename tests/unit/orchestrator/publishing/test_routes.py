"""Package files come in by forms, each taken or refused by itself, and are given back byte for byte."""

import json
from typing import Any, BinaryIO

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.packages import FORM, form_of, library_package, python_package, studio_package
from tests.unit.orchestrator.package_feeds.test_routes import give_feed

from stagedoor.kit.files import KeptFile, LocalFiles
from stagedoor.orchestrator.call import Answer, FileContent
from stagedoor.orchestrator.errors import AlreadyExists, InvalidRequest, NotFound
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.processes.errors import PackageInUse
from stagedoor.orchestrator.stored_files.models import StoredFile
from stagedoor.orchestrator.webhooks.models import OutgoingEvent
from stagedoor.passage import FolderPlace, Reach

UPLOAD = "Processes_UploadPackage"
DOWNLOAD = "Processes_DownloadPackageByKey"
VERSIONS = "Processes_GetProcessVersionsByProcessid"


def upload(desk: Desk, *files: bytes, feed: str = "", operation: str = UPLOAD, **more: Any) -> Answer:
    query = {"feedid": feed} if feed else {}
    return desk.call(operation, form_of(*files), content_type=FORM, query=query, **more)


def listed(desk: Desk, feed: str = "") -> list[str]:
    query = {"feedid": feed} if feed else {}
    return [package["Key"] for package in desk.call("Processes_Get", query=query).content["value"]]


def content_of(answer: Answer) -> bytes:
    assert isinstance(answer.content, FileContent)
    with answer.content.stream as stream:
        content = stream.read()
    assert len(content) == answer.content.size
    return content


class TestUploading:
    def test_one_package_is_answered_as_the_vendors_command_line_reads_it(self, desk: Desk) -> None:
        answer = upload(desk, python_package())
        assert answer.status == 200
        [item] = answer.content["value"]
        assert (item["Key"], item["Status"]) == ("file0.nupkg", "OK")
        assert json.loads(item["Body"]) == {"Id": "Reader", "Version": "1.0.0"}
        assert answer.content["@odata.context"].endswith(
            "#Collection(UiPath.Server.Configuration.OData.BulkItemDtoOfString)"
        )

    def test_what_the_package_says_of_itself_is_shown(self, desk: Desk) -> None:
        upload(desk, python_package(contentType="agent"))
        [package] = desk.call("Processes_Get", query={"$expand": "EntryPoints"}).content["value"]
        assert (package["Key"], package["PackageType"], package["MainEntryPointPath"]) == (
            "Reader:1.0.0",
            "Agent",
            "main",
        )
        assert (package["SupportsMultipleEntryPoints"], package["ReleaseNotes"]) == (True, "First")
        assert [entry["Path"] for entry in package["EntryPoints"]] == ["main", "other"]
        assert json.loads(package["EntryPoints"][0]["InputArguments"])["type"] == "object"
        told = desk.call("Processes_GetArgumentsByKey", key="Reader:1.0.0").content
        assert [argument["name"] for argument in json.loads(told["Input"])] == ["text", "times", "notes"]
        assert told == {**told, **package["Arguments"]}

    def test_several_are_taken_together(self, desk: Desk) -> None:
        answer = upload(desk, python_package("A"), studio_package("B"))
        assert (answer.status, listed(desk)) == (200, ["A:1.0.0", "B:1.0.0"])

    def test_one_that_is_refused_keeps_none_of_the_others_out(self, desk: Desk) -> None:
        upload(desk, python_package("A"))
        answer = upload(desk, python_package("A"), b"no package", python_package("B"))
        assert answer.status == 207
        assert [item["Status"] for item in answer.content["value"]] == ["Conflict", "BadRequest", "OK"]
        assert "already exists" in answer.content["value"][0]["Body"]
        assert listed(desk) == ["A:1.0.0", "B:1.0.0"]

    @pytest.mark.parametrize("version", ["1.0.0", "1.0", "1.0.0.0", "1.0.0+build"])
    def test_a_version_is_taken_once_however_it_is_written(self, desk: Desk, version: str) -> None:
        upload(desk, python_package())
        with pytest.raises(AlreadyExists):
            upload(desk, python_package("READER", version))

    def test_what_is_refused_leaves_nothing_behind(self, desk: Desk) -> None:
        for wrong in (b"no package", library_package()):
            with pytest.raises(PackageRefused):
                upload(desk, wrong)
        with desk.write() as session:
            assert session.query(StoredFile).count() == 0
        assert listed(desk) == []

    def test_others_write_while_a_file_is_being_kept(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        keep, made = LocalFiles.keep, []

        def keep_slowly(files: LocalFiles, name: str, content: BinaryIO) -> KeptFile:
            made.append(desk.make_folder("Meanwhile").id)
            return keep(files, name, content)

        monkeypatch.setattr(LocalFiles, "keep", keep_slowly)
        assert upload(desk, python_package()).status == 200
        assert len(made) == 1

    def test_a_request_brings_one_file_at_least_and_ten_at_most(self, desk: Desk) -> None:
        with pytest.raises(InvalidRequest, match="no file"):
            upload(desk)
        with pytest.raises(InvalidRequest, match="10"):
            upload(desk, *[b"x"] * 11)

    def test_the_latest_version_is_the_highest_and_not_the_last_to_come(self, desk: Desk) -> None:
        upload(
            desk, python_package(version="2.0.0"), python_package(version="1.9.0"), python_package(version="2.0.0-rc")
        )
        assert listed(desk) == ["Reader:2.0.0"]


class TestDownloading:
    def test_the_file_comes_back_byte_for_byte(self, desk: Desk) -> None:
        package = python_package()
        upload(desk, package)
        answer = desk.call(DOWNLOAD, key="reader:1.0.0")
        assert content_of(answer) == package
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="Reader.1.0.0.nupkg"'

    def test_nobody_else_gets_it(self, desk: Desk) -> None:
        upload(desk, python_package())
        for key, tenant in (("Reader:1.0.0", OTHER_TENANT), ("Reader:2.0.0", None), ("Reader", None), ("", None)):
            with pytest.raises(NotFound):
                desk.call(DOWNLOAD, key=key, **({"tenant": tenant} if tenant else {}))


class TestDeleting:
    def test_the_file_goes_with_the_package(self, desk: Desk) -> None:
        upload(desk, python_package())
        desk.call("Processes_DeleteById", key="Reader:1.0.0")
        with desk.write() as session:
            assert session.query(StoredFile).count() == 0
        upload(desk, python_package())

    def test_what_a_release_runs_stays(self, desk: Desk) -> None:
        upload(desk, python_package())
        folder = desk.make_folder("Shared")
        desk.call("Releases_Post", {"Name": "x", "ProcessKey": "Reader"}, folder=folder)
        with pytest.raises(PackageInUse):
            desk.call("Processes_DeleteById", key="Reader:1.0.0")
        assert content_of(desk.call(DOWNLOAD, key="Reader:1.0.0"))


class TestReleases:
    def make(self, desk: Desk, folder: FolderPlace, **more: Any) -> dict[str, Any]:
        body = {"Name": "Reader", "ProcessKey": "Reader", "ProcessVersion": "1.0.0", **more}
        content: dict[str, Any] = desk.call("Releases_Post", body, folder=folder).content
        return content

    def test_a_release_starts_at_the_main_entry_point_or_at_the_one_that_was_chosen(self, desk: Desk) -> None:
        upload(desk, python_package())
        folder = desk.make_folder("Shared")
        release = self.make(desk, folder)
        assert json.loads(release["Arguments"]["Input"])[0]["name"] == "text"
        query = {"$expand": "EntryPoint"}
        shown = desk.call("Releases_GetById", key=release["Id"], folder=folder, query=query).content
        assert shown["EntryPoint"]["Path"] == "main"
        other = self.make(desk, folder, Name="Other", EntryPointPath="other")
        assert json.loads(other["Arguments"]["Input"]) == []
        change = {"EntryPointId": other["EntryPointId"]}
        desk.call("Releases_PatchById", change, key=release["Id"], folder=folder)
        shown = desk.call("Releases_GetById", key=release["Id"], folder=folder, query=query).content
        assert (shown["EntryPoint"]["Path"], shown["EntryPointPath"]) == ("other", "other")

    @pytest.mark.parametrize("chosen", [{"EntryPointPath": "none"}, {"EntryPointId": 999}])
    def test_an_entry_point_that_the_package_does_not_have_is_refused(self, desk: Desk, chosen: dict[str, Any]) -> None:
        upload(desk, python_package())
        folder = desk.make_folder("Shared")
        with pytest.raises(InvalidRequest, match="no entry point"):
            self.make(desk, folder, **chosen)
        release = self.make(desk, folder)
        with pytest.raises(InvalidRequest, match="no entry point"):
            desk.call("Releases_PatchById", chosen, key=release["Id"], folder=folder)

    def test_a_release_that_follows_its_package_moves_on(self, desk: Desk) -> None:
        upload(desk, python_package())
        folder = desk.make_folder("Shared")
        follower, other = self.make(desk, folder, AutoUpdate=True), self.make(desk, folder, Name="Stays")
        upload(desk, python_package(version="0.9.0"))
        upload(desk, python_package(version="1.1.0"))
        versions = {
            release["Id"]: release["ProcessVersion"]
            for release in desk.call("Releases_Get", folder=folder).content["value"]
        }
        assert versions == {follower["Id"]: "1.1.0", other["Id"]: "1.0.0"}
        desk.call("Releases_RollbackToPreviousReleaseVersionById", key=follower["Id"], folder=folder)


class TestFeeds:
    def test_a_folders_feed_is_apart_from_the_tenants(self, desk: Desk) -> None:
        folder = desk.make_folder("Own")
        give_feed(desk, folder)
        upload(desk, python_package(), feed=folder.key)
        upload(desk, python_package(), python_package(version="2.0.0"))
        assert (listed(desk, folder.key), listed(desk)) == (["Reader:1.0.0"], ["Reader:2.0.0"])
        of_folder = {"feedid": folder.key}
        assert len(desk.call(VERSIONS, processId="Reader", query=of_folder).content["value"]) == 1
        release = desk.call("Releases_Post", {"Name": "x", "ProcessKey": "Reader"}, folder=folder).content
        assert (release["ProcessVersion"], release["FeedId"]) == ("1.0.0", folder.key)
        with pytest.raises(PackageInUse):
            desk.call("Processes_DeleteById", key="Reader:1.0.0", query=of_folder)
        desk.call("Processes_DeleteById", key="Reader")
        assert (listed(desk, folder.key), listed(desk)) == (["Reader:1.0.0"], [])

    def test_a_release_names_the_feed_that_its_package_comes_from(self, desk: Desk) -> None:
        folder, other = desk.make_folder("Own"), desk.make_folder("Other")
        give_feed(desk, folder)
        upload(desk, python_package(), feed=folder.key)
        upload(desk, python_package(version="2.0.0"))
        body = {"Name": "x", "ProcessKey": "Reader"}
        tenant_feed = desk.call("PackageFeeds_GetFeeds").content[0]["id"]
        made = desk.call("Releases_Post", {**body, "FeedId": tenant_feed}, folder=folder).content
        assert made["ProcessVersion"] == "2.0.0"
        with pytest.raises(NotFound):
            desk.call("Releases_Post", {**body, "FeedId": folder.key}, folder=other)

    def test_a_feed_that_is_not_to_be_seen_is_not_there(self, desk: Desk) -> None:
        folder = desk.make_folder("Own")
        give_feed(desk, folder)
        libraries = desk.call("PackageFeeds_GetFeeds").content[1]["id"]
        for feed, more in (
            (folder.key, {"tenant": OTHER_TENANT}),
            (folder.key, {"reach": Reach(folder_keys=frozenset())}),
            (desk.make_folder("Plain").key, {}),
            (libraries, {}),
        ):
            with pytest.raises(NotFound):
                upload(desk, python_package(), feed=feed, **more)
        with pytest.raises(InvalidRequest):
            upload(desk, python_package(), feed="x")

    def test_what_is_published_in_a_workspace_runs_there_and_moves_on(self, desk: Desk) -> None:
        workspace = desk.make_folder("Ann's")
        give_feed(desk, workspace, feed_type=3, folder_type=1)
        for version in ("0.1.0", "0.2.0"):
            upload(desk, python_package(version=version), feed=workspace.key)
        [release] = desk.call("Releases_Get", folder=workspace).content["value"]
        assert (release["Name"], release["ProcessVersion"], release["AutoUpdate"]) == ("Reader", "0.2.0", True)


def test_webhooks_hear_of_processes_that_moved_on_or_were_made(desk: Desk) -> None:
    webhook = {
        "Name": "w",
        "Url": "https://listener.test/",
        "Enabled": True,
        "SubscribeToAllEvents": True,
        "AllowInsecureSsl": False,
    }
    upload(desk, python_package())
    folder, workspace = desk.make_folder("Shared"), desk.make_folder("Ann's")
    give_feed(desk, workspace, feed_type=3, folder_type=1)
    body = {"Name": "x", "ProcessKey": "Reader", "AutoUpdate": True}
    desk.call("Releases_Post", body, folder=folder)
    desk.call("Webhooks_Post", webhook)
    upload(desk, python_package(version="2.0.0"))
    upload(desk, python_package(version="3.0.0"), feed=workspace.key)
    with desk.write() as session:
        events = [(event.type, json.loads(event.body)) for event in session.query(OutgoingEvent)]
    assert [(kind, body["OrganizationUnitId"], body["Releases"][0]["ProcessVersion"]) for kind, body in events] == [
        ("process.updated", folder.id, "2.0.0"),
        ("process.created", workspace.id, "3.0.0"),
    ]


class TestLibraries:
    def library(self, desk: Desk, *files: bytes, **more: Any) -> Answer:
        return upload(desk, *files, operation="Libraries_UploadPackage", **more)

    def test_a_library_comes_and_goes(self, desk: Desk) -> None:
        first = library_package()
        assert self.library(desk, first, library_package(version="2.0.0-beta")).status == 207
        [library] = desk.call("Libraries_Get", query={"searchterm": "tool"}).content["value"]
        assert (library["Key"], library["IsPrerelease"], library["ProjectType"]) == (
            "Tools:2.0.0-beta",
            True,
            "ProcessLibrary",
        )
        assert (library["Id"], type(library["IsPrerelease"])) == ("Tools", bool)
        versions = desk.call("Libraries_GetVersionsByPackageid", packageId="tools", query={"$orderby": "Version"})
        assert [(each["Version"], each["PackageSize"] > 0) for each in versions.content["value"]] == [
            ("1.0.0", True),
            ("2.0.0-beta", True),
        ]
        assert content_of(desk.call("Libraries_DownloadPackageByKey", key="Tools:1.0.0")) == first
        assert desk.call("Libraries_DeleteById", key="Tools:2.0.0-beta").status == 204
        assert [each["Key"] for each in desk.call("Libraries_Get").content["value"]] == ["Tools:1.0.0"]
        assert listed(desk) == []

    def test_a_process_is_no_library_and_a_library_is_there_once(self, desk: Desk) -> None:
        with pytest.raises(PackageRefused, match="no library"):
            self.library(desk, python_package())
        self.library(desk, library_package())
        with pytest.raises(AlreadyExists):
            self.library(desk, library_package())

    def test_nobody_else_sees_a_library(self, desk: Desk) -> None:
        self.library(desk, library_package())
        assert desk.call("Libraries_Get", tenant=OTHER_TENANT).content["value"] == []
        for operation in ("Libraries_DownloadPackageByKey", "Libraries_DeleteById"):
            with pytest.raises(NotFound):
                desk.call(operation, key="Tools:1.0.0", tenant=OTHER_TENANT)
            with pytest.raises(NotFound):
                desk.call(operation, key="Tools:1.0.0", query={"feedid": desk.make_folder(operation[:12]).key})


def test_the_first_process_of_a_tenant_has_a_file_too(desk: Desk) -> None:
    from tests.unit.orchestrator.test_seed import seed

    seed(desk)
    answer = desk.call(DOWNLOAD, key="InvoiceBot:1.0.0")
    assert isinstance(answer.content, bytes)
    assert upload(desk, answer.content, tenant=OTHER_TENANT).status == 200
    there = desk.call("Processes_GetArgumentsByKey", key="InvoiceBot:1.0.0", tenant=OTHER_TENANT).content
    assert there["Input"] == desk.call("Processes_GetArgumentsByKey", key="InvoiceBot:1.0.0").content["Input"]
