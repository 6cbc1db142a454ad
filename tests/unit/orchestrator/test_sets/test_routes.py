"""Test sets: made of test cases, changed, and made for a version of a process."""

import pytest
from tests.factories.checks import LOGIN, LOGOUT, check_package, make_checks, make_set, upload
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired

EXPAND = {"$expand": "TestCases($expand=Definition),Packages,InputArguments,Environment"}
FOR_VERSION = "TestAutomation_CreateTestSetForReleaseVersion"


def test_a_set_is_made_whole_and_shown(desk: Desk) -> None:
    checks = make_checks(desk)
    environment = desk.call("Environments_Post", {"Name": "Lab"}, folder=checks.folder).content
    made = make_set(
        desk,
        checks,
        Description="of the night",
        EnvironmentId=environment["Id"],
        Packages=[{"PackageIdentifier": "Checks", "VersionMask": "1.0.*", "IncludePrerelease": True}],
        InputArguments=[{"Name": "Count", "Type": "System.Int32", "Value": "3"}],
    )
    assert (made["Name"], made["SourceType"], made["TestCaseCount"], made["Enabled"]) == ("Nightly", "User", 2, True)
    shown = desk.call("TestSets_GetById", folder=checks.folder, key=made["Id"], query=EXPAND).content
    assert [case["Definition"]["UniqueId"] for case in shown["TestCases"]] == [LOGIN, LOGOUT]
    assert [each["VersionMask"] for each in shown["Packages"]] == ["1.0.*"]
    assert [(each["Name"], each["Value"]) for each in shown["InputArguments"]] == [("Count", "3")]
    assert shown["Environment"] == {"Name": "Lab", "Id": environment["Id"]}
    assert [each["Id"] for each in desk.call("TestSets_Get", folder=checks.folder).content["value"]] == [made["Id"]]


def test_a_case_that_is_named_again_keeps_its_id_and_others_go(desk: Desk) -> None:
    checks = make_checks(desk)
    made = make_set(desk, checks)

    def cases() -> dict[int, int]:
        shown = desk.call("TestSets_GetById", folder=checks.folder, key=made["Id"], query=EXPAND).content
        return {case["DefinitionId"]: case["Id"] for case in shown["TestCases"]}

    before, login = cases(), checks.definitions["Login"]
    case = {"DefinitionId": login, "ReleaseId": checks.release_id, "VersionNumber": "1.0.0", "Enabled": False}
    body = {"Name": "Weekly", "TestCases": [case]}
    changed = desk.call("TestSets_PutById", body, folder=checks.folder, key=made["Id"]).content
    assert (changed["Name"], changed["TestCaseCount"]) == ("Weekly", 1)
    assert cases() == {login: before[login]}
    desk.call("TestSets_PutById", {"Name": "Weekly"}, folder=checks.folder, key=made["Id"])
    assert cases() == {login: before[login]}


def test_a_deleted_set_is_gone(desk: Desk) -> None:
    checks = make_checks(desk)
    made = make_set(desk, checks)
    assert desk.call("TestSets_DeleteById", folder=checks.folder, key=made["Id"]).status == 204
    assert desk.call("TestSets_Get", folder=checks.folder).content["value"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": None},
        {"Name": "x" * 257},
        {"TestCases": {}},
        {"TestCases": [{"ReleaseId": 1, "VersionNumber": "1"}]},
        {"Packages": [{"PackageIdentifier": "Checks"}]},
        {"InputArguments": [{"Name": "a", "Type": "b"}]},
        {"Enabled": "yes"},
    ],
)
def test_a_wrong_set_is_refused(desk: Desk, wrong: dict) -> None:
    checks = make_checks(desk)
    with pytest.raises(InvalidRequest):
        desk.call("TestSets_Post", {"Name": "Nightly", **wrong}, folder=checks.folder)


def test_what_a_set_names_is_in_its_folder(desk: Desk) -> None:
    checks = make_checks(desk)
    other = make_checks(desk, "Other")
    login = checks.definitions["Login"]
    case = {"DefinitionId": login, "ReleaseId": other.release_id, "VersionNumber": "1.0.0"}
    for wrong in (
        {"TestCases": [case]},
        {"TestCases": [{**case, "ReleaseId": checks.release_id, "DefinitionId": 999}]},
        {"RobotId": 999},
        {"EnvironmentId": 999},
    ):
        with pytest.raises(NotFound):
            desk.call("TestSets_Post", {"Name": "Nightly", **wrong}, folder=checks.folder)
    assert desk.call("TestSets_Get", folder=checks.folder).content["value"] == []


