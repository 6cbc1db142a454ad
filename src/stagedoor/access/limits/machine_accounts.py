"""What every limited key has used, in memory that the processes of one machine share: exact, and without the store.

Each decision is made under one lock, so that workers together never let more through than one alone would.
"""

import struct
from collections.abc import Awaitable
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from stagedoor.access.limits.key_limits import DAY, Claim, KeyUse, claim
from stagedoor.access.limits.places import PLACES, Places
from stagedoor.access.limits.shared_file import SharedFile
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.passage import KeyLimits

USE = struct.Struct("=QqqQ")
"""Key, arrival, day, used today."""
COUNTS = struct.Struct(f"={PLACES}I")
"""For each place how many requests are under way there, below the generation of who said so."""
GENERATIONS = struct.Struct(f"={PLACES}H")
COUNT = struct.Struct("=I")
KEY = struct.Struct("=Q")
USES = 131_072
PERMITS = 8_192
PERMIT_BYTES = KEY.size + COUNTS.size
USES_AT = 256
PERMITS_AT = USES_AT + USES * USE.size
SIZE = PERMITS_AT + PERMITS * PERMIT_BYTES
TRIED_MAX = 64
"""How many slots are looked at for one key before there is no room."""
COUNT_BITS = 16
COUNT_MASK = (1 << COUNT_BITS) - 1


class KeyAccounts(Protocol):
    """Where it is kept what keys have used. What has to ask the store first is awaited; the rest answers at once."""

    def claim(self, key_id: str, limits: KeyLimits, now: int) -> Claim | Awaitable[Claim]:
        """Claim one request of a key, at a time in nanoseconds."""
        ...

    def enter(self, key_id: str, concurrency: int, now: int) -> bool | Awaitable[bool]:
        """Count one more request of a key as under way, unless as many are as may be. Each is to :meth:`leave`."""
        ...

    def leave(self, key_id: str) -> None:
        """Count one request of a key less as under way."""
        ...

    def keep_up(self, now: int) -> None:
        """Do what has to be done several times a second; for a worker thread."""
        ...

    def close(self) -> None:
        """Take part no longer."""
        ...


