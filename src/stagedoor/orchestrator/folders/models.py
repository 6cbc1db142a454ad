"""The table of folders."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class Folder(Base):
    """One folder of a tenant's tree.

    ``branch`` is the ids from the root down to the folder itself, ``/1/5/9/``: a folder lies in another's subtree
    exactly if its branch starts with the other's. ``path_folded`` and ``name_folded`` are path and name without
    regard to case; the path keeps names unique among siblings. ``owner_user_id`` is set for a personal workspace.

    Tables of things inside folders have a foreign key to this one. Without ``ON DELETE CASCADE`` it also says that
    the thing is content: a folder that holds one is not deleted.
    """

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("tenant_id", "path_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"), index=True)
    parent_key: Mapped[str | None] = mapped_column(String(36))
    branch: Mapped[str] = mapped_column(String(256), index=True)
    display_name: Mapped[str] = mapped_column(String(115))
    name_folded: Mapped[str] = mapped_column(String(345))
    fully_qualified_name: Mapped[str] = mapped_column(String(1024))
    path_folded: Mapped[str] = mapped_column(String(2500))
    description: Mapped[str | None] = mapped_column(String(500))
    folder_type: Mapped[int] = mapped_column(Integer, default=0)
    provision_type: Mapped[int] = mapped_column(Integer, default=1)
    permission_model: Mapped[int] = mapped_column(Integer, default=1)
    feed_type: Mapped[int] = mapped_column(Integer, default=1)
    owner_user_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
