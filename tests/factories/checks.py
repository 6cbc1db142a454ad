"""A folder with a process whose package lists test cases, for what runs them."""

from dataclasses import dataclass

from tests.factories.orchestrator import Desk
from tests.factories.packages import FORM, form_of, studio_package

from stagedoor.passage import FolderPlace

LOGIN = "3fa85f64-5717-4562-b3fc-2c963f66afa1"
LOGOUT = "3fa85f64-5717-4562-b3fc-2c963f66afa2"


def check_package(version: str = "1.0.0", name: str = "Checks", **cases: str) -> bytes:
    """Return a package of a test project; ``cases`` are files by name with their ids, two without any."""
    listed = cases or {"Login": LOGIN, "Logout": LOGOUT}
    return studio_package(
        name,
        version,
        designOptions={
            "outputType": "Tests",
            "fileInfoCollection": [
                {"testCaseId": unique_id, "testCaseType": "TestCase", "fileName": f"Tests\\{file_name}.xaml"}
                for file_name, unique_id in listed.items()
            ],
        },
    )


@dataclass(frozen=True)
class Checks:
    """A folder, the release in it, and the ids of the definitions by name."""

    folder: FolderPlace
    release_id: int
    definitions: dict[str, int]


def upload(desk: Desk, package: bytes) -> None:
    """Publish a package."""
    answer = desk.call("Processes_UploadPackage", form_of(package), content_type=FORM)
    assert answer.content["value"][0]["Status"] == "OK"


def make_checks(desk: Desk, folder_name: str = "Shared") -> Checks:
    """Publish the package, and make a folder with a process that runs it."""
    if not desk.call("Processes_Get").content["value"]:
        upload(desk, check_package())
    folder = desk.make_folder(folder_name)
    body = {"Name": "Checks", "ProcessKey": "Checks", "ProcessVersion": "1.0.0"}
    release_id = desk.call("Releases_Post", body, folder=folder).content["Id"]
    found = desk.call("TestCaseDefinitions_Get").content["value"]
    return Checks(folder, release_id, {each["Name"]: each["Id"] for each in found})


def make_set(desk: Desk, checks: Checks, *names: str, **more: object) -> dict:
    """Make a test set of some cases, of both where none is named."""
    cases = [
        {"DefinitionId": checks.definitions[name], "ReleaseId": checks.release_id, "VersionNumber": "1.0.0"}
        for name in names or ("Login", "Logout")
    ]
    body = {"Name": "Nightly", "TestCases": cases, **more}
    return desk.call("TestSets_Post", body, folder=checks.folder).content
