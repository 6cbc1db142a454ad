"""The table of what was done to items and does not follow from the items themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime
from stagedoor.kit.growth import VALUES


class QueueItemEvent(Base):
    """One event, with the item's states right after it. ``user_number`` is who did it.

    ``folder_id`` and ``queue_id`` are the item's, which never change: with them the events of a folder are read in
    the order of the items without a look at any item.
    """

    __tablename__ = "queue_item_events"
    __table_args__ = (
        Index("ix_queue_item_events_folder", "folder_id", "item_id", "id"),
        {"info": {VALUES: {"folder_id": 5, "item_id": 200_000}}},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    item_id: Mapped[int] = mapped_column(ForeignKey("queue_items.id", ondelete="CASCADE"), index=True)
    folder_id: Mapped[int] = mapped_column(BigInteger)
    queue_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[int] = mapped_column(Integer)
    status: Mapped[int] = mapped_column(Integer)
    review_status: Mapped[int] = mapped_column(Integer)
    reviewer_user_number: Mapped[int | None] = mapped_column(BigInteger)
    user_number: Mapped[int | None] = mapped_column(BigInteger)
    user_name: Mapped[str | None] = mapped_column(String(512))
    external_client_id: Mapped[str | None] = mapped_column(String(128))
    data: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
