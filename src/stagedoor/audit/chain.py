"""The chain that rows of the audit hang on: each carries a keyed hash of itself and of the row before it.

Each writer has a chain of its own, so that several workers write without waiting for one another. Whoever can write the
store but does not know the key can make no link: what they change, add or take out breaks a chain at that row. What a
chain cannot show is its own end being cut off together with everything that says how long it was; see
docs/decisions/0040-chained-audit-rows.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import orjson

PURPOSE = "audit chain"
"""What the key is derived for."""
LINK_BYTES = 16
_ROW, _BEGIN, _HEAD, _ANCHOR = b"row", b"begin", b"head", b"anchor"


@dataclass(frozen=True, slots=True)
class Chain:
    """How far one chain has come: so many rows, the last with this link."""

    id: int
    rows: int
    link: str


class ChainKey:
    """Makes links and seals; BLAKE2b with a key (RFC 7693), a word of its own for each use."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._row = blake2b(key=key, digest_size=LINK_BYTES, person=_ROW)

    def first_link(self, chain_id: int, after: int | None) -> str:
        """Return what the first row of a chain hangs on; ``after`` is the chain that was begun before it."""
        return self._seal(_BEGIN, chain_id, after)

    def next_link(self, link: str, values: Sequence[object]) -> str:
        """Return the link of a row behind the row with ``link``; ``values`` are its columns, the time as text."""
        # With the key already in it: to copy that takes a third of the time of beginning with it.
        hashing = self._row.copy()
        hashing.update(link.encode() + orjson.dumps(values))
        return hashing.hexdigest()

    def seal_head(self, chain: Chain) -> str:
        """Return the seal of how far a chain has come."""
        return self._seal(_HEAD, chain.id, chain.rows, chain.link)

    def seal_anchor(self, chain: Chain) -> str:
        """Return the seal of where the rows that are kept of a chain begin."""
        return self._seal(_ANCHOR, chain.id, chain.rows, chain.link)

    def _seal(self, use: bytes, *values: object) -> str:
        return blake2b(orjson.dumps(values), key=self._key, digest_size=LINK_BYTES, person=use).hexdigest()
