"""The tables of task catalogues and of the folders that each is seen in."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class TaskCatalog(Base):
    """One catalogue. ``is_encrypted`` is decided when it is made: the data of its tasks is sealed."""

    __tablename__ = "task_catalogs"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    description: Mapped[str | None] = mapped_column(String(512))
    is_encrypted: Mapped[bool] = mapped_column(Boolean, default=False)
    tags: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TaskCatalogFolder(Base):
    """A folder that sees a catalogue. ``name_folded`` stands here because a name is unique in each such folder."""

    __tablename__ = "task_catalog_folders"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    catalog_id: Mapped[int] = mapped_column(ForeignKey("task_catalogs.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), primary_key=True, index=True)
    name_folded: Mapped[str] = mapped_column(String(150))
