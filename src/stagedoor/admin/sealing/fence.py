"""What keeps a value from being stored that no key opens any more.

A process may seal a value, stand still, and store it when its key has been forgotten: then nobody could ever open it.
So the store is asked in the same transaction whether the key is still there, and holds it there until that transaction
ends. Whoever forgets a key waits for those transactions, counts once more, and only then takes the key away.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, event, select

from stagedoor.admin.sealing.errors import SealedWithForgottenKey
from stagedoor.admin.sealing.models import SealingKey
from stagedoor.kit.crypto import SealBroken, sealing_key_id
from stagedoor.kit.db import Database

COLUMNS_BEGIN = "sealed_"
"""How the names of columns begin that hold something sealed; the architecture test holds them to it."""

LOOKED_THROUGH = "stagedoor_looked_through"

HELD = (
    select(SealingKey.id)
    .where(SealingKey.id.in_(bindparam("key_ids", expanding=True)))
    .with_for_update(read=True, key_share=True)
)


def refuse_forgotten_keys(database: Database, look_again: Callable[[], None]) -> None:
    """Refuse to store a value whose key the store does not know; ``look_again`` is called to find out the current one.

    What is refused raises :class:`SealedWithForgottenKey`, with the whole transaction. Statements that store nothing
    sealed cost a look at their text.
    """

    def check(
        connection: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        if COLUMNS_BEGIN not in statement or not statement.startswith(("INSERT", "UPDATE")):
            return
        # Text that was handed to the driver as it is has none; nothing of ours does that with what is sealed.
        rows = getattr(context, "compiled_parameters", None)
        # Many rows are sent in parts, and each part comes here with all of them: the first time is enough.
        if not rows or getattr(context, LOOKED_THROUGH, False):
            return
        setattr(context, LOOKED_THROUGH, True)
        names = [name for name in rows[0] if name.startswith(COLUMNS_BEGIN)]
        key_ids = {key_id for row in rows for name in names if (key_id := _find_key_id(row.get(name))) is not None}
        if not key_ids:
            return
        forgotten = key_ids - set(connection.scalars(HELD, {"key_ids": list(key_ids)}))
        if forgotten:
            look_again()
            raise SealedWithForgottenKey(internal=f"sealed with {', '.join(sorted(forgotten))}, which is forgotten")

    event.listen(database.engine, "before_cursor_execute", check)


def _find_key_id(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return sealing_key_id(value)
    except SealBroken:
        return None
