"""Rate and quota of a key at the door, on a clock that a test moves."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.house import Answered, SmallHouse, open_small_house

FOLDERS = "/acme/dev/odata/Folders"
JOBS = "/acme/dev/odata/Jobs"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    """A house with a clock that nobody else looks at."""
    with open_small_house(tmp_path_factory.mktemp("limited")) as house:
        yield house


def key_of(house: SmallHouse, *allow: str, **order: Any) -> str:
    """Make a key with the administrator's token of today."""
    house.__dict__.pop("admin_token", None)
    return house.make_key(*allow, **order)


def code_of(answer: Answered) -> str:
    return str(answer.json()["stagedoor"]["code"])


def test_a_key_beyond_its_rate_is_told_when_to_come_again_and_then_passes(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", rate="6/m", burst=2)
    assert [limited.ask("GET", FOLDERS, key=key).status for _ in range(2)] == [200, 200]
    refused = limited.ask("GET", FOLDERS, key=key)
    assert (refused.status, code_of(refused), refused.headers["retry-after"]) == (429, "too_many_requests", "10")
    assert refused.json()["errorCode"] == 0
    limited.clock.advance(timedelta(seconds=10))
    assert limited.ask("GET", FOLDERS, key=key).status == 200


def test_a_quota_ends_with_the_day_in_utc(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", daily_quota=2)
    for _ in range(2):
        assert limited.ask("GET", FOLDERS, key=key).status == 200
    refused = limited.ask("GET", FOLDERS, key=key)
    assert (refused.status, code_of(refused)) == (429, "daily_quota_spent")
    limited.clock.advance(timedelta(seconds=int(refused.headers["retry-after"]) - 1))
    assert limited.ask("GET", FOLDERS, key=key).status == 429
    limited.clock.advance(timedelta(seconds=1))
    assert limited.ask("GET", FOLDERS, key=key).status == 200


@pytest.mark.parametrize(
    "path", [JOBS, "/acme/dev/odata/NoSuchThing", "/acme/nowhere/odata/Folders", "/api/stagedoor/v1/whoami"]
)
def test_what_is_refused_counts_too_so_that_nobody_guesses_faster_than_they_may_ask(
    limited: SmallHouse, path: str
) -> None:
    key = key_of(limited, "Folders_Get", rate="1/m", burst=3)
    for _ in range(3):
        assert limited.ask("GET", path, key=key).status != 429
    guess = limited.ask("GET", path, key=key)
    assert guess.status == 429
    assert "smallestGrant" not in guess.body.decode()


def test_rotation_gives_no_new_burst(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", rate="1/m", burst=1)
    assert limited.ask("GET", FOLDERS, key=key).status == 200
    answer = limited.manage("POST", f"/keys/{key.split('_')[1]}/rotate", limited.admin_token, json={})
    assert limited.ask("GET", FOLDERS, key=answer.json()["key"]).status == 429


def test_answers_say_what_the_limits_are_and_what_is_left(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", rate="60/m", burst=5, daily_quota=100)
    headers = limited.ask("GET", FOLDERS, key=key).headers
    assert headers["ratelimit-policy"] == '"rate";q=60;w=60, "day";q=100;w=86400'
    assert headers["ratelimit"].startswith('"rate";r=4;t=1, "day";r=99;t=')
    unlimited = limited.ask("GET", FOLDERS, key=key_of(limited, "Folders_Get", weight=3)).headers
    assert "ratelimit" not in unlimited


def test_the_audit_says_which_limit_it_was(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", daily_quota=1)
    limited.ask("GET", FOLDERS, key=key)
    limited.new_rows()
    limited.ask("GET", FOLDERS, key=key)
    [row] = limited.new_rows()
    assert (row.verdict, row.reason, row.status) == ("denied", "daily_quota_spent", 429)
    assert row.credential_id == key.split("_")[1]


def test_metrics_count_what_was_refused(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", daily_quota=1)
    for _ in range(2):
        limited.ask("GET", FOLDERS, key=key)
    text = limited.ask("GET", "/metrics", client=("127.0.0.1", 4000)).body.decode()
    assert 'stagedoor_limited_requests_total{limit="daily_quota",outcome="refused"}' in text


def test_in_the_management_api_it_is_said_in_its_own_shape(limited: SmallHouse) -> None:
    key = key_of(limited, "Folders_Get", daily_quota=1)
    limited.ask("GET", "/api/stagedoor/v1/whoami", key=key)
    answer = limited.ask("GET", "/api/stagedoor/v1/whoami", key=key)
    assert (answer.status, json.loads(answer.body)["code"]) == (429, "daily_quota_spent")
