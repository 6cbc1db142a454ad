import time

import pytest

from stagedoor.audit.redaction import is_sensitive_name, redact, redact_target

CANARY = "CanaryCanary0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"sd_Ab12Cd34_{CANARY}",
        f"the key SD_Ab12Cd34_{CANARY} is unknown".replace("SD", "sd"),
        f"/odata/sd%5FAb12Cd34%5F{CANARY}",
        f"glued_togethersd_Ab12Cd34_{CANARY}",
        f"client sdc_{CANARY} refused",
        f"sdr_{CANARY}",
        f"sl_{CANARY}",
        f"rt_{CANARY}-1",
        f"/odata/Jobs/rt_{CANARY}-1/x",
        f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
        f"eyJhbGciOiJub25lIn0.{CANARY}.",
        f"eyJhbGciOiJkaXIifQ..{CANARY}.{CANARY}.{CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"authorization: basic {CANARY}==",
        f"header was BASIC  {CANARY}",
        f"UiRobot {CANARY}",
        f"Bearer%20{CANARY}",
        f"Bearer+{CANARY}",
        f"password={CANARY}",
        f"Password = {CANARY}",
        f"password: {CANARY}",
        f'{{"password": "{CANARY} with spaces"}}',
        f"{{'usernameOrEmailAddress': 'x', 'password': '{CANARY}'}}",
        f'{{"client_secret":"{CANARY}","a":1}}',
        f'body was "{{\\"password\\": \\"{CANARY}\\"}}"',
        f'{{"password": "half {CANARY}',
        f"client_secret={CANARY}&a=b",
        f"refresh_token={CANARY}",
        f"clientSecret={CANARY}",
        f"code_verifier={CANARY}",
        f"X-API-Key={CANARY}",
        f"https://user:{CANARY}@orchestrator.example/odata",
        f"postgresql+psycopg://stagedoor:{CANARY}@db/stagedoor",
    ],
)
def test_a_secret_is_not_left_in_text(text: str) -> None:
    assert CANARY not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/acme/dev/orchestrator_/odata/Jobs?$filter=State eq 'Running'&$top=5",
        "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs",
        "/odata/Jobs/UiPath.Server.Configuration.OData.GetByKey(identifier=6b1c0a4e-0f53-4c9a-9d1b-0f6a2a4f1f0a)",
        "/odata/Processes/UiPath.Server.Configuration.OData.DownloadPackage(key='Invoice:1.0.2')",
        "Basic authentication is closed for organization acme since 2026-06-01.",
        "The access token has ended; sign in again.",
        "bearer token missing",
        "Nightly: start jobs in Shared",
        "wednesday_morning",
        "start_export",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text
    assert redact_target(text) == text


@pytest.mark.parametrize(
    "target",
    [
        f"/api/account/authenticate?tenancyName=acme&password={CANARY}",
        f"/authorize?client_id=x&code={CANARY}&state=y",
        f"/odata/Jobs?pass%77ord={CANARY}",
        f"/odata/Jobs?%70%61%73%73={CANARY}",
        f"/odata/Jobs?api-key={CANARY}",
        f"/odata/Jobs?X-API-Key={CANARY}",
        f"/odata/Jobs?a=1;access_token={CANARY}",
        f"/odata/Jobs?PASSWORD={CANARY}",
        f"/odata/Jobs?client+secret={CANARY}",
        f"/odata/Jobs?a=b?password={CANARY}",
        f"/odata/Jobs?q=sd_Ab12Cd34_{CANARY}",
        f"/odata/sd_Ab12Cd34_{CANARY}?a=b",
    ],
)
def test_a_secret_is_not_left_in_a_request_target(target: str) -> None:
    assert CANARY not in redact_target(target)


def test_names_and_harmless_values_of_a_target_stay_readable() -> None:
    assert (
        redact_target(f"/api/account/authenticate?tenancyName=acme&password={CANARY}&x=1")
        == "/api/account/authenticate?tenancyName=acme&password=***&x=1"
    )


@pytest.mark.parametrize("name", ["token_type", "keys", "$filter", "passage", "tokens", "codes", "monkey", ""])
def test_a_name_that_only_resembles_a_secret_is_not_sensitive(name: str) -> None:
    assert not is_sensitive_name(name)


@pytest.mark.parametrize(
    "unit", ["a", "password", "password ", '"', "\\", "eyJ", "sd_", "://", "basic +", "token=", "=", "'"]
)
def test_redaction_takes_time_linear_in_the_text(unit: str) -> None:
    def seconds(length: int) -> float:
        text = "password=" + unit * (length // len(unit))
        best = float("inf")
        for _ in range(3):
            start = time.thread_time()
            redact(text)
            best = min(best, time.thread_time() - start)
        return best

    # Of this thread's own time, whatever else the machine does. Quadratic time would make the long text 256 times as
    # slow; linear time 16 times.
    assert seconds(160_000) < 80 * max(seconds(10_000), 0.0002)
