"""The tables of test set executions, of their cases, and of what the cases asserted and attached."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class SetExecution(Base):
    """One run of a test set; its name and its end stay when the set is gone.

    ``robot_id``, ``machine_id`` and ``runtime_type`` are those that its jobs are given. ``run_id`` counts the times
    that cases were run in it; ``script`` is what its starter said that becomes of each job.
    """

    __tablename__ = "test_set_executions"
    __table_args__ = (Index("ix_test_set_executions_folder", "tenant_id", "folder_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(256))
    set_id: Mapped[int | None] = mapped_column(ForeignKey("test_sets.id", ondelete="SET NULL"), index=True)
    status: Mapped[int] = mapped_column(Integer)
    trigger_type: Mapped[int] = mapped_column(Integer)
    schedule_id: Mapped[int | None] = mapped_column(BigInteger)
    batch_execution_key: Mapped[str] = mapped_column(String(36), index=True)
    coverage_status: Mapped[int] = mapped_column(Integer)
    run_id: Mapped[int] = mapped_column(Integer)
    enforce_order: Mapped[bool] = mapped_column(Boolean)
    robot_id: Mapped[int | None] = mapped_column(BigInteger)
    machine_id: Mapped[int | None] = mapped_column(BigInteger)
    runtime_type: Mapped[int] = mapped_column(Integer)
    remote_control_access: Mapped[int | None] = mapped_column(Integer)
    script: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseExecution(Base):
    """One run of one test case. ``is_open`` until it is at its end; a case that waits for its turn has no job yet.

    ``is_superseded`` tells that the case was run again since, and counts no longer in the whole.
    """

    __tablename__ = "test_case_executions"
    __table_args__ = (
        Index("ix_test_case_executions_folder", "tenant_id", "folder_id", "id"),
        Index(
            "ix_test_case_executions_open",
            "tenant_id",
            "job_id",
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    execution_id: Mapped[int] = mapped_column(ForeignKey("test_set_executions.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("test_set_cases.id", ondelete="SET NULL"), index=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id", ondelete="SET NULL"), index=True)
    release_version_id: Mapped[int | None] = mapped_column(BigInteger)
    version_number: Mapped[str] = mapped_column(String(50))
    entry_point_path: Mapped[str | None] = mapped_column(String(512))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    job_key: Mapped[str | None] = mapped_column(String(36), index=True)
    is_open: Mapped[bool] = mapped_column(Boolean)
    is_superseded: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    input_arguments: Mapped[str | None] = mapped_column(Text)
    output_arguments: Mapped[str | None] = mapped_column(Text)
    info: Mapped[str | None] = mapped_column(Text)
    host_machine_name: Mapped[str | None] = mapped_column(String(450))
    runtime_type: Mapped[int] = mapped_column(Integer)
    robot_id: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[int] = mapped_column(Integer)
    execution_order: Mapped[int] = mapped_column(Integer)
    data_variation_identifier: Mapped[str | None] = mapped_column(String(64))
    test_manager_case_id: Mapped[str | None] = mapped_column(String(36))


class CaseAssertion(Base):
    """One thing that a test case asserted; ``screenshot`` names the stored picture."""

    __tablename__ = "test_case_assertions"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    case_execution_id: Mapped[int] = mapped_column(
        ForeignKey("test_case_executions.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[str] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)
    succeeded: Mapped[bool] = mapped_column(Boolean)
    screenshot: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExecutionAttachment(Base):
    """A file of a test case's run or, without a ``case_execution_id``, of the whole set's."""

    __tablename__ = "test_attachments"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    execution_id: Mapped[int] = mapped_column(ForeignKey("test_set_executions.id", ondelete="CASCADE"), index=True)
    case_execution_id: Mapped[int | None] = mapped_column(
        ForeignKey("test_case_executions.id", ondelete="CASCADE"), index=True
    )
    file_name: Mapped[str] = mapped_column(String(255))
    mime_type: Mapped[str] = mapped_column(String(255))
    stored_name: Mapped[str] = mapped_column(String(32))
    tags: Mapped[list[str]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
