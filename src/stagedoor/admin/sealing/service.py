"""The ring of keys that one process seals and opens with, kept as the store has it."""

from collections.abc import Callable, Collection, Iterable, Sequence

from stagedoor.admin.sealing import store
from stagedoor.admin.sealing.errors import MasterKeyWrong
from stagedoor.admin.sealing.fence import refuse_forgotten_keys
from stagedoor.admin.sealing.schemas import KeyFacts, KeyState, SealingState, StoredKey
from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import MASTER_KEY_BYTES, KeyRing, MasterKey, Vault, sealing_key_id
from stagedoor.kit.db import Database
from stagedoor.kit.logs import get_logger
from stagedoor.kit.master_key_source import KeyFile, MasterKeySource
from stagedoor.kit.secret import Secret

TOPIC = "sealing_key"
HASH_KEY_CONTEXT = "hash_key"

_log = get_logger("stagedoor.sealing")


class SealingKeys:
    """The keys of a store as one process holds them; :attr:`vault` seals and opens with them.

    ``follow`` the feed to hear of a change of the key. A stored value that names a key which is not held makes us look
    into the store at once, so that news that come late cost a look and no secret.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._tell_of_new_key: Callable[[MasterKey], None] = lambda key: None
        self.vault = vault
        vault.on_unknown_key(self.load)
        refuse_forgotten_keys(database, self.load)

    def follow(self, feed: ChangeFeed) -> None:
        """Hear of changes from now on."""
        feed.subscribe((TOPIC,), self._renew)

    def on_new_key(self, tell: Callable[[MasterKey], None]) -> None:
        """Call ``tell`` with the key that seals, whenever it becomes another one."""
        self._tell_of_new_key = tell

    def load(self) -> None:
        """Read which keys there are, and hold those that can be opened with what is held already.

        A process that was away while the key changed cannot open the new one: it keeps what it holds and says so.
        """
        with self._database.read() as session:
            rows = store.all_keys(session)
        former = self.vault.ring
        ring = find_ring(rows, former.known.values())
        if ring is None:
            _log.error("sealing_key_lost", held=sorted(former.known), known=[row.id for row in rows])
            return
        self.vault.hold(ring)
        if ring.current.id != former.current.id:
            self._tell_of_new_key(ring.current)

    def _renew(self, _: tuple[Change, ...]) -> None:
        self.load()
        _log.warning("sealing_keys_changed", current=self.vault.key_id, known=sorted(self.vault.ring.known))


def open_sealing_keys(database: Database, source: MasterKeySource, clock: Clock, chance: Chance) -> SealingKeys:
    """Return the keys of a store, opened with the master key of ``source``.

    A store that knows no key takes that one for its own, if it can have sealed everything that lies in it; a key is
    made for a new store alone, and only in a file of ours. To be called by one process at a time.
    Raises :class:`MasterKeyWrong` for a key of another store and
    :class:`~stagedoor.kit.master_key_source.MasterKeyUnusable`.
    """
    with database.read() as session:
        rows, sealed_hash_key = store.all_keys(session), store.find_hash_key(session)
        sealed_with = set(store.count_values(session)) if not rows else set()
        is_new = not rows and store.is_new(session)
    if not rows:
        key = _key_for(source, sealed_with, chance, is_new=is_new)
        return _adopt(database, key, clock, chance, is_new=is_new)
    key = source.read()
    ring = find_ring(rows, (key,))
    if ring is None or sealed_hash_key is None:
        raise _wrong(key, source, {row.id for row in rows if row.state is KeyState.CURRENT})
    opener = ring.known[sealing_key_id(sealed_hash_key)]
    opened = opener.open(sealed_hash_key, context=HASH_KEY_CONTEXT)
    vault = Vault(ring.current, hash_key=bytes.fromhex(opened.reveal()))
    vault.hold(ring)
    return SealingKeys(database, vault)


def find_ring(rows: Sequence[StoredKey], held: Iterable[MasterKey]) -> KeyRing | None:
    """Return all keys of the store, opened from those that are held; ``None`` when the one that seals stays shut."""
    there = {row.id for row in rows}
    known = {key.id: key for key in held if key.id in there}
    # Each round opens what the keys of the round before carry.
    for _ in rows:
        for row in rows:
            opener = known.get(sealing_key_id(row.sealed_key)) if row.sealed_key is not None else None
            if row.id not in known and row.sealed_key is not None and opener is not None:
                carried = opener.open(row.sealed_key, context=key_context(row.id))
                known[row.id] = MasterKey.of_hex(carried.reveal())
    current = next((known[row.id] for row in rows if row.state is KeyState.CURRENT and row.id in known), None)
    return None if current is None else KeyRing(current, known)


def key_context(key_id: str) -> str:
    """Return what a key is sealed to while another one carries it."""
    return f"sealing_key:{key_id}"


def read_state(database: Database) -> SealingState:
    """Return which keys a store knows and how much each has sealed; needs no key."""
    with database.read() as session:
        counted = store.count_values(session)
        keys = tuple(
            KeyFacts(row.id, row.state, row.created_at, counted.pop(row.id, 0)) for row in store.all_keys(session)
        )
    return SealingState(keys, dict(counted))


def _key_for(source: MasterKeySource, sealed_with: Collection[str], chance: Chance, *, is_new: bool) -> MasterKey:
    if isinstance(source, KeyFile) and source.is_ours and is_new and not source.exists():
        return source.make(chance)
    key = source.read()
    if sealed_with and set(sealed_with) != {key.id}:
        raise _wrong(key, source, sealed_with)
    return key


def _adopt(database: Database, key: MasterKey, clock: Clock, chance: Chance, *, is_new: bool) -> SealingKeys:
    # Where hashes may lie in the store already, the key that they were made with is kept: it came from this one.
    hash_key = chance.random_bytes(MASTER_KEY_BYTES) if is_new else key.derived_hash_key()
    sealed = key.seal(Secret(hash_key.hex()), context=HASH_KEY_CONTEXT, chance=chance)
    with database.write() as session:
        store.add_key(session, StoredKey(key.id, KeyState.CURRENT, clock.now()))
        store.add_hash_key(session, sealed)
    return SealingKeys(database, Vault(key, hash_key=hash_key))


def _wrong(key: MasterKey, source: MasterKeySource, wanted: Collection[str]) -> MasterKeyWrong:
    return MasterKeyWrong(
        f"The master key from {source.description} is {key.id}, and this store is sealed with "
        f"{' and '.join(sorted(wanted))}.",
        hint=f"Give Stagedoor the key {' or '.join(sorted(wanted))}: the backup of the master key that belongs to this "
        "store. After a change of the key that is the new one. `stagedoor secrets status` shows what the store knows.",
    )
