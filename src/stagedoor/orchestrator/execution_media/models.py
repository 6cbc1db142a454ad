"""The table of execution media."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class ExecutionMedium(Base):
    """One recording. ``release_name`` stays when the release is gone; ``stored_name`` names its file."""

    __tablename__ = "execution_media"
    __table_args__ = (Index("ix_execution_media_folder", "tenant_id", "folder_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    storage_location: Mapped[str] = mapped_column(String(255))
    release_name: Mapped[str] = mapped_column(String(128))
    stored_name: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
