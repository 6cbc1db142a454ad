"""Packages and libraries, on every store that Stagedoor runs on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.packages import FORM, folder_with_reader, form_of, library_package, python_package
from tests.unit.orchestrator.package_feeds.test_routes import give_feed

from stagedoor.kit.db import Database
from stagedoor.kit.errors import StagedoorError
from stagedoor.passage import FolderPlace


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return folder_with_reader(desk)


def test_what_is_asked_of_packages_and_libraries_is_answered(desk: Desk, folder: FolderPlace) -> None:
    give_feed(desk, folder)
    upload = {"content_type": FORM, "query": {"feedid": folder.key}}
    desk.call("Processes_UploadPackage", form_of(python_package(), python_package(version="2.0.0")), **upload)
    libraries = form_of(library_package(), library_package(version="2.0.0-beta"))
    desk.call("Libraries_UploadPackage", libraries, content_type=FORM)
    query = {"$filter": "IsPrerelease eq true and PackageSize gt 0", "searchterm": "TOOL"}
    assert [each["Version"] for each in desk.call("Libraries_Get", query=query).content["value"]] == ["2.0.0-beta"]
    query = {"$filter": "SupportsMultipleEntryPoints eq true and IsActive eq false", "feedid": folder.key}
    assert [each["Version"] for each in desk.call("Processes_Get", query=query).content["value"]] == ["2.0.0"]
    query = {"$filter": "SupportsMultipleEntryPoints eq true", "$expand": "EntryPoint,ReleaseVersions"}
    [release] = desk.call("Releases_Get", folder=folder, query=query).content["value"]
    assert (release["EntryPoint"]["Path"], release["ReleaseVersions"][0]["ReleaseName"]) == ("main", "Reader")
    assert len(desk.call("PackageFeeds_GetFeeds").content) == 3


def test_a_version_that_several_publish_at_once_is_there_once(desk: Desk, folder: FolderPlace) -> None:
    gate = threading.Barrier(8)

    def publish(_: int) -> int:
        gate.wait()
        try:
            body = form_of(python_package(version="3.0.0"))
            return desk.call("Processes_UploadPackage", body, content_type=FORM).status
        except StagedoorError as refused:
            return refused.status

    with ThreadPoolExecutor(8) as publishers:
        statuses = sorted(publishers.map(publish, range(8)))
    assert statuses == [200, *[409] * 7]
    versions = desk.call("Processes_GetProcessVersionsByProcessid", processId="Reader").content["value"]
    assert [version["Version"] for version in versions if version["IsLatestVersion"]] == ["3.0.0"]
