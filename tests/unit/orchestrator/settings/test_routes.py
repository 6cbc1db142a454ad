"""Settings are told, set and deleted by name; secrets do not become settings."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.settings.errors import SecretSettingRefused


def test_authentication_settings_tell_the_generation(desk: Desk) -> None:
    answer = desk.call("Settings_GetAuthenticationSettings")
    pairs = dict(zip(answer.content["Keys"], answer.content["Values"], strict=True))
    assert pairs["Build.Version"]
    assert pairs["Authentication.DefaultTenant"] == "dev"
    assert answer.headers["api-supported-versions"] == "20.0"


def test_a_value_set_is_a_value_read(desk: Desk) -> None:
    desk.call("Settings_PutById", {"Name": "Timezone", "Value": "UTC"}, key="Timezone")
    desk.call("Settings_UpdateBulk", {"settings": [{"Name": "TIMEZONE", "Value": "Europe/Berlin"}, {"name": "b"}]})
    assert desk.call("Settings_GetById", key="timezone").content["value"] == "Europe/Berlin"
    listed = desk.call("Settings_Get").content["value"]
    assert listed[0] == {"Name": "Timezone", "Value": "Europe/Berlin", "Scope": "Tenant", "Id": "Timezone"}
    assert desk.call("Settings_Get", tenant=OTHER_TENANT).content["value"] == []


def test_several_are_set_together_or_not_at_all(desk: Desk) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Settings_UpdateBulk", {"settings": [{"Name": "a", "Value": "1"}, {"Name": "", "Value": "2"}]})
    assert desk.call("Settings_Get").content["value"] == []


def test_settings_are_deleted_by_name(desk: Desk) -> None:
    desk.call("Settings_UpdateBulk", {"settings": [{"Name": "a"}, {"Name": "b"}]})
    desk.call("Settings_UpdateBulk", {"settings": [{"Name": "a"}]}, tenant=OTHER_TENANT)
    assert desk.call("Settings_DeleteBulk", {"settingNames": ["A", "none"]}).status == 204
    with pytest.raises(NotFound):
        desk.call("Settings_GetById", key="a")
    assert desk.call("Settings_GetById", key="a", tenant=OTHER_TENANT).status == 200


@pytest.mark.parametrize("name", ["Abp.Net.Mail.Smtp.Password", "client_secret", "Api.Key", "Connection-String"])
def test_a_secret_does_not_become_a_setting(desk: Desk, name: str) -> None:
    with pytest.raises(SecretSettingRefused):
        desk.call("Settings_PutById", {"Value": "hunter2"}, key=name)
    assert desk.call("Settings_Get").content["value"] == []


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("Settings_UpdateBulk", {}),
        ("Settings_UpdateBulk", {"settings": "all"}),
        ("Settings_UpdateBulk", {"settings": ["a"]}),
        ("Settings_UpdateBulk", {"settings": [{"Name": "a", "Value": 5}]}),
        ("Settings_UpdateBulk", {"settings": [{"Name": "a", "Scope": "Odd"}]}),
        ("Settings_DeleteBulk", {"settingNames": [1]}),
        ("Settings_DeleteBulk", {}),
        ("Settings_DeleteBulk", []),
    ],
)
def test_wrong_bodies_are_refused(desk: Desk, operation: str, body: object) -> None:
    with pytest.raises(InvalidRequest):
        desk.call(operation, body)


def test_a_name_has_bounds(desk: Desk) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Settings_PutById", {"Value": "1"}, key="x" * 129)
