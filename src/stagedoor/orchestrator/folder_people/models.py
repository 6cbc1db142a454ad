"""The table of people in folders."""

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base


class FolderMember(Base):
    """Somebody, by the number that identity gave, who was put into a folder; what they may do there are roles."""

    __tablename__ = "folder_members"
    __table_args__ = (Index(None, "tenant_id", "user_number"),)

    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), primary_key=True)
    user_number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
