"""Names for requests, by which the audit, the log and the caller mean the same one."""

from stagedoor.kit.chance import Chance

ID_BYTES = 16
DRAWN_AT_ONCE = 256


class RequestIds:
    """Draw request ids: 32 hex digits that never come twice.

    Chance is asked for many at once: each look into the operating system's source lets another thread take over, which
    a request would have to wait for. An id is a name and no secret, so that those drawn ahead may lie in memory.
    """

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._ahead: list[str] = []

    def draw(self) -> str:
        """Return the next id."""
        if not self._ahead:
            drawn = self._chance.random_bytes(ID_BYTES * DRAWN_AT_ONCE).hex()
            length = ID_BYTES * 2
            self._ahead = [drawn[start : start + length] for start in range(0, len(drawn), length)]
        return self._ahead.pop()
