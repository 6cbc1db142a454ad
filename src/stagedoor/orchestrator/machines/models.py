"""The tables of machines and of their assignments to folders."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class Machine(Base):
    """A machine or a machine template of a tenant.

    ``license_key`` is the client id of the machine's robots; whoever may see machines sees it, and by itself it opens
    nothing. ``secret_hash`` is the keyed hash of the client secret, which was shown once; machines that were made
    before there were any have none.
    """

    __tablename__ = "machines"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    license_key: Mapped[str] = mapped_column(String(255))
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(450))
    name_folded: Mapped[str] = mapped_column(String(1350))
    description: Mapped[str | None] = mapped_column(String(500))
    type: Mapped[int] = mapped_column(Integer, default=0)
    scope: Mapped[int] = mapped_column(Integer, default=0)
    automation_type: Mapped[int] = mapped_column(Integer, default=0)
    target_framework: Mapped[int] = mapped_column(Integer, default=0)
    non_production_slots: Mapped[int] = mapped_column(Integer, default=0)
    unattended_slots: Mapped[int] = mapped_column(Integer, default=0)
    headless_slots: Mapped[int] = mapped_column(Integer, default=0)
    test_automation_slots: Mapped[int] = mapped_column(Integer, default=0)
    hosting_slots: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    app_test_slots: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    performance_test_slots: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    automation_cloud_slots: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    automation_cloud_test_automation_slots: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    update_policy: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    tags: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MachineFolder(Base):
    """A machine assigned to a folder, with ``propagate_to_subfolders`` to everything below it too."""

    __tablename__ = "machine_folders"

    machine_id: Mapped[int] = mapped_column(ForeignKey("machines.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), primary_key=True, index=True)
    propagate_to_subfolders: Mapped[bool] = mapped_column(Boolean, default=False)
