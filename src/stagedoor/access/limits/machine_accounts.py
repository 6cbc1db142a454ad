"""What every limited key has used, in memory that the processes of one machine share: exact, and without the store.

Each decision is made under one lock, so that workers together never let more through than one alone would. What only
makes room, and touches no number but a process's own, needs none.
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
NOBODY = bytes(COUNTS.size - COUNT.size)
"""How the counts of all other places look while nothing is under way there, as it nearly always is."""
KNOCK_AT = GENERATIONS.size
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

    def give_way(self) -> None:
        """Let others go on who wait for this process; several times a second, where requests are answered."""
        ...

    def close(self) -> None:
        """Take part no longer."""
        ...


class MachineAccounts:
    """The accounts of one machine, in files below a directory, which are made when the first limited key comes.

    What a killed process had under way is free as soon as somebody needs it. For one thread.

    A process that ``expects_nobody`` beside it goes without a lock until another one comes after all, which then waits
    for :meth:`give_way`.
    """

    def __init__(self, directory: Path, *, expects_nobody: bool = False) -> None:
        self._directory = directory
        self._expects_nobody = expects_nobody
        self._file: SharedFile | None = None
        self._use_slots: dict[str, tuple[int, int]] = {}
        self._permit_slots: dict[str, tuple[int, int]] = {}

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
        with file:
            at = self._permit_slot(file, key_id)
            own = self._own_count(file, at)
            if own >= concurrency:
                return False
            if not self._is_alone(file, at) and own + self._count_of_others(file, at, concurrency - own) >= concurrency:
                return False
            self._write_own_count(file, at, own + 1)
        return True

    def leave(self, key_id: str) -> None:
        """Count one request of a key less as under way; at once, for what counts is this process's own number.

        While that is not zero nobody else takes the slot, and it is written in one piece.
        """
        file = self._file
        if file is None:
            # Whoever takes the place next begins with nothing under way.
            return
        at = self._permit_slot(file, key_id)
        self._write_own_count(file, at, max(0, self._own_count(file, at) - 1))

    def keep_up(self, now: int) -> None:
        """Do nothing: what is kept here keeps itself."""

    def give_way(self) -> None:
        """Let others at the accounts who wait for them."""
        if self._file is not None:
            self._file.give_way()

    def close(self) -> None:
        """Take part no longer."""
        if self._file is not None:
            self._file.close()
            self._places.close()
            self._file = None

    def _open(self) -> SharedFile:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        self._places = Places(self._directory)
        file = SharedFile(self._directory / "keys-1", SIZE, knock_at=KNOCK_AT, expects_nobody=self._expects_nobody)
        with file:
            generations = list(GENERATIONS.unpack_from(file.memory))
            # What a former holder of the place had under way ends with this.
            self._generation = generations[self._places.own] % COUNT_MASK + 1
            generations[self._places.own] = self._generation
            GENERATIONS.pack_into(file.memory, 0, *generations)
        self._own_count_at = KEY.size + self._places.own * COUNT.size
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

    def _own_count(self, file: SharedFile, at: int) -> int:
        said: int = COUNT.unpack_from(file.memory, at + self._own_count_at)[0]
        return said & COUNT_MASK if said >> COUNT_BITS == self._generation else 0

    def _write_own_count(self, file: SharedFile, at: int, count: int) -> None:
        COUNT.pack_into(file.memory, at + self._own_count_at, count and self._generation << COUNT_BITS | count)

    def _is_alone(self, file: SharedFile, at: int) -> bool:
        own = at + self._own_count_at
        return file.memory[at + KEY.size : own] + file.memory[own + COUNT.size : at + PERMIT_BYTES] == NOBODY

    def _count_of_others(self, file: SharedFile, at: int, room: int) -> int:
        """Return how many are under way at other places; where they leave no room, without those of the dead."""
        counts = self._counts(file, at)
        counts.pop(self._places.own, None)
        if sum(counts.values()) >= room:
            for place in [place for place in counts if not self._places.is_alive(place)]:
                COUNT.pack_into(file.memory, at + KEY.size + place * COUNT.size, 0)
                del counts[place]
        return sum(counts.values())


def _number_of(key_id: str) -> int:
    # Never zero, which is how an empty slot looks.
    return int.from_bytes(blake2b(key_id.encode(), digest_size=8).digest(), "big") | 1
