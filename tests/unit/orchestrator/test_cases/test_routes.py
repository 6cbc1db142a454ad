"""Test cases are found in packages: those that a project lists, else its entry points."""

import pytest
from tests.factories.checks import LOGIN, LOGOUT, check_package, upload
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.packages import python_package

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.processes.models import Package


def listed(desk: Desk, **more: object) -> list[dict]:
    return desk.call("TestCaseDefinitions_Get", **more).content["value"]


def test_the_cases_that_a_project_lists_are_definitions(desk: Desk) -> None:
    upload(desk, check_package())
    shown = [(one["Name"], one["UniqueId"], one["PackageIdentifier"], one["CreatedVersion"]) for one in listed(desk)]
    assert shown == [("Login", LOGIN, "Checks", "1.0.0"), ("Logout", LOGOUT, "Checks", "1.0.0")]
    assert listed(desk, tenant=OTHER_TENANT) == []


def test_further_versions_move_the_latest_on_and_pre_releases_apart(desk: Desk) -> None:
    for version in ("1.0.0", "1.10.0", "1.9.0", "2.0.0-beta"):
        upload(desk, check_package(version))
    first = listed(desk)[0]
    assert (first["CreatedVersion"], first["LatestVersion"]) == ("1.0.0", "1.10.0")
    assert first["LatestPrereleaseVersion"] == "2.0.0-beta"
    assert len(listed(desk)) == 2


def test_a_package_that_lists_none_has_its_entry_points(desk: Desk) -> None:
    upload(desk, python_package())
    names = [one["Name"] for one in listed(desk)]
    assert len(names) == 2
    assert len({one["UniqueId"] for one in listed(desk)}) == 2


def test_entries_that_are_no_test_cases_are_left_out(desk: Desk) -> None:
    upload(desk, check_package(Login=LOGIN, Broken="no guid"))
    assert [one["Name"] for one in listed(desk)] == ["Login"]


def test_a_damaged_file_keeps_no_other_package_away(desk: Desk) -> None:
    upload(desk, check_package())
    with desk.write() as session:
        package = session.query(Package).one()
        package.file_name = "0" * 32
    upload(desk, check_package("1.0.1"))
    assert {one["Name"] for one in listed(desk)} >= {"Login", "Logout"}


def test_each_case_is_listed_once_where_that_is_asked(desk: Desk) -> None:
    upload(desk, check_package())
    query = {"distinctbyuniqueidandpackageidentifier": "true"}
    assert [one["Name"] for one in listed(desk, query=query)] == ["Login", "Logout"]
    assert [one["Name"] for one in listed(desk, query={"$filter": f"UniqueId eq {LOGOUT}"})] == ["Logout"]


def test_the_package_of_a_case_is_found_by_the_case(desk: Desk) -> None:
    upload(desk, check_package())
    upload(desk, check_package("1.1.0"))
    operation = "TestAutomation_GetPackageInfoByTestCaseUniqueId"
    for query in ({"testcaseuniqueid": LOGIN}, {"testcaseuniqueid": LOGIN, "packageidentifier": "CHECKS"}):
        assert desk.call(operation, query=query).content == {
            "packageIdentifier": "Checks",
            "latestVersion": "1.1.0",
            "latestPrereleaseVersion": None,
        }
    for missing in (
        {"testcaseuniqueid": LOGIN, "packageidentifier": "Other"},
        {"testcaseuniqueid": "0" * 8 + LOGIN[8:]},
    ):
        with pytest.raises(NotFound):
            desk.call(operation, query=missing)
    with pytest.raises(NotFound):
        desk.call(operation, query={"testcaseuniqueid": LOGIN}, tenant=OTHER_TENANT)
    with pytest.raises(InvalidRequest):
        desk.call(operation)
