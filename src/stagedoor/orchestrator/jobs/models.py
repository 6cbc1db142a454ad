"""The table of jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime, missing_first
from stagedoor.kit.growth import IN_FEW_ROWS, VALUES


class Job(Base):
    """One run of a release.

    ``release_name`` stays when the release is gone. ``script`` is what becomes of the job; ``next_move_at`` is when it
    moves on by itself, and empty where it does not. ``input_arguments`` and ``output_arguments`` are JSON text, as the
    vendor gives them. ``starting_schedule_id`` is the trigger that started it, there or not any more. A job that has
    ``stop_after_seconds`` is stopped so long after it began to run, at ``stop_at``, and killed ``kill_after_seconds``
    later.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_folder", "folder_id", "id"),
        Index("ix_jobs_folder_created", "folder_id", "created_at", "id"),
        Index("ix_jobs_folder_state_created", "folder_id", "state", "created_at", "id"),
        Index("ix_jobs_release_created", "release_id", "created_at", "id"),
        Index("ix_jobs_robot_created", "robot_id", "created_at", "id"),
        Index(
            "ix_jobs_due",
            "next_move_at",
            "tenant_id",
            sqlite_where=text("next_move_at IS NOT NULL"),
            postgresql_where=text("next_move_at IS NOT NULL"),
        ),
        Index(
            "ix_jobs_stop",
            "stop_at",
            "tenant_id",
            sqlite_where=text("stop_at IS NOT NULL"),
            postgresql_where=text("stop_at IS NOT NULL"),
        ),
        Index(
            "ix_jobs_schedule",
            "starting_schedule_id",
            "ended_at",
            sqlite_where=text("starting_schedule_id IS NOT NULL"),
            postgresql_where=text("starting_schedule_id IS NOT NULL"),
        ),
        {
            "info": {
                VALUES: {
                    "folder_id": 5,
                    "state": 5,
                    "release_id": 100,
                    "robot_id": 100,
                    "machine_id": 100,
                    "starting_schedule_id": 100,
                    "batch_execution_key": 100_000,
                },
                IN_FEW_ROWS: frozenset({"next_move_at", "stop_at"}),
            }
        },
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id", ondelete="SET NULL"))
    release_version_id: Mapped[int | None] = mapped_column(BigInteger)
    release_name: Mapped[str] = mapped_column(String(128))
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robots.id", ondelete="SET NULL"))
    machine_id: Mapped[int | None] = mapped_column(ForeignKey("machines.id", ondelete="SET NULL"), index=True)
    host_machine_name: Mapped[str | None] = mapped_column(String(450))
    state: Mapped[int] = mapped_column(Integer)
    job_priority: Mapped[int] = mapped_column(Integer)
    specific_priority_value: Mapped[int] = mapped_column(Integer)
    source_type: Mapped[int] = mapped_column(Integer)
    runtime_type: Mapped[int] = mapped_column(Integer)
    stop_strategy: Mapped[int | None] = mapped_column(Integer)
    remote_control_access: Mapped[int] = mapped_column(Integer)
    batch_execution_key: Mapped[str] = mapped_column(String(36), index=True)
    reference: Mapped[str | None] = mapped_column(String(128))
    info: Mapped[str | None] = mapped_column(Text)
    error: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    error_code: Mapped[str | None] = mapped_column(String(64))
    input_arguments: Mapped[str | None] = mapped_column(Text)
    input_file: Mapped[str | None] = mapped_column(String(36))
    output_arguments: Mapped[str | None] = mapped_column(Text)
    environment_variables: Mapped[str | None] = mapped_column(Text)
    entry_point_path: Mapped[str | None] = mapped_column(String(512))
    requires_user_interaction: Mapped[bool | None] = mapped_column(Boolean)
    resume_on_same_context: Mapped[bool] = mapped_column(Boolean, default=False)
    resume_version: Mapped[int | None] = mapped_column(Integer)
    parent_job_key: Mapped[str | None] = mapped_column(String(36))
    parent_operation_id: Mapped[str | None] = mapped_column(String(128))
    profiling_options: Mapped[str | None] = mapped_column(Text)
    trace_id: Mapped[str | None] = mapped_column(String(255))
    parent_span_id: Mapped[str | None] = mapped_column(String(255))
    root_span_id: Mapped[str | None] = mapped_column(String(255))
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime] = mapped_column(UtcDateTime)
    script: Mapped[dict[str, Any]] = mapped_column(JsonText)
    next_move_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    starting_schedule_id: Mapped[int | None] = mapped_column(BigInteger)
    stop_after_seconds: Mapped[int | None] = mapped_column(Integer)
    kill_after_seconds: Mapped[int | None] = mapped_column(Integer)
    stop_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


Index("ix_jobs_folder_started", Job.folder_id, missing_first(Job.started_at), Job.id)
Index("ix_jobs_folder_ended", Job.folder_id, missing_first(Job.ended_at), Job.id)
