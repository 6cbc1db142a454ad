"""What is known of a write whose key was used before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Header = tuple[bytes, bytes]


class WriteState(StrEnum):
    """Where a write stands."""

    UNDER_WAY = "under_way"
    """It was sent, or is about to be. It stays so where the process died that carried it."""
    FINISHED = "finished"
    UNKNOWN = "unknown"
    """It may have happened or not."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as the caller was given it."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class FormerWrite:
    """A write with the same key, found in the store.

    ``owner`` is the request that may settle it, and ``claimed_at`` when that one began. ``fingerprint`` is ``None``
    where its body never came whole; ``answer`` where there is none, or none was kept.
    """

    owner: str
    state: WriteState
    fingerprint: str | None
    status: int | None
    answer: KeptAnswer | None
    claimed_at: datetime
