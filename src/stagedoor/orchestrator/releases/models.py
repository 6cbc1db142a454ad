"""The tables of releases and of the versions each has had."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stagedoor.kit.db import Base, JsonText, UtcDateTime
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.processes.models import Package


class Release(Base):
    """One release. ``process_key`` and ``process_version`` name the package, ``package_id`` is its row.

    ``name_folded`` keeps names unique in the folder without regard to case. ``input_arguments`` is JSON text with the
    default input of jobs, as the caller gave it. ``entry_point_id`` is the row of ``package_entry_points`` that jobs
    start at, and ``arguments`` that one's argument metadata, ``{Input, Output}``; ``entry_point_path`` is set where
    somebody chose it. ``current_version_id`` is the row of ``release_versions`` that it runs.
    """

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"))
    package_id: Mapped[int] = mapped_column(ForeignKey("packages.id"), index=True)
    name: Mapped[str] = mapped_column(String(128))
    name_folded: Mapped[str] = mapped_column(String(384))
    description: Mapped[str | None] = mapped_column(Text)
    process_key: Mapped[str] = mapped_column(String(128))
    process_version: Mapped[str] = mapped_column(String(50))
    current_version_id: Mapped[int | None] = mapped_column(BigInteger)
    entry_point_id: Mapped[int | None] = mapped_column(BigInteger)
    entry_point_path: Mapped[str | None] = mapped_column(String(512))
    input_arguments: Mapped[str | None] = mapped_column(Text)
    arguments: Mapped[dict[str, str | None]] = mapped_column(JsonText)
    environment_variables: Mapped[str | None] = mapped_column(Text)
    auto_update: Mapped[bool] = mapped_column(Boolean, default=False)
    hidden_for_attended_user: Mapped[bool] = mapped_column(Boolean, default=False)
    job_priority: Mapped[int] = mapped_column(Integer, default=1)
    specific_priority_value: Mapped[int] = mapped_column(Integer, default=45)
    robot_size: Mapped[int | None] = mapped_column(Integer)
    remote_control_access: Mapped[int] = mapped_column(Integer, default=0)
    process_settings: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    video_recording_settings: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    tags: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)

    folder: Mapped[Folder] = relationship()
    package: Mapped[Package] = relationship()
    versions: Mapped[list["ReleaseVersion"]] = relationship(
        back_populates="release", cascade="all, delete-orphan", order_by="ReleaseVersion.id"
    )


class ReleaseVersion(Base):
    """One package version that a release has had; the last one is the current one."""

    __tablename__ = "release_versions"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), index=True)
    version_number: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    release: Mapped[Release] = relationship(back_populates="versions")
