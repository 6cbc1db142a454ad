"""The tables of queues and of the folders that each is seen in."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class QueueDefinition(Base):
    """One queue. ``folder_id`` is its home, where it was made; ``queue_folders`` lists every folder that sees it.

    What items carry in and out is held to the three schemas, and sealed in the store where the queue is ``encrypted``.
    """

    __tablename__ = "queue_definitions"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    description: Mapped[str | None] = mapped_column(String(250))
    max_number_of_retries: Mapped[int] = mapped_column(Integer, default=0)
    accept_automatically_retry: Mapped[bool] = mapped_column(Boolean, default=False)
    retry_abandoned_items: Mapped[bool] = mapped_column(Boolean, default=False)
    enforce_unique_reference: Mapped[bool] = mapped_column(Boolean, default=False)
    sla_in_minutes: Mapped[int] = mapped_column(Integer, default=0)
    risk_sla_in_minutes: Mapped[int] = mapped_column(Integer, default=0)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id", ondelete="SET NULL"), index=True)
    encrypted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    specific_data_json_schema: Mapped[str | None] = mapped_column(Text)
    output_data_json_schema: Mapped[str | None] = mapped_column(Text)
    analytics_data_json_schema: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QueueFolder(Base):
    """A folder that sees a queue. ``name_folded`` stands here because a name is unique in each such folder."""

    __tablename__ = "queue_folders"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue_definitions.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), primary_key=True, index=True)
    name_folded: Mapped[str] = mapped_column(String(50))
