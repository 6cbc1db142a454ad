"""Chance that a test decides and a snapshot keeps."""

from typing import Any

from stagedoor.kit.chance import SeededChance


class ReplayedChance(SeededChance):
    """The same bytes each time for one seed, from wherever a snapshot was taken."""

    def start_from(self, seed: int) -> None:
        """Begin the bytes of a seed."""
        self._random.seed(seed)

    def mark(self) -> tuple[Any, ...]:
        """Return where the bytes stand."""
        return self._random.getstate()

    def go_back_to(self, mark: tuple[Any, ...]) -> None:
        """Continue from where the bytes once stood."""
        self._random.setstate(mark)
