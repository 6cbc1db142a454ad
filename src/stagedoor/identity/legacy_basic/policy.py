"""The conditions of the legacy window, in the order in which they are asked.

For the organization: it was migrated, its window is open, its date has not come. For the user: local, existed before
the migration, holds an API password. Each is a question of its own, so that a refusal can say which one failed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from stagedoor.identity.organizations.schemas import LegacyWindow


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """The condition that does not hold, in a word and in a sentence."""

    reason: str
    sentence: str


class LegacyPerson(Protocol):
    """What is read of a user."""

    @property
    def is_directory_user(self) -> bool: ...
    @property
    def existed_since(self) -> datetime: ...
    @property
    def has_api_password(self) -> bool: ...


NOT_MIGRATED = "organization_not_migrated"
WINDOW_CLOSED = "window_closed"
WINDOW_ENDED = "window_ended"
DIRECTORY_USER = "directory_user"
USER_CAME_LATER = "user_came_later"
NO_API_PASSWORD = "no_api_password"


def find_failed_condition_of_organization(
    organization_name: str, window: LegacyWindow, now: datetime
) -> FailedCondition | None:
    """Return what closes the window to the whole organization; that is no secret to anyone who names it."""
    if window.migrated_at is None:
        return FailedCondition(
            NOT_MIGRATED,
            f"Organization {organization_name} was made after passwords for the API were retired "
            "and never had basic authentication.",
        )
    if window.until is not None and window.until <= now:
        return FailedCondition(
            WINDOW_ENDED,
            f"Basic authentication for organization {organization_name} ended on "
            f"{window.until:%Y-%m-%d} at {window.until:%H:%M} UTC.",
        )
    if not window.is_open:
        return FailedCondition(
            WINDOW_CLOSED, f"Basic authentication is switched off for organization {organization_name}."
        )
    return None


def find_failed_condition_of_user(person: LegacyPerson, window: LegacyWindow) -> FailedCondition | None:
    """Return what closes the window to one user; to be told only to somebody who proved to be that user."""
    if person.is_directory_user:
        return FailedCondition(
            DIRECTORY_USER, "This user signs in through a directory; basic authentication is for local users."
        )
    if window.migrated_at is None or person.existed_since >= window.migrated_at:
        return FailedCondition(
            USER_CAME_LATER,
            "This user was made after the organization's migration; basic authentication is for users who existed "
            "before it.",
        )
    if not person.has_api_password:
        return FailedCondition(NO_API_PASSWORD, "This user has no API password; none is given to anybody any more.")
    return None
