from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from stagedoor.catalog import CATALOG
from stagedoor.console.choices import AREAS, OFTEN_NEEDED, OPERATIONS_SHOWN_MAX, describe, list_offers
from stagedoor.console.wording import Wording, count, exact, selector_words, short_grant
from stagedoor.kit.clock import HeldClock

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-2), "just now"),
        (timedelta(seconds=-40), "40 seconds ago"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-5), "5 hours ago"),
        (timedelta(days=90), "in 90 days"),
        (timedelta(days=120), "in 4 months"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_times_are_said_as_people_say_them(distance: timedelta, words: str) -> None:
    assert Wording(HeldClock(NOW)).ago((NOW + distance).isoformat()) == words


def test_a_time_that_never_was_is_never() -> None:
    assert Wording(HeldClock(NOW)).ago(None) == "never"


def test_times_of_any_zone_are_shown_in_utc() -> None:
    assert exact("2026-05-04T14:00:00+02:00") == exact("2026-05-04T12:00:00Z") == exact("2026-05-04T12:00:00")


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("Jobs_StartJobs", "start jobs of a process"),
        ("scope:OR.Queues.Read", "read everything about queues"),
        ("scope:OR.Queues.Write", "change everything about queues"),
        ("scope:OR.TestSets", "read and change everything about test sets"),
        ("tag:Assets", "every operation of Assets"),
        ("permission:Jobs.View", "what the permission Jobs.View covers"),
        ("all", "everything"),
        ("Jobs_Unheard", "Jobs_Unheard"),
    ],
)
def test_a_grant_is_said_in_plain_words(selector: str, words: str) -> None:
    assert selector_words(selector) == words


def test_a_long_grant_is_cut_short() -> None:
    assert short_grant(["Jobs_Get"]) == "List jobs"
    assert short_grant(["Jobs_Get", "Assets_Get", "Users_Get"]) == "List jobs, list assets and 1 more"


def test_numbers_agree_with_their_nouns() -> None:
    assert [count(number, "key") for number in (0, 1, 1234)] == ["0 keys", "1 key", "1,234 keys"]


def test_what_is_often_needed_is_in_the_catalogue() -> None:
    assert all(CATALOG.find_operation(name) for name in OFTEN_NEEDED)
    assert [offer.selector for offer in list_offers("").operations] == list(OFTEN_NEEDED)
    assert len(list_offers("").areas) == 3


def test_plain_words_find_an_area_and_its_operations() -> None:
    found = list_offers("read queues")
    assert [offer.selector for offer in found.areas[0].offers] == ["scope:OR.Queues.Read", "scope:OR.Queues"]
    assert len(found.operations) <= OPERATIONS_SHOWN_MAX
    assert list_offers("start jobs").operations[0].selector == "Jobs_StartJobs"


def test_words_that_mean_nothing_find_nothing() -> None:
    found = list_offers("xyzzy")
    assert (found.areas, found.operations, found.left_out) == ((), (), 0)


def test_every_area_says_how_many_operations_it_has() -> None:
    said = {offer.selector: offer.detail for area in AREAS for offer in area.offers}
    counted = Counter(operation.scope for operation in CATALOG.operations if operation.scope is not None)
    scopes = {scope.rpartition(".")[0] for scope in counted}
    assert said == {f"scope:{scope}.Read": f"{counted[f'{scope}.Read']} operations" for scope in scopes} | {
        f"scope:{scope}": f"{counted[f'{scope}.Read'] + counted[f'{scope}.Write']} operations" for scope in scopes
    }


def test_areas_go_by_plain_words_in_their_order() -> None:
    names = [area.name for area in AREAS]
    assert {"jobs", "test data queues"} <= set(names)
    assert names == sorted(names)


def test_a_chosen_thing_that_no_longer_exists_goes_by_its_name() -> None:
    assert describe("Jobs_Unheard").words == "Jobs_Unheard"
