"""The tables of settings, of tenants and of users."""

from sqlalchemy import BigInteger, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base


class Setting(Base):
    """One value set on a tenant. ``name`` is also the vendor's ``Id``."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(128))
    name_folded: Mapped[str] = mapped_column(String(384))
    value: Mapped[str | None] = mapped_column(Text)
    scope: Mapped[int] = mapped_column(Integer, default=1)


class UserSetting(Base):
    """One value that a user set for themselves; ``user_id`` is the caller's own id."""

    __tablename__ = "user_settings"

    tenant_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name_folded: Mapped[str] = mapped_column(String(384), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    value: Mapped[str | None] = mapped_column(Text)
