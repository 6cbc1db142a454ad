"""The table of queue items, with the indexes by which the next one is taken in logarithmic time."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime, missing_first
from stagedoor.kit.growth import IN_FEW_ROWS, VALUES
from stagedoor.orchestrator.queue_items.schemas import ReviewStatus, Status


class QueueItem(Base):
    """One item of a queue, or one attempt at it: a retry is a row of its own with the same ``key``.

    ``turn`` is set exactly while the item may be taken, and says when its turn comes: items with a deadline first,
    then by priority; within one turn by deadline, then in the order of adding. ``waiting_until`` is set exactly
    while the item is new but deferred. ``reference_folded`` finds a reference in any letter case.
    ``unique_reference`` repeats ``reference`` where the queue wants references to be unique and this item counts, so
    that the database itself refuses a second one. ``folder_id`` is the home folder of the queue. ``row_version``
    grows with every change. In an encrypted queue what an item carries in and out is sealed, bound to the key that
    all its attempts share.
    """

    __tablename__ = "queue_items"
    __table_args__ = (
        UniqueConstraint("queue_id", "unique_reference"),
        Index(
            "ix_queue_items_next",
            "queue_id",
            "turn",
            "due_date",
            "id",
            sqlite_where=text("turn IS NOT NULL"),
            postgresql_where=text("turn IS NOT NULL"),
        ),
        Index(
            "ix_queue_items_next_by_reference",
            "queue_id",
            "reference",
            sqlite_where=text("turn IS NOT NULL"),
            postgresql_where=text("turn IS NOT NULL"),
        ),
        Index(
            "ix_queue_items_waiting",
            "waiting_until",
            "tenant_id",
            sqlite_where=text("waiting_until IS NOT NULL"),
            postgresql_where=text("waiting_until IS NOT NULL"),
        ),
        Index(
            "ix_queue_items_abandonable",
            "abandoned_at",
            "tenant_id",
            sqlite_where=text("abandoned_at IS NOT NULL"),
            postgresql_where=text("abandoned_at IS NOT NULL"),
        ),
        Index(
            "ix_queue_items_ended",
            "queue_id",
            "end_processing",
            sqlite_where=text("end_processing IS NOT NULL"),
            postgresql_where=text("end_processing IS NOT NULL"),
        ),
        Index("ix_queue_items_folder", "folder_id", "id"),
        Index("ix_queue_items_folder_created", "folder_id", "created_at", "id"),
        Index("ix_queue_items_folder_queue_created", "folder_id", "queue_id", "created_at", "id"),
        Index("ix_queue_items_folder_reference", "folder_id", "reference_folded", "id"),
        Index("ix_queue_items_folder_status_created", "folder_id", "status", "created_at", "id"),
        Index("ix_queue_items_queue", "queue_id", "status", "id"),
        Index("ix_queue_items_queue_created", "folder_id", "queue_id", "status", "created_at", "id"),
        Index(
            "ix_queue_items_robot_created",
            "robot_id",
            "created_at",
            "id",
            sqlite_where=text("robot_id IS NOT NULL"),
            postgresql_where=text("robot_id IS NOT NULL"),
        ),
        {
            "info": {
                VALUES: {
                    "tenant_id": 2,
                    "folder_id": 5,
                    "queue_id": 20,
                    "status": 5,
                    "turn": 6,
                    "robot_id": 100,
                    "reference": 500_000,
                    "reference_folded": 500_000,
                    "key": 500_000,
                },
                IN_FEW_ROWS: frozenset({"turn", "waiting_until", "abandoned_at"}),
            }
        },
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue_definitions.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(36), index=True)
    unique_key: Mapped[str] = mapped_column(String(36))
    status: Mapped[int] = mapped_column(Integer, default=Status.NEW)
    review_status: Mapped[int] = mapped_column(Integer, default=ReviewStatus.NONE)
    priority: Mapped[int] = mapped_column(Integer)
    reference: Mapped[str | None] = mapped_column(String(128))
    reference_folded: Mapped[str | None] = mapped_column(String(384))
    unique_reference: Mapped[str | None] = mapped_column(String(128))
    specific_content: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    output: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    analytics: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    processing_exception: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    processing_exception_type: Mapped[int | None] = mapped_column(Integer)
    sealed_specific_content: Mapped[str | None] = mapped_column(Text)
    sealed_output: Mapped[str | None] = mapped_column(Text)
    sealed_analytics: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(20))
    defer_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    risk_sla_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    start_processing: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_processing: Mapped[datetime | None] = mapped_column(UtcDateTime)
    abandoned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seconds_in_previous_attempts: Mapped[int] = mapped_column(Integer, default=0)
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robots.id", ondelete="SET NULL"))
    creator_job_key: Mapped[str | None] = mapped_column(String(36))
    executor_job_key: Mapped[str | None] = mapped_column(String(36))
    ancestor_id: Mapped[int | None] = mapped_column(BigInteger)
    ancestor_unique_key: Mapped[str | None] = mapped_column(String(36))
    retry_number: Mapped[int] = mapped_column(Integer, default=0)
    manual_ancestor_id: Mapped[int | None] = mapped_column(BigInteger)
    manual_ancestor_unique_key: Mapped[str | None] = mapped_column(String(36))
    manual_retry_number: Mapped[int] = mapped_column(Integer, default=0)
    parent_operation_id: Mapped[str | None] = mapped_column(String(128))
    operation_id: Mapped[str | None] = mapped_column(String(128))
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    executor_user_number: Mapped[int | None] = mapped_column(BigInteger)
    reviewer_user_number: Mapped[int | None] = mapped_column(BigInteger)
    row_version: Mapped[int] = mapped_column(BigInteger, default=1)
    turn: Mapped[int | None] = mapped_column(Integer)
    waiting_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


Index(
    "ix_queue_items_queue_ended",
    QueueItem.folder_id,
    QueueItem.queue_id,
    QueueItem.status,
    missing_first(QueueItem.end_processing),
    QueueItem.id,
)
