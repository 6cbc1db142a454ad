"""The vendor's command line packs a project, publishes it and starts it, unmodified."""

import json
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served
from tests.factories.signing_in import tokens_for
from tests.flows.strangers.test_uipath_command_line import Terminal, claims_of

from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.db import Database
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import NewFolder, create_folder
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.package_files.reader import read_package

PROJECT = """\
[project]
name = "{name}"
version = "{version}"
description = "Adds two numbers"
authors = [{{ name = "Ann" }}]
requires-python = ">=3.11"
dependencies = ["uipath"]
"""
PROGRAM = """\
from dataclasses import dataclass


@dataclass
class Numbers:
    first: int
    second: int = 1


@dataclass
class Sum:
    total: int


def main(numbers: Numbers) -> Sum:
    return Sum(numbers.first + numbers.second)
"""


def project_in(directory: Path, name: str, version: str = "0.1.0") -> Terminal:
    """Make a project, prepare and pack it."""
    terminal = Terminal(directory)
    (directory / "pyproject.toml").write_text(PROJECT.format(name=name, version=version))
    (directory / "main.py").write_text(PROGRAM)
    (directory / "uipath.json").write_text('{"functions": {"add": "main.py:main"}}')
    terminal.run("init", "--no-agents-md-override")
    assert "successfully packaged" in terminal.run("pack", "--nolock")
    return terminal


def repacked(terminal: Terminal, name: str, version: str) -> None:
    """Give the project another version and pack it again."""
    (terminal.directory / "pyproject.toml").write_text(PROJECT.format(name=name, version=version))
    terminal.run("pack", "--nolock")


@pytest.fixture(scope="module")
def signed_in(house: Served) -> dict[str, str]:
    """The environment of somebody who may do everything in the tenant."""
    token = tokens_for(house.base_url, house.admin_username, house.admin_password)["access_token"]
    return {"UIPATH_URL": house.tenant_url, "UIPATH_ACCESS_TOKEN": token}


@pytest.fixture(scope="module")
def workspace(house: Served, signed_in: dict[str, str], administrator: Administrator) -> int:
    """The administrator's personal workspace; the vendor makes one for whoever may have it."""
    database = Database(f"sqlite:///{house.data_dir / 'stagedoor.db'}")
    with database.write() as session:
        tenant_id = session.query(Folder.tenant_id).limit(1).scalar()
        folder = create_folder(
            session,
            str(tenant_id),
            NewFolder(display_name="admin's workspace", folder_type=1, feed_type=3),
            reach=EVERYWHERE,
            clock=SystemClock(),
            chance=SystemChance(),
        )
        folder.owner_user_id = claims_of(signed_in["UIPATH_ACCESS_TOKEN"])["sub"]
        folder_id = folder.id
    database.close()
    path = "/odata/Users/UiPath.Server.Configuration.OData.GetCurrentUserExtended?$expand=PersonalWorkspace"
    eventually(lambda: administrator.orchestrator.get(path).json()["PersonalWorkspace"], bool)
    return folder_id


def packages_of(administrator: Administrator, name: str, **query: str) -> list[str]:
    path = f"/odata/Processes/UiPath.Server.Configuration.OData.GetProcessVersions(processId='{name}')"
    return [each["Version"] for each in administrator.orchestrator.get(path, params=query).json()["value"]]


def test_what_it_packs_is_published_to_the_tenant_and_comes_back_as_it_was(
    tmp_path: Path, signed_in: dict[str, str], administrator: Administrator
) -> None:
    terminal = project_in(tmp_path, "adder")
    assert "published successfully" in terminal.run("publish", "--tenant", **signed_in)
    assert packages_of(administrator, "adder") == ["0.1.0"]
    answer = administrator.orchestrator.get(
        "/odata/Processes/UiPath.Server.Configuration.OData.DownloadPackage(key='adder:0.1.0')"
    )
    [packed] = (tmp_path / ".uipath").glob("*.nupkg")
    assert answer.content == packed.read_bytes()
    path = "/odata/Processes/UiPath.Server.Configuration.OData.GetArguments(key='adder:0.1.0')"
    told = administrator.orchestrator.get(path).json()
    assert [argument["name"] for argument in json.loads(told["Input"])] == ["first", "second"]


def test_a_version_that_is_there_is_refused_and_the_next_one_taken(
    tmp_path: Path, signed_in: dict[str, str], administrator: Administrator
) -> None:
    terminal = project_in(tmp_path, "twice")
    terminal.run("publish", "--tenant", **signed_in)
    refused = terminal.run("publish", "--tenant", exit_code=1, **signed_in)
    assert "409" in refused
    assert "already exists" in refused
    repacked(terminal, "twice", "0.2.0")
    terminal.run("publish", "--folder", "Tenant Processes", **signed_in)
    assert packages_of(administrator, "twice") == ["0.1.0", "0.2.0"]


def test_what_is_published_in_a_workspace_is_started_there(
    tmp_path: Path, signed_in: dict[str, str], administrator: Administrator, workspace: int
) -> None:
    terminal = project_in(tmp_path, "mine")
    terminal.run("publish", "--my-workspace", **signed_in)
    started = terminal.run("invoke", "add", '{"first": 2}', **signed_in)
    assert "Job started successfully" in started
    answer = administrator.orchestrator.get("/odata/Jobs", headers={"X-UIPATH-OrganizationUnitId": str(workspace)})
    [job] = answer.json()["value"]
    assert (job["ReleaseName"], job["InputArguments"], job["EntryPointPath"]) == ("mine", '{"first": 2}', "add")
    repacked(terminal, "mine", "0.2.0")
    terminal.run("publish", "--my-workspace", **signed_in)
    assert "Job started successfully" in terminal.run("invoke", "add", '{"first": 2}', **signed_in)
    assert packages_of(administrator, "mine") == []


def test_whoever_may_not_publish_is_refused(tmp_path: Path, house: Served, administrator: Administrator) -> None:
    terminal = project_in(tmp_path, "not-mine")
    access_key = administrator.make_key(
        "packages, reading", ["Processes_Get", "Processes_GetProcessVersionsByProcessid"]
    )
    refused = terminal.run(
        "publish", "--tenant", exit_code=1, UIPATH_URL=house.tenant_url, UIPATH_ACCESS_TOKEN=access_key
    )
    assert "403" in refused
    assert packages_of(administrator, "not-mine") == []


def test_a_package_that_is_no_package_is_refused_over_the_wire(administrator: Administrator) -> None:
    path = "/odata/Processes/UiPath.Server.Configuration.OData.UploadPackage"
    refused: httpx2.Response = administrator.orchestrator.post(path, files={"file": ("x.nupkg", b"no zip")})
    assert (refused.status_code, refused.json()["errorCode"]) == (400, 1000)
    assert "zip" in refused.json()["message"]


def test_our_reader_reads_what_it_packs(tmp_path: Path) -> None:
    terminal = project_in(tmp_path, "reader", "1.2.3")
    [packed] = (terminal.directory / ".uipath").glob("*.nupkg")
    with packed.open("rb") as stream:
        package = read_package(stream)
    assert (package.name, package.version, [entry.path for entry in package.entry_points]) == (
        "reader",
        "1.2.3",
        ["add"],
    )
