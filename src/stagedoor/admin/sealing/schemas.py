"""What is told of the keys that seal."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class KeyState(StrEnum):
    """Where a key stands: made known and not used yet, sealing, or only opening what it sealed before."""

    COMING = "coming"
    CURRENT = "current"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What the store holds of one key; ``sealed_key`` is the key itself, where another one carries it."""

    id: str
    state: KeyState
    created_at: datetime
    sealed_key: str | None = None


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """One key that the store knows; ``values`` is how many stored values it has sealed."""

    id: str
    state: KeyState
    created_at: datetime
    values: int


@dataclass(frozen=True, slots=True)
class SealingState:
    """All keys that the store knows, and how many values name a key that it does not know."""

    keys: tuple[KeyFacts, ...]
    unknown: dict[str, int]

    @property
    def is_changing(self) -> bool:
        """Tell whether a change of the key has begun and is not finished."""
        return len(self.keys) > 1


@dataclass(frozen=True, slots=True)
class BrokenValue:
    """A stored value that no key opens: the column, and the row's primary key."""

    column: str
    row: str
