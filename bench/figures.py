"""What was measured, and how it stands to its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Bound(StrEnum):
    """On which side of its budget a figure is to lie."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit from the design's table."""

    bound: Bound
    limit: float

    def is_met_by(self, value: float) -> bool:
        """Tell whether a figure keeps to the limit."""
        return value <= self.limit if self.bound is Bound.AT_MOST else value >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table: the median of the samples of several rounds.

    ``budget`` is ``None`` for a figure that stands beside others to compare them with. A figure with a ``subject`` is
    one of several things that are compared: it stands in the subject's line, under its ``column``, and there at its
    ``place``.
    """

    row: str
    name: str
    samples: Sequence[float]
    unit: str
    budget: Budget | None = None
    subject: str = ""
    column: str = ""
    place: str = ""

    @property
    def value(self) -> float:
        """The median of the samples."""
        return median(self.samples)

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of its budget."""
        return None if self.budget is None else self.value / self.budget.limit

    @property
    def outcome(self) -> str:
        """``met``, ``MISSED``, or nothing where there is no budget."""
        if self.budget is None:
            return ""
        return "met" if self.budget.is_met_by(self.value) else "MISSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something that was to be measured and was not, and why. It has a line of its own in the table."""

    row: str
    subject: str
    reason: str


Finding = Figure | Missing


def at_most(limit: float) -> Budget:
    """Return the budget of a figure that is to be small."""
    return Budget(Bound.AT_MOST, limit)


def at_least(limit: float) -> Budget:
    """Return the budget of a figure that is to be large."""
    return Budget(Bound.AT_LEAST, limit)
