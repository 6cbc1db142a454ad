"""The tables of business rules, of their versions, and of the folders that see each rule."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime
from stagedoor.orchestrator.business_rules.schemas import NAME_LENGTH_MAX, VERSION_LENGTH_MAX


class BusinessRule(Base):
    """One rule, known to the API by its ``key``; ``current_version_id`` is the version that is active."""

    __tablename__ = "business_rules"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    description: Mapped[str | None] = mapped_column(String(250))
    current_version_id: Mapped[int | None] = mapped_column(BigInteger)
    tags: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)


class BusinessRuleFolder(Base):
    """A folder that sees a rule. ``name_folded`` stands here because a name is unique in each such folder."""

    __tablename__ = "business_rule_folders"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    rule_id: Mapped[int] = mapped_column(ForeignKey("business_rules.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), primary_key=True, index=True)
    name_folded: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))


class BusinessRuleVersion(Base):
    """One version of a rule, whose file never changes. ``number`` is what its maker called it."""

    __tablename__ = "business_rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    rule_id: Mapped[int] = mapped_column(ForeignKey("business_rules.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    number: Mapped[str] = mapped_column(String(VERSION_LENGTH_MAX))
    is_active: Mapped[bool] = mapped_column(Boolean)
    stored_name: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int] = mapped_column(BigInteger)
