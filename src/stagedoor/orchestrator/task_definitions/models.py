"""The tables of task definitions and of their versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class TaskDefinition(Base):
    """One definition. ``current`` is its newest version as the API shows it, ``version`` that version's number."""

    __tablename__ = "task_definitions"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    name_folded: Mapped[str] = mapped_column(String(150))
    description: Mapped[str | None] = mapped_column(String(512))
    version: Mapped[int] = mapped_column(Integer)
    current: Mapped[dict[str, Any]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)


class TaskDefinitionVersion(Base):
    """One version: the schema of the fields as JSON text, and the actions that a person may choose from."""

    __tablename__ = "task_definition_versions"
    __table_args__ = (UniqueConstraint("definition_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    definition_id: Mapped[int] = mapped_column(ForeignKey("task_definitions.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    schema: Mapped[str | None] = mapped_column(Text)
    allowed_actions: Mapped[list[str]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    creator_key: Mapped[str | None] = mapped_column(String(36))
