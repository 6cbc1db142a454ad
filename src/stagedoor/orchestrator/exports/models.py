"""The table of exports."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class Export(Base):
    """One export. ``owner_id`` is who asked for it, the only one who sees it; ``file_name`` is its stored file."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(128))
    type: Mapped[int] = mapped_column(Integer)
    status: Mapped[int] = mapped_column(Integer)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    executed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_name: Mapped[str] = mapped_column(String(32))
