from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.alerts.schemas import Severity
from stagedoor.orchestrator.alerts.service import raise_alert
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.passage import Reach

ALERT = {"Message": "Out of paper", "Severity": "Warn", "RobotName": "reader", "ProcessName": "InvoiceBot"}
COLLEAGUE = replace(CALLER, id="00000000-0000-4000-8000-0000000000ff")


def alerts(desk: Desk, **given: Any) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = desk.call("Alerts_Get", **given).content["value"]
    return value


def raise_one(desk: Desk, **fields: Any) -> None:
    desk.call("Alerts_RaiseProcessAlert", {"processAlert": {**ALERT, **fields}})


def test_a_process_alert_is_unread_for_everybody(desk: Desk) -> None:
    raise_one(desk)
    [alert] = alerts(desk)
    assert (alert["Component"], alert["Severity"], alert["State"]) == ("Process", "Warn", "Unread")
    assert orjson.loads(alert["Data"])["Message"] == "Out of paper"
    assert [desk.call("Alerts_GetUnreadCount", caller=who).content["value"] for who in (CALLER, COLLEAGUE)] == [1, 1]


def test_who_has_read_an_alert_has_read_it_for_themselves_alone(desk: Desk) -> None:
    raise_one(desk)
    raise_one(desk, Message="Out of ink")
    [latest, _] = alerts(desk)
    body = {"ids": [latest["Id"]]}
    assert desk.call("Alerts_MarkAsRead", body).content["value"] == 1
    assert desk.call("Alerts_MarkAsRead", body).content["value"] == 1
    assert [alert["Id"] for alert in alerts(desk, query={"$filter": "State eq 'Read'"})] == [latest["Id"]]
    assert [alert["State"] for alert in alerts(desk, caller=COLLEAGUE)] == ["Unread", "Unread"]


def test_the_latest_alert_comes_first(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        desk.clock.advance(timedelta(seconds=1))
        raise_one(desk, Message=name)
    messages = [orjson.loads(alert["Data"])["Message"] for alert in alerts(desk)]
    assert messages == ["three", "two", "one"]


def test_alerts_of_folders_out_of_reach_and_of_other_tenants_look_like_none(desk: Desk) -> None:
    folder, other = desk.make_folder("Invoices"), desk.make_folder("Other")
    key = "00000000-0000-4000-8000-000000000001"
    with desk.write() as session:
        raise_alert(
            session,
            TENANT.tenant_id,
            "Job.Faulted",
            {},
            key=key,
            component="Jobs",
            severity=Severity.ERROR,
            at=desk.clock.now(),
            folder_id=folder.id,
        )
    here, there = Reach(frozenset({folder.key})), Reach(frozenset({other.key}))
    assert [len(alerts(desk, reach=reach)) for reach in (here, there)] == [1, 0]
    assert desk.call("Alerts_GetUnreadCount", reach=there).content["value"] == 0
    desk.call("Alerts_MarkAsRead", {"ids": [key]}, reach=there)
    desk.call("Alerts_MarkAsRead", {"ids": [key]}, tenant=OTHER_TENANT)
    assert alerts(desk)[0]["State"] == "Unread"
    assert alerts(desk, tenant=OTHER_TENANT) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"processAlert": {}},
        {"processAlert": {**ALERT, "Severity": "Terrible"}},
        {"processAlert": {**ALERT, "Message": "x" * 513}},
        {"processAlert": {**ALERT, "RobotName": None}},
    ],
)
def test_a_wrong_alert_is_refused(desk: Desk, body: object) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Alerts_RaiseProcessAlert", body)
    assert alerts(desk) == []


def test_ids_that_are_no_guids_are_refused(desk: Desk) -> None:
    for body in ({}, {"ids": ["five"]}, {"ids": 5}):
        with pytest.raises(InvalidRequest):
            desk.call("Alerts_MarkAsRead", body)
