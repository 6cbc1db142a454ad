"""The table of what jobs wait for."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class JobTrigger(Base):
    """One wait of a job. ``inbox_id`` is where its ``payload`` is delivered, at ``delivered_at``."""

    __tablename__ = "job_triggers"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    type: Mapped[int] = mapped_column(Integer)
    status: Mapped[int] = mapped_column(Integer)
    inbox_id: Mapped[str] = mapped_column(String(36), unique=True)
    payload: Mapped[Any] = mapped_column(JsonText, nullable=True)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime] = mapped_column(UtcDateTime)
