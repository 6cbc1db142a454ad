"""A clock that was set back lets nothing ended live again; what has an end waits until the clock is right."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.house import Answered, SmallHouse, open_small_house
from tests.factories.machine_clock import MachineClock

from stagedoor.kit.clock_mark import accept_clock

HOUR = timedelta(hours=1)
JOBS = "/acme/dev/orchestrator_/odata/Jobs"
SHARED = [("x-uipath-folderpath", "Shared")]


@pytest.fixture(scope="module")
def machine() -> MachineClock:
    return MachineClock()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def small(directory: Path, machine: MachineClock) -> Iterator[SmallHouse]:
    with open_small_house(directory, steady_clock=machine.steady()) as small:
        yield small


def told(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json()["stagedoor"]["code"] if answer.status != 200 else ""


def test_what_has_an_end_waits_and_what_has_none_goes_on(small: SmallHouse, machine: MachineClock) -> None:
    for_ever = small.make_key("Jobs_Get")
    ending = small.make_key("Jobs_Get", expires_in="1h", name="ending")
    person = small.admin_token
    for credential in (for_ever, ending):
        assert told(small.ask("GET", JOBS, SHARED, key=credential)) == (200, "")
    machine.set_by(-HOUR)
    assert told(small.ask("GET", JOBS, SHARED, key=for_ever)) == (200, "")
    assert told(small.ask("GET", JOBS, SHARED, key=ending)) == (503, "clock_untrusted")
    assert small.manage("GET", "/keys", person).json()["code"] == "clock_untrusted"
    assert small.authorize().status_code == 503
    assert small.token(grant_type="client_credentials", client_secret="x").status_code == 503
    login = small.request("POST", "/acme/dev/api/account/authenticate", json={"usernameOrEmailAddress": "ada"})
    assert login.status_code == 503
    assert small.request("GET", "/console/").status_code == 503
    narrowed = small.manage("POST", "/keys/narrow", for_ever, json={})
    assert (narrowed.status_code, narrowed.json()["code"]) == (503, "clock_untrusted")
    # What is the same at every time is answered.
    assert small.request("GET", "/identity_/.well-known/openid-configuration").status_code == 200
    machine.set_by(HOUR)
    assert told(small.ask("GET", JOBS, SHARED, key=ending)) == (200, "")
    assert small.manage("GET", "/keys", person).status_code == 200


def test_a_key_that_has_ended_stays_ended_however_the_clock_is_set(small: SmallHouse, machine: MachineClock) -> None:
    ending = small.make_key("Jobs_Get", expires_in="30m", name="ends soon")
    machine.pass_time(HOUR / 2)
    assert told(small.ask("GET", JOBS, SHARED, key=ending)) == (401, "access_key_expired")
    for back in (timedelta(minutes=1), timedelta(minutes=4), HOUR, 24 * HOUR):
        machine.set_by(-back)
        assert small.ask("GET", JOBS, SHARED, key=ending).status in (401, 503)
        machine.set_by(back)
    assert told(small.ask("GET", JOBS, SHARED, key=ending)) == (401, "access_key_expired")


def test_the_store_remembers_how_late_it_was_and_whoever_looks_has_the_clock_believed(
    small: SmallHouse, machine: MachineClock, directory: Path
) -> None:
    for_ever = small.make_key("Jobs_Get", name="for ever")
    ending = small.make_key("Jobs_Get", expires_in="10h", name="ends later")
    small.house.upkeep.keep_clock()
    # A server that is started after its machine's clock was set back.
    another = MachineClock(machine.shown - 2 * HOUR)
    with open_small_house(directory, steady_clock=another.steady()) as restarted:
        assert told(restarted.ask("GET", JOBS, SHARED, key=ending)) == (503, "clock_untrusted")
        assert told(restarted.ask("GET", JOBS, SHARED, key=for_ever)) == (200, "")
        restarted.house.upkeep.keep_clock()
        with restarted.house.database.write() as session:
            accept_clock(session, another.now(), "here")
        restarted.house.changes.catch_up()
        assert told(restarted.ask("GET", JOBS, SHARED, key=ending)) == (200, "")
        restarted.house.upkeep.keep_clock()
        assert restarted.house.clock.now() == another.now()
