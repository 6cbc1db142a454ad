"""The table of those who explore a personal workspace that is not theirs."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base


class WorkspaceExplorer(Base):
    """A user, by the vendor's integer, who is looking into a workspace."""

    __tablename__ = "workspace_explorers"

    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), primary_key=True)
    user_number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
