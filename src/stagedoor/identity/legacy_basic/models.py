"""Table of the uses of basic authentication."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class LegacyUseCount(Base):
    """How often one user did one thing (``operation``: ``login``, or an operation id) from one network and client."""

    __tablename__ = "legacy_uses"
    __table_args__ = (
        UniqueConstraint("organization_id", "user_id", "network", "client", "operation"),
        Index("ix_legacy_uses_last_used", "organization_id", "last_used_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    network: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(64))
    operation: Mapped[str] = mapped_column(String(128))
    count: Mapped[int] = mapped_column(BigInteger)
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
