"""All SQL about sealed values and the keys that sealed them."""

from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from stagedoor.admin.sealing.models import HashKey, SealingKey
from stagedoor.admin.sealing.schemas import KeyState, StoredKey
from stagedoor.identity.organizations.models import Organization
from stagedoor.kit.crypto import FORM
from stagedoor.kit.db import Database

if TYPE_CHECKING:
    from stagedoor.admin.sealing.sealed_columns import SealedColumn

HASH_KEY_ID = 1
KEY_ID_BEGINS = len(FORM) + 2
KEY_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class SealedValue:
    """One value as it lies in its row; ``named`` is what its context names the row by."""

    row_id: str | int
    named: str | int
    sealed: str


def all_keys(session: Session) -> tuple[StoredKey, ...]:
    """Return every key that the store knows, the oldest in front."""
    statement = select(SealingKey.id, SealingKey.state, SealingKey.created_at, SealingKey.sealed_key).order_by(
        SealingKey.created_at, SealingKey.id
    )
    return tuple(
        StoredKey(key_id, KeyState(state), created_at, sealed_key)
        for key_id, state, created_at, sealed_key in session.execute(statement)
    )


def get_current_id(session: Session) -> str:
    """Return the name of the key that seals."""
    return session.scalars(select(SealingKey.id).where(SealingKey.state == KeyState.CURRENT)).one()


def add_key(session: Session, key: StoredKey) -> None:
    """Put a key into this transaction."""
    session.add(SealingKey(id=key.id, state=key.state, created_at=key.created_at, sealed_key=key.sealed_key))
    session.flush()


def set_state(session: Session, key_id: str, state: KeyState) -> None:
    """Move a key on."""
    session.execute(update(SealingKey).where(SealingKey.id == key_id).values(state=state))


def set_carried(session: Session, key_id: str, sealed_key: str | None) -> None:
    """Keep a key as another one carries it, or nothing of it."""
    session.execute(update(SealingKey).where(SealingKey.id == key_id).values(sealed_key=sealed_key))


def forget_keys(session: Session, key_ids: Collection[str]) -> None:
    """Take keys away."""
    session.execute(delete(SealingKey).where(SealingKey.id.in_(key_ids)))


def take_turn(session: Session) -> None:
    """Keep the keys as they are for this transaction alone; whoever stores what they sealed is not held up.

    Every transaction that changes keys begins with this, and always in the same order, so that none waits for another
    that waits for it.
    """
    session.execute(select(SealingKey.id).order_by(SealingKey.id).with_for_update(key_share=True))


def wait_for_writers(session: Session, key_ids: Collection[str]) -> None:
    """Return when no transaction under way stores a value of these keys; from here on none begins before we end."""
    session.execute(select(SealingKey.id).where(SealingKey.id.in_(key_ids)).order_by(SealingKey.id).with_for_update())


def find_hash_key(session: Session) -> str | None:
    """Return the key of keyed hashes, sealed."""
    return session.scalar(select(HashKey.sealed_key).where(HashKey.id == HASH_KEY_ID))


def add_hash_key(session: Session, sealed: str) -> None:
    """Keep the key of keyed hashes."""
    session.add(HashKey(id=HASH_KEY_ID, sealed_key=sealed))
    session.flush()


def is_new(session: Session) -> bool:
    """Tell whether nothing was ever kept in this store."""
    return not session.scalar(select(exists().where(Organization.id.is_not(None))))


def count_values(session: Session) -> Counter[str]:
    """Return how many values each key has sealed, by the key's name."""
    counted: Counter[str] = Counter()
    # It knows the tables of nearly every room, which a server that starts need not.
    from stagedoor.admin.sealing.sealed_columns import SEALED_COLUMNS

    for column in SEALED_COLUMNS:
        key_id = func.substr(column.value, KEY_ID_BEGINS, KEY_ID_LENGTH)
        statement = select(key_id, func.count()).where(column.value.is_not(None)).group_by(key_id)
        for name, count in session.execute(statement):
            counted[name] += count
    return counted


def values_of_others(
    session: Session, column: "SealedColumn", key_id: str, *, after: str | int | None, limit: int
) -> Sequence[SealedValue]:
    """Return values of a column that another key than this one sealed, by their rows' order, behind ``after``."""
    statement = (
        select(column.row_id, column.named_by.label("named"), column.value)
        .where(column.value.is_not(None), column.value.not_like(f"{FORM}.{key_id}.%"))
        .order_by(column.row_id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(column.row_id > after)
    return [SealedValue(*row) for row in session.execute(statement)]


def put_in_place(session: Session, column: "SealedColumn", changes: Sequence[tuple[SealedValue, str]]) -> int:
    """Store each new value where the other was read, unless something else stands there by now; return how many."""
    statement = (
        update(column.table)
        .where(column.row_id == bindparam("row"), column.value == bindparam("read"))
        .values({column.value: bindparam("sealed_again")})
    )
    rows = [{"row": value.row_id, "read": value.sealed, "sealed_again": sealed} for value, sealed in changes]
    result = session.connection().execute(statement, rows)
    return result.rowcount


def overwrite_what_is_replaced(session: Session) -> None:
    """Have SQLite overwrite what this connection replaces, which it otherwise leaves in the file until it needs room.

    The file would give the former key's values, and the new key sealed with the former one, to whoever reads it.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def empty_the_log(database: Database) -> bool:
    """Move SQLite's log into its file and cut it off; tells whether nobody who reads was in the way."""
    if not database.is_sqlite:
        return True
    with closing(database.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(is_busy, *_)] = cursor.fetchall()
        cursor.close()
    return not is_busy
