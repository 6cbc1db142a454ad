"""The table of triggers by time and by queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class ProcessSchedule(Base):
    """One trigger. With a ``queue_id`` it goes by the items of a queue, looked at by ``cron`` at the latest.

    ``next_fire_at`` is set exactly while the trigger is enabled and will come again; whoever moves it on has it.
    ``last_item_id`` and ``looked_at`` tell how far a queue was looked at. ``calendar_revision`` is that of the calendar
    that the plan was made with.
    """

    __tablename__ = "process_schedules"
    __table_args__ = (
        UniqueConstraint("folder_id", "name_folded"),
        Index(
            "ix_process_schedules_due",
            "next_fire_at",
            sqlite_where=text("next_fire_at IS NOT NULL"),
            postgresql_where=text("next_fire_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    name_folded: Mapped[str] = mapped_column(String(765))
    description: Mapped[str | None] = mapped_column(String(512))
    enabled: Mapped[bool] = mapped_column(Boolean)
    cron: Mapped[str] = mapped_column(String(512))
    cron_details: Mapped[str | None] = mapped_column(Text)
    time_zone_id: Mapped[str] = mapped_column(String(80))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id", ondelete="SET NULL"), index=True)
    calendar_revision: Mapped[int | None] = mapped_column(Integer)
    stop_process_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    start_strategy: Mapped[int] = mapped_column(Integer)
    executor_robots: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    machine_robots: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    entry_point_path: Mapped[str | None] = mapped_column(String(512))
    job_priority: Mapped[int | None] = mapped_column(Integer)
    specific_priority_value: Mapped[int | None] = mapped_column(Integer)
    runtime_type: Mapped[int | None] = mapped_column(Integer)
    stop_after_seconds: Mapped[int | None] = mapped_column(Integer)
    stop_strategy: Mapped[int | None] = mapped_column(Integer)
    kill_after_seconds: Mapped[int | None] = mapped_column(Integer)
    input_arguments: Mapped[str | None] = mapped_column(Text)
    input_file: Mapped[str | None] = mapped_column(String(36))
    resume_on_same_context: Mapped[bool] = mapped_column(Boolean)
    run_as_me: Mapped[bool] = mapped_column(Boolean)
    alert_pending_expression: Mapped[str | None] = mapped_column(String(64))
    alert_running_expression: Mapped[str | None] = mapped_column(String(64))
    consecutive_job_failures_threshold: Mapped[int] = mapped_column(Integer)
    job_failures_grace_period_in_hours: Mapped[int] = mapped_column(Integer)
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queue_definitions.id", ondelete="CASCADE"), index=True)
    activate_on_job_complete: Mapped[bool] = mapped_column(Boolean)
    items_activation_threshold: Mapped[int] = mapped_column(Integer)
    items_per_job_activation_target: Mapped[int] = mapped_column(Integer)
    max_jobs_for_activation: Mapped[int] = mapped_column(Integer)
    tags: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    creator_user_number: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enabled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_fire_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_item_id: Mapped[int] = mapped_column(BigInteger, default=0)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
