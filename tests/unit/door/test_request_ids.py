"""Names for requests."""

import re

from stagedoor.door.request_ids import DRAWN_AT_ONCE, RequestIds
from stagedoor.kit.chance import SeededChance


class CountingChance(SeededChance):
    """Counts how often it is asked."""

    asked = 0

    def random_bytes(self, count: int) -> bytes:
        self.asked += 1
        return super().random_bytes(count)


def test_no_id_comes_twice() -> None:
    ids = RequestIds(SeededChance(7))
    drawn = [ids.draw() for _ in range(DRAWN_AT_ONCE * 3)]
    assert len(set(drawn)) == len(drawn)
    assert all(re.fullmatch("[0-9a-f]{32}", request_id) for request_id in drawn)


def test_chance_is_asked_once_for_many() -> None:
    chance = CountingChance(7)
    ids = RequestIds(chance)
    for _ in range(DRAWN_AT_ONCE):
        ids.draw()
    assert chance.asked == 1
    ids.draw()
    assert chance.asked == 2
