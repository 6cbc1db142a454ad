"""Table of writes with an ``Idempotency-Key``."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class KeyedWriteRow(Base):
    """One use of a key. ``name`` stands for holder, tenant, operation and key, ``holder`` for the credential to
    which it is counted, and ``fingerprint`` for what was asked: keyed hashes, in which nothing can be read.

    ``owner`` is the request that may settle it. The answer is sealed with the context ``keyed_write:<name>``; it is
    absent where it was too large, and ``answer_bytes`` is then nothing.
    """

    __tablename__ = "keyed_writes"
    __table_args__ = (Index("ix_keyed_writes_holder_claimed", "holder", "claimed_at"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    sealed_answer: Mapped[str | None] = mapped_column(Text)
    answer_bytes: Mapped[int] = mapped_column(Integer)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
