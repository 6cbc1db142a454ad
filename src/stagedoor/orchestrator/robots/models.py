"""The table of robots."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stagedoor.kit.db import Base, JsonText, UtcDateTime
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.machines.models import Machine


class Robot(Base):
    """A robot of a folder; ``machine_id`` is empty for a floating one.

    The account's password is taken and forgotten: the embedded robots log in nowhere, and what is not kept cannot
    leak.
    """

    __tablename__ = "robots"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), index=True)
    machine_id: Mapped[int | None] = mapped_column(ForeignKey("machines.id"), index=True)
    license_key: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(19))
    name_folded: Mapped[str] = mapped_column(String(57))
    username: Mapped[str | None] = mapped_column(String(100))
    external_name: Mapped[str | None] = mapped_column(String(450))
    description: Mapped[str | None] = mapped_column(String(500))
    type: Mapped[int] = mapped_column(Integer, default=2)
    hosting_type: Mapped[int] = mapped_column(Integer, default=0)
    provision_type: Mapped[int] = mapped_column(Integer, default=0)
    credential_type: Mapped[int] = mapped_column(Integer, default=0)
    user_number: Mapped[int | None] = mapped_column(BigInteger)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    limit_concurrent_execution: Mapped[bool] = mapped_column(Boolean, default=False)
    execution_settings: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)

    folder: Mapped[Folder] = relationship()
    machine: Mapped[Machine | None] = relationship()
