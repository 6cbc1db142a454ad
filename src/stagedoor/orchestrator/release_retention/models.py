"""The table of processes' retention settings."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base
from stagedoor.orchestrator.retention import RetentionColumns


class ReleaseRetention(RetentionColumns, Base):
    """One setting of one release."""

    __tablename__ = "release_retention"
    __table_args__ = (UniqueConstraint("release_id", "kind"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
