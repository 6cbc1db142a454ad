"""The table of task catalogues' retention settings."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base
from stagedoor.orchestrator.retention import RetentionColumns


class TaskRetention(RetentionColumns, Base):
    """One setting of one task catalogue."""

    __tablename__ = "task_retention"
    __table_args__ = (UniqueConstraint("catalog_id", "kind"),)

    catalog_id: Mapped[int] = mapped_column(ForeignKey("task_catalogs.id", ondelete="CASCADE"))
