"""The tables of tasks, of those they are assigned to, and of what happened to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class Task(Base):
    """One task of any type.

    ``data`` is what the person sees and fills in; in an encrypted catalogue it is ``sealed_data`` instead, sealed
    with the context ``task:<key>``. ``form_layout`` is a form task's, ``app`` an app task's, ``quick_form`` what came
    with a task whose form is made from a schema. ``assigned_to_user_number`` is empty where a task waits for several
    people: they are in ``task_assignments``. ``processing_seconds`` grows when an assignment ends. A task that was
    deleted has ``deleted_at`` and stays.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_folder", "tenant_id", "folder_id", "id"),
        Index("ix_tasks_folder_status", "tenant_id", "folder_id", "status", "id"),
        Index("ix_tasks_assignee", "tenant_id", "assigned_to_user_number", "status"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    title: Mapped[str] = mapped_column(String(512))
    type: Mapped[int] = mapped_column(Integer)
    status: Mapped[int] = mapped_column(Integer)
    priority: Mapped[int] = mapped_column(Integer)
    data: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    is_encrypted: Mapped[bool] = mapped_column(Boolean, default=False)
    sealed_data: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(String(512))
    tags: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    catalog_id: Mapped[int | None] = mapped_column(ForeignKey("task_catalogs.id"), index=True)
    external_tag: Mapped[str | None] = mapped_column(String(512))
    parent_operation_id: Mapped[str | None] = mapped_column(String(128))
    source: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    creator_job_key: Mapped[str | None] = mapped_column(String(36))
    form_layout: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    form_layout_id: Mapped[int | None] = mapped_column(BigInteger)
    bulk_form_layout_id: Mapped[int | None] = mapped_column(BigInteger)
    app: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    quick_form: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    definition_version_id: Mapped[int | None] = mapped_column(ForeignKey("task_definition_versions.id"), index=True)
    assignment_criteria: Mapped[int] = mapped_column(Integer)
    assigned_to_user_number: Mapped[int | None] = mapped_column(BigInteger)
    last_assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    processing_seconds: Mapped[int] = mapped_column(Integer, default=0)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_by_user_number: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleter_user_number: Mapped[int | None] = mapped_column(BigInteger)


class TaskAssignment(Base):
    """One person that a pending task is assigned to."""

    __tablename__ = "task_assignments"
    __table_args__ = (Index("ix_task_assignments_person", "tenant_id", "user_number"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    user_number: Mapped[int] = mapped_column(BigInteger)
    criteria: Mapped[int] = mapped_column(Integer)


class TaskNote(Base):
    """What somebody remarked on a task."""

    __tablename__ = "task_notes"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    text: Mapped[str] = mapped_column(String(512))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)


class TaskActivity(Base):
    """One thing that happened to a task: never changed, gone with the task alone."""

    __tablename__ = "task_activities"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    task_key: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    type: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    target_user_number: Mapped[int | None] = mapped_column(BigInteger)
    note_id: Mapped[int | None] = mapped_column(ForeignKey("task_notes.id", ondelete="SET NULL"), index=True)
