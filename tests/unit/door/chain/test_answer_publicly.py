"""The few questions that clients ask before they sign in."""

import pytest
from tests.factories.house import SmallHouse

SETTINGS = "/odata/Settings/UiPath.Server.Configuration.OData.GetAuthenticationSettings"


@pytest.mark.parametrize("prefix", ["", "/acme/dev", "/acme/dev/orchestrator_", "/no/such/orchestrator_"])
def test_authentication_settings_are_told_to_anybody_without_a_tenants_name(small: SmallHouse, prefix: str) -> None:
    answer = small.ask("GET", prefix + SETTINGS)
    assert answer.status == 200
    assert answer.headers["api-supported-versions"] == "20.0"
    told = answer.json()
    pairs = dict(zip(told["Keys"], told["Values"], strict=True))
    assert pairs["Build.Version"]
    assert pairs["Authentication.DefaultTenant"] == ""


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/odata/Settings/UiPath.Server.Configuration.OData.GetLanguages", "Items"),
        ("/odata/Settings/UiPath.Server.Configuration.OData.GetTimezones()", "Items"),
        ("/odata/Settings/UiPath.Server.Configuration.OData.GetUpdateSettings", "PollingInterval"),
        ("/api/Translations/GetTranslations", None),
    ],
)
def test_what_the_vendors_document_asks_no_credential_for_is_told_to_anybody(
    small: SmallHouse, path: str, told: str | None
) -> None:
    answer = small.ask("GET", "/acme/dev" + path)
    assert (answer.status, answer.json() == {} if told is None else told in answer.json()) == (200, True)


def test_somebody_signed_in_is_judged_like_everywhere(small: SmallHouse) -> None:
    assert small.ask("GET", "/acme/dev" + SETTINGS, key=small.sample_key).status == 403


@pytest.mark.parametrize("path", ["/odata/Settings", "/odata/Settings('Timezone')", "/odata/Users", "/odata"])
def test_nothing_else_is_told_without_a_credential(small: SmallHouse, path: str) -> None:
    assert small.ask("GET", "/acme/dev" + path).status == 401


def test_a_pulse_has_no_body_and_only_reading_is_open(small: SmallHouse) -> None:
    assert small.ask("GET", "/api/Status/Get").body == b""
    assert small.ask("POST", "/api/Status/Version").status == 401
