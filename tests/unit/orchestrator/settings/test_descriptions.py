from dataclasses import replace
from typing import Any

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.settings.errors import SecretSettingRefused

COLLEAGUE = replace(CALLER, id="00000000-0000-4000-8000-0000000000ff")


def test_a_users_own_setting_is_seen_by_them_instead_of_the_tenants(desk: Desk) -> None:
    desk.call("Settings_PutById", {"Name": "Theme", "Value": "light", "Scope": "Tenant"}, key="Theme")
    body = {"setting": {"Name": "Theme", "Value": "dark", "Scope": "User"}}
    for _ in range(2):
        assert desk.call("Settings_UpdateUserSetting", body).status == 200
    assert desk.call("Settings_GetById", key="THEME").content["value"] == "dark"
    assert desk.call("Settings_GetById", key="THEME", caller=COLLEAGUE).content["value"] == "light"
    with pytest.raises(NotFound):
        desk.call("Settings_GetById", key="Theme", tenant=OTHER_TENANT)
    with pytest.raises(SecretSettingRefused):
        desk.call("Settings_UpdateUserSetting", {"setting": {"Name": "ApiToken", "Value": "x"}})


def test_the_tenants_calendar_is_kept(desk: Desk) -> None:
    assert desk.call("Settings_GetCalendar").content["ExcludedDates"] == []
    days = ["2030-12-25T00:00:00Z", "2030-12-24T00:00:00", "2030-12-25T00:00:00Z"]
    desk.call("Settings_SetCalendar", {"TimeZoneId": "W. Europe Standard Time", "ExcludedDates": days})
    shown = desk.call("Settings_GetCalendar").content
    assert shown["TimeZoneId"] == "W. Europe Standard Time"
    assert shown["ExcludedDates"] == ["2030-12-24T00:00:00Z", "2030-12-25T00:00:00Z"]
    assert desk.call("Settings_GetCalendar", tenant=OTHER_TENANT).content["TimeZoneId"] is None


@pytest.mark.parametrize("body", [{"TimeZoneId": "Middle Earth"}, {"ExcludedDates": ["soon"]}, {"ExcludedDates": 5}])
def test_a_wrong_calendar_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Settings_SetCalendar", body)


def test_a_zone_from_the_list_is_one_that_the_calendar_takes(desk: Desk) -> None:
    zones = [zone["Value"] for zone in desk.call("Settings_GetTimezones").content["Items"]]
    assert "UTC" in zones
    for zone in zones:
        desk.call("Settings_SetCalendar", {"TimeZoneId": zone})


@pytest.mark.parametrize(("scope", "word", "level"), [("0", "Global", "Information"), ("1", "Robot", "")])
def test_execution_settings_have_defaults_for_all(desk: Desk, scope: str, word: str, level: str) -> None:
    shown = desk.call("Settings_GetExecutionSettingsConfigurationByScope", scope=scope).content
    levels = {entry["Key"]: entry["DefaultValue"] for entry in shown["Configuration"]}
    assert (shown["Scope"], levels["TracingLevel"]) == (word, level)
    with pytest.raises(InvalidRequest):
        desk.call("Settings_GetExecutionSettingsConfigurationByScope", scope="7")


def test_the_orchestrator_tells_about_itself(desk: Desk) -> None:
    assert desk.call("Settings_GetLanguages").content["Items"][0]["Name"] == "en"
    assert desk.call("Settings_GetActivitySettings").content["SignalR"]["url"] is None
    assert desk.call("Settings_GetUpdateSettings").content["UpdateServerSource"] == "Orchestrator"
    web = desk.call("Settings_GetWebSettings").content
    assert len(web["Keys"]) == len(web["Values"]) > 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sendTo": "a@b.test", "smtpSettingModel": {"Host": "", "Port": 25}},
        {"sendTo": "a@b.test", "smtpSettingModel": {"Host": "mail.test", "Port": 0}},
        {"sendTo": "a@b.test", "smtpSettingModel": {"Host": "mail.test", "Port": 25, "Password": "p"}},
    ],
)
def test_settings_for_mail_are_never_verified(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        desk.call("Settings_VerifySmtpSetting", body)
    assert refusal.value.status == 400


@pytest.mark.parametrize("body", [{}, {"setting": {}}, {"setting": {"Name": "a", "Scope": "Galaxy"}}])
def test_a_wrong_setting_of_ones_own_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Settings_UpdateUserSetting", body)