class MachineAccounts:
    """The accounts of one machine, in files below a directory, which are made when the first limited key comes.

    What a killed process had under way is free as soon as somebody needs it. For one thread.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: SharedFile | None = None
        self._use_slots: dict[str, tuple[int, int]] = {}
        self._permit_slots: dict[str, tuple[int, int]] = {}
        self._owed: list[str] = []

    def claim(self, key_id: str, limits: KeyLimits, now: int) -> Claim:
        """Claim one request of a key, at a time in nanoseconds."""
        file = self._file or self._open()
        with file:
            at = self._use_slot(file, key_id, now)
            key, arrival, day, used = USE.unpack_from(file.memory, at)
            answer = claim(limits, KeyUse(arrival, day, used), 1, now)
            if answer.granted:
                use = answer.use
                USE.pack_into(file.memory, at, key, use.arrival, use.day, use.used_today)
        return answer

    def enter(self, key_id: str, concurrency: int, now: int) -> bool:
        """Count one more request of a key as under way, unless as many are as may be. Each is to :meth:`leave`."""
        file = self._file or self._open()
        while self._owed:
            self._leave(file, self._owed[-1])
            self._owed.pop()
        with file:
            at = self._permit_slot(file, key_id)
            counts = self._counts(file, at)
            if sum(counts.values()) >= concurrency:
                for place in [place for place in counts if not self._places.is_alive(place)]:
                    self._write_count(file, at, place, 0)
                    del counts[place]
                if sum(counts.values()) >= concurrency:
                    return False
            self._write_count(file, at, self._places.own, counts.get(self._places.own, 0) + 1)
        return True

    def leave(self, key_id: str) -> None:
        """Count one request of a key less as under way."""
        try:
            self._leave(self._file or self._open(), key_id)
        except StoreUnavailable:
            # It is over whether that can be written at this moment or not.
            self._owed.append(key_id)

    def _leave(self, file: SharedFile, key_id: str) -> None:
        with file:
            at = self._permit_slot(file, key_id)
            own = self._places.own
            self._write_count(file, at, own, max(0, self._counts(file, at).get(own, 0) - 1))

    def keep_up(self, now: int) -> None:
        """Do nothing: what is kept here keeps itself."""

    def close(self) -> None:
        """Take part no longer."""
        if self._file is not None:
            self._file.close()
            self._places.close()
            self._file = None

    def _open(self) -> SharedFile:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        self._places = Places(self._directory)
        file = SharedFile(self._directory / "keys-1", SIZE)
        with file:
            generations = list(GENERATIONS.unpack_from(file.memory))
            # What a former holder of the place had under way ends with this.
            generations[self._places.own] = generations[self._places.own] % COUNT_MASK + 1
            GENERATIONS.pack_into(file.memory, 0, *generations)
        self._file = file
        return file

    def _use_slot(self, file: SharedFile, key_id: str, now: int) -> int:
        at, number = self._use_slots.get(key_id, (-1, 0))
        if at >= 0 and KEY.unpack_from(file.memory, at)[0] == number:
            return at
        number = _number_of(key_id)
        today, free = now // DAY, -1
        for step in range(TRIED_MAX):
            at = USES_AT + (number + step) % USES * USE.size
            key, arrival, day, _ = USE.unpack_from(file.memory, at)
            if key == number:
                self._use_slots[key_id] = at, number
                return at
            if free < 0 and (not key or (arrival <= now and day < today)):
                # Nobody has it, or it says no more than an empty one would.
                free = at
            if not key:
                break
        if free < 0:
            raise StoreUnavailable(internal="no room for the use of one more access key")
        USE.pack_into(file.memory, free, number, 0, 0, 0)
        if len(self._use_slots) > USES:
            self._use_slots.clear()
        self._use_slots[key_id] = free, number
        return free

    def _permit_slot(self, file: SharedFile, key_id: str) -> int:
        at, number = self._permit_slots.get(key_id, (-1, 0))
        if at >= 0 and KEY.unpack_from(file.memory, at)[0] == number:
            return at
        number, free = _number_of(key_id), -1
        for step in range(TRIED_MAX):
            at = PERMITS_AT + (number + step) % PERMITS * PERMIT_BYTES
            [key] = KEY.unpack_from(file.memory, at)
            if key == number:
                self._permit_slots[key_id] = at, number
                return at
            if free < 0 and (not key or not self._counts(file, at)):
                free = at
            if not key:
                break
        if free < 0:
            raise StoreUnavailable(internal="no room for the requests under way of one more access key")
        file.memory[free : free + PERMIT_BYTES] = KEY.pack(number) + bytes(COUNTS.size)
        if len(self._permit_slots) > PERMITS:
            self._permit_slots.clear()
        self._permit_slots[key_id] = free, number
        return free

    @staticmethod
    def _counts(file: SharedFile, at: int) -> dict[int, int]:
        """Return by place how many are under way, where any are."""
        said_by_place = COUNTS.unpack_from(file.memory, at + KEY.size)
        if not any(said_by_place):
            return {}
        generations = GENERATIONS.unpack_from(file.memory)
        return {
            place: said & COUNT_MASK
            for place, said in enumerate(said_by_place)
            if said and said >> COUNT_BITS == generations[place]
        }

    @staticmethod
    def _write_count(file: SharedFile, at: int, place: int, count: int) -> None:
        generation = GENERATIONS.unpack_from(file.memory)[place]
        COUNT.pack_into(file.memory, at + KEY.size + place * COUNT.size, count and generation << COUNT_BITS | count)


def _number_of(key_id: str) -> int:
    # Never zero, which is how an empty slot looks.
    return int.from_bytes(blake2b(key_id.encode(), digest_size=8).digest(), "big") | 1
