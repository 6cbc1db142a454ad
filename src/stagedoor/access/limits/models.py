"""Tables of what several machines share: the use of keys, permits that are held, and which machines there are."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base


class KeyUseRow(Base):
    """What a key has used, as :class:`~stagedoor.access.limits.key_limits.KeyUse` holds it."""

    __tablename__ = "key_uses"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    arrival: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[int] = mapped_column(Integer)
    used_today: Mapped[int] = mapped_column(BigInteger)


class KeyPermitRow(Base):
    """The permits that one worker holds for a key, until a time in nanoseconds since the epoch."""

    __tablename__ = "key_permits"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    worker_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    until: Mapped[int] = mapped_column(BigInteger)


class MachineRow(Base):
    """A machine that serves this store, and when it last said so, in nanoseconds since the epoch."""

    __tablename__ = "serving_machines"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seen_at: Mapped[int] = mapped_column(BigInteger)
