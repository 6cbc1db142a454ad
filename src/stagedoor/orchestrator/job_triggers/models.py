"""The table of what jobs wait for."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class JobTrigger(Base):
    """One wait of a job.

    ``item_key`` is the key of the task or job that it waits for, or an id outside of the Orchestrator; ``due_at`` is
    when a wait for a time ends. ``inbox_id`` is where a ``payload`` is delivered, at ``delivered_at``.
    ``configuration`` is what its maker said of it, as JSON text.
    """

    __tablename__ = "job_triggers"
    __table_args__ = (
        Index(
            "ix_job_triggers_item",
            "tenant_id",
            "item_key",
            sqlite_where=text("item_key IS NOT NULL"),
            postgresql_where=text("item_key IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    type: Mapped[int] = mapped_column(Integer)
    status: Mapped[int] = mapped_column(Integer)
    inbox_id: Mapped[str] = mapped_column(String(36), unique=True)
    item_key: Mapped[str | None] = mapped_column(String(255))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    configuration: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[Any] = mapped_column(JsonText, nullable=True)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeptState(Base):
    """What a suspended job goes on from: the bytes that its robot kept, in Base64, until the job ends."""

    __tablename__ = "job_states"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    content: Mapped[str] = mapped_column(Text)
