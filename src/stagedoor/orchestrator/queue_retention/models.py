"""The table of queues' retention settings."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base
from stagedoor.orchestrator.retention import RetentionColumns


class QueueRetention(RetentionColumns, Base):
    """One setting of one queue."""

    __tablename__ = "queue_retention"
    __table_args__ = (UniqueConstraint("queue_id", "kind"),)

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue_definitions.id", ondelete="CASCADE"))
