"""Tables of the keys that seal, and of the one that hashes."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class SealingKey(Base):
    """One master key by its name; the key itself stays outside the store.

    ``state`` is a :class:`~stagedoor.admin.sealing.schemas.KeyState`. While one key follows another, ``sealed_key``
    holds each of the two, sealed with the other, context ``sealing_key:<id>``: whoever has either has both. A former
    key is gone with its row.
    """

    __tablename__ = "sealing_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_key: Mapped[str | None] = mapped_column(Text)


class HashKey(Base):
    """The key of keyed hashes, in the table's only row, sealed with the context ``hash_key``.

    It stays what it is when the master key changes: nobody can hash again what is kept nowhere.
    """

    __tablename__ = "hash_keys"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sealed_key: Mapped[str] = mapped_column(Text)
