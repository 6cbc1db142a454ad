from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.passage import Reach

UNITS = {"type": "AIUnits", "reference": "job-7", "count": 5}


def held(desk: Desk, **given: Any) -> dict[str, int]:
    content = desk.call("Stats_GetConsumptionLicenseStats", **given).content
    return {entry["type"]: entry["used"] for entry in content}


def test_units_are_acquired_counted_and_released(desk: Desk) -> None:
    for _ in range(2):
        assert desk.call("Licensing_Acquire", UNITS).content == {"isSuccess": True}
    assert held(desk) == {"AIUnits": 10}
    desk.call("Licensing_Release", {**UNITS, "count": 3})
    assert held(desk) == {"AIUnits": 7}
    desk.call("Licensing_Release", {**UNITS, "count": 7})
    assert held(desk) == {}
    assert held(desk, tenant=OTHER_TENANT) == {}


def test_nobody_releases_what_they_do_not_hold(desk: Desk) -> None:
    desk.call("Licensing_Acquire", UNITS)
    for other in ({"count": 6}, {"reference": "job-8"}, {"type": "Robots"}):
        with pytest.raises(Conflict):
            desk.call("Licensing_Release", {**UNITS, **other})
    with pytest.raises(Conflict):
        desk.call("Licensing_Release", UNITS, tenant=OTHER_TENANT)
    with pytest.raises(Conflict):
        desk.call("Licensing_Acquire", {**UNITS, "count": 10**12})


@pytest.mark.parametrize("fields", [{"count": 0}, {"count": None}, {"count": "many"}, {"type": ""}, {"type": 5}])
def test_wrong_units_are_refused(desk: Desk, fields: dict[str, Any]) -> None:
    for operation in ("Licensing_Acquire", "Licensing_Release"):
        with pytest.raises(InvalidRequest):
            desk.call(operation, {**UNITS, **fields})


def runtimes(desk: Desk, kind: str, **given: Any) -> list[dict[str, Any]]:
    answer = desk.call("LicensesRuntime_GetLicensesRuntimeByRobottype", robotType=kind, **given)
    value: list[dict[str, Any]] = answer.content["value"]
    return value


def test_runtimes_of_machines_are_listed_and_switched(desk: Desk) -> None:
    machine = desk.call("Machines_Post", {"Name": "Host", "Type": "Template", "UnattendedSlots": 3}).content
    [runtime] = runtimes(desk, "Unattended")
    assert (runtime["MachineId"], runtime["Runtimes"], runtime["Enabled"]) == (machine["Id"], 3, True)
    assert (runtimes(desk, "Headless"), runtimes(desk, "Studio")) == ([], [])
    assert runtimes(desk, "Unattended", tenant=OTHER_TENANT) == []
    key = runtime["Key"]
    for enabled in (False, False, True):
        body = {"key": key, "robotType": "Unattended", "enabled": enabled}
        desk.call("LicensesRuntime_ToggleEnabledByKey", body, key=key)
        assert runtimes(desk, "Unattended")[0]["Enabled"] is enabled
    assert len(runtimes(desk, "Unattended", query={"$filter": "Enabled eq true and IsOnline eq false"})) == 1
    with pytest.raises(NotFound):
        desk.call("LicensesRuntime_ToggleEnabledByKey", body, key=key, tenant=OTHER_TENANT)
    with pytest.raises(InvalidRequest):
        desk.call("LicensesRuntime_ToggleEnabledByKey", {**body, "key": "other"}, key=key)
    with pytest.raises(InvalidRequest):
        desk.call("LicensesRuntime_ToggleEnabledByKey", {**body, "enabled": None}, key=key)
    with pytest.raises(InvalidRequest):
        runtimes(desk, "Toaster")


def test_robots_that_log_in_are_named_users_within_reach(desk: Desk) -> None:
    folder, other = desk.make_folder("Invoices"), desk.make_folder("Other")
    robot = {"Name": "reader", "Type": "Attended", "HostingType": "Floating", "Username": "acme\\reader"}
    desk.call("Robots_Post", robot, folder=folder)

    def users(kind: str, reach: Reach) -> list[str]:
        answer = desk.call("LicensesNamedUser_GetLicensesNamedUserByRobottype", robotType=kind, reach=reach)
        return [user["UserName"] for user in answer.content["value"]]

    assert users("Attended", Reach()) == ["acme\\reader"]
    assert desk.call("Settings_GetLicense").content["Used"]["Attended"] == 1
    assert users("Unattended", Reach()) == []
    assert users("Attended", Reach(frozenset({other.key}))) == []
    with pytest.raises(InvalidRequest):
        users("Toaster", Reach())


def test_the_licence_allows_everything_and_counts_what_is_used(desk: Desk) -> None:
    desk.call("Machines_Post", {"Name": "Host", "Type": "Template", "UnattendedSlots": 3})
    shown = desk.call("Settings_GetLicense").content
    assert (shown["IsExpired"], shown["Used"]["Unattended"]) == (False, 3)
    assert shown["Allowed"]["Unattended"] > 3
    [entry] = desk.call("Stats_GetLicenseStats").content
    assert (entry["robotType"], entry["count"]) == ("Unattended", 3)
