"""Checking an access key: its form, its keyed hash, its state, and who its caller is."""

import random
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.house import prepare_house
from bench.run import Run
from bench.timing import time_calls
from stagedoor.door.opening import open_house
from stagedoor.identity.api_users.key_form import draw_key
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.settings import Settings
from stagedoor.passage import Caller

ROW = "access key"
FEW_KEYS, MANY_KEYS = 10, 100_000
ROUNDS = 7
CALLS_A_ROUND = 20_000
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def measure(run: Run) -> list[Figure]:
    """Return microseconds a check with few and with many keys in memory. The design sets no budget for it."""
    medians: dict[int, list[float]] = {}
    for count in (FEW_KEYS, MANY_KEYS):
        run.progress.say(f"{ROW}: {count:,} keys")
        medians[count] = _measure_with(count, run.directory / str(count))
    growth = [many / few for few, many in zip(medians[FEW_KEYS], medians[MANY_KEYS], strict=True)]
    return [
        Figure(row=ROW, name=f"{FEW_KEYS} keys", samples=medians[FEW_KEYS], unit="µs"),
        Figure(row=ROW, name=f"{MANY_KEYS:,} keys", samples=medians[MANY_KEYS], unit="µs"),
        Figure(row=ROW, name=f"growth from {FEW_KEYS} to {MANY_KEYS:,} keys", samples=growth, unit="×"),
    ]


def _measure_with(count: int, data_dir: Path) -> list[float]:
    chance = SeededChance(count)
    drawn = [draw_key(chance) for _ in range(count)]
    prepare_house(data_dir).store_keys([(key, ("Jobs_Get",)) for key in drawn])
    with open_house(Settings(data_dir=data_dir)) as house:
        ring = house.key_ring

        def check(presented: str) -> None:
            assert isinstance(ring.check(presented, NOW), Caller)

        chosen = random.Random(7).choices([key.key.reveal() for key in drawn], k=CALLS_A_ROUND)
        return [median(time_calls(check, chosen)) for _ in range(ROUNDS)]
