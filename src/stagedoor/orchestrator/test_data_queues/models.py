"""The tables of test data queues and of their items."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class DataQueue(Base):
    """One test data queue of a folder; ``content_json_schema`` is the text that every item is held to."""

    __tablename__ = "test_data_queues"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"))
    name: Mapped[str] = mapped_column(String(256))
    name_folded: Mapped[str] = mapped_column(String(768))
    description: Mapped[str | None] = mapped_column(String(500))
    content_json_schema: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)


class DataQueueItem(Base):
    """One row of test data, as JSON text."""

    __tablename__ = "test_data_queue_items"
    __table_args__ = (Index("ix_test_data_queue_items_next", "queue_id", "is_consumed", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    queue_id: Mapped[int] = mapped_column(ForeignKey("test_data_queues.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(Text)
    is_consumed: Mapped[bool] = mapped_column(Boolean, default=False)