def test_a_case_is_run_by_a_process_of_its_own_package(desk: Desk) -> None:
    checks = make_checks(desk)
    upload(desk, check_package(name="Others", Third="3fa85f64-5717-4562-b3fc-2c963f66afa3"))
    third = next(each for each in desk.call("TestCaseDefinitions_Get").content["value"] if each["Name"] == "Third")
    case = {"DefinitionId": third["Id"], "ReleaseId": checks.release_id, "VersionNumber": "1.0.0"}
    with pytest.raises(InvalidRequest, match="Others"):
        desk.call("TestSets_Post", {"Name": "Nightly", "TestCases": [case]}, folder=checks.folder)


@pytest.mark.parametrize("operation", ["TestSets_GetById", "TestSets_PutById", "TestSets_DeleteById"])
def test_other_folders_and_tenants_have_no_such_set(desk: Desk, operation: str) -> None:
    checks = make_checks(desk)
    made = make_set(desk, checks)
    body = {"Name": "Stolen"} if "Put" in operation else None
    with pytest.raises(NotFound):
        desk.call(operation, body, folder=desk.make_folder("Elsewhere"), key=made["Id"])
    with pytest.raises(NotFound):
        desk.call(operation, body, folder=checks.folder, tenant=OTHER_TENANT, key=made["Id"])
    with pytest.raises(FolderRequired):
        desk.call("TestSets_Get")


def test_a_set_for_a_version_holds_what_the_version_holds(desk: Desk) -> None:
    checks = make_checks(desk)
    request = {"releaseId": checks.release_id, "versionNumber": "1.0.0", "maskBuildVersion": True}
    answer = desk.call(FOR_VERSION, request, folder=checks.folder)
    assert answer.status == 201
    shown = desk.call("TestSets_GetById", folder=checks.folder, key=answer.content, query=EXPAND).content
    assert (shown["SourceType"], shown["TestCaseCount"]) == ("ExternalTool", 2)
    assert [(each["PackageIdentifier"], each["VersionMask"]) for each in shown["Packages"]] == [("Checks", "1.0.*")]
    some = desk.call(FOR_VERSION, {**request, "testCaseUniqueIds": [LOGOUT]}, folder=checks.folder).content
    shown = desk.call("TestSets_GetById", folder=checks.folder, key=some, query=EXPAND).content
    assert [case["Definition"]["Name"] for case in shown["TestCases"]] == ["Logout"]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"releaseId": 999}, NotFound),
        ({"versionNumber": "9.9.9"}, NotFound),
        ({"testCaseUniqueIds": ["3fa85f64-5717-4562-b3fc-2c963f66afaf"]}, NotFound),
        ({"versionNumber": None}, InvalidRequest),
        ({"testCaseUniqueIds": ["x"]}, InvalidRequest),
    ],
)
def test_a_set_for_what_is_not_there_is_refused(desk: Desk, wrong: dict, refusal: type[Exception]) -> None:
    checks = make_checks(desk)
    request = {"releaseId": checks.release_id, "versionNumber": "1.0.0", **wrong}
    with pytest.raises(refusal):
        desk.call(FOR_VERSION, request, folder=checks.folder)


def test_the_processes_of_a_package_are_found(desk: Desk) -> None:
    checks = make_checks(desk)
    operation = "TestAutomation_GetReleasesForPackageVersion"
    there = {"releaseId": checks.release_id, "versionNumber": "1.0.0", "organizationUnitId": checks.folder.id}
    for query in ({"packageidentifier": "checks"}, {"packageidentifier": "Checks", "version": "1.0.0"}):
        assert desk.call(operation, folder=checks.folder, query=query).content == [there]
    query = {"packageidentifier": "Checks", "version": "2.0.0"}
    assert desk.call(operation, folder=checks.folder, query=query).content == []
    with pytest.raises(NotFound):
        desk.call(operation, folder=desk.make_folder("Elsewhere"), query={"packageidentifier": "Checks"})
    with pytest.raises(InvalidRequest, match="packageIdentifier"):
        desk.call(operation, folder=checks.folder)
