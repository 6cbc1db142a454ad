"""The conditions of the legacy window, one by one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from stagedoor.identity.legacy_basic.policy import (
    find_failed_condition_of_organization,
    find_failed_condition_of_user,
)
from stagedoor.identity.organizations.schemas import LegacyWindow

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MIGRATED = datetime(2019, 6, 1, tzinfo=UTC)


@dataclass
class Someone:
    is_directory_user: bool = False
    existed_since: datetime = MIGRATED - timedelta(days=1)
    has_api_password: bool = True


def reason_for(window: LegacyWindow) -> str | None:
    failed = find_failed_condition_of_organization("acme", window, NOW)
    return failed.reason if failed else None


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (LegacyWindow(True, None, MIGRATED), None),
        (LegacyWindow(True, NOW + timedelta(seconds=1), MIGRATED), None),
        (LegacyWindow(True, NOW, MIGRATED), "window_ended"),
        (LegacyWindow(False, NOW, MIGRATED), "window_ended"),
        (LegacyWindow(False, None, MIGRATED), "window_closed"),
        (LegacyWindow(False, NOW + timedelta(days=1), MIGRATED), "window_closed"),
        (LegacyWindow(True, None, None), "organization_not_migrated"),
        (LegacyWindow(True, NOW + timedelta(days=1), None), "organization_not_migrated"),
    ],
)
def test_each_condition_of_the_organization_closes_the_window_by_itself(
    window: LegacyWindow, reason: str | None
) -> None:
    assert reason_for(window) == reason


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (Someone(), None),
        (Someone(is_directory_user=True), "directory_user"),
        (Someone(existed_since=MIGRATED), "user_came_later"),
        (Someone(existed_since=MIGRATED + timedelta(days=1)), "user_came_later"),
        (Someone(has_api_password=False), "no_api_password"),
    ],
)
def test_each_condition_of_the_user_closes_the_window_by_itself(person: Someone, reason: str | None) -> None:
    failed = find_failed_condition_of_user(person, LegacyWindow(True, None, MIGRATED))
    assert (failed.reason if failed else None) == reason


def test_nobody_existed_before_a_migration_that_never_was() -> None:
    failed = find_failed_condition_of_user(Someone(), LegacyWindow(True, None, None))
    assert failed is not None
    assert failed.reason == "user_came_later"


def test_the_refusal_names_the_date() -> None:
    failed = find_failed_condition_of_organization("acme", LegacyWindow(True, NOW, MIGRATED), NOW)
    assert failed is not None
    assert "2026-03-02" in failed.sentence
    assert "acme" in failed.sentence
