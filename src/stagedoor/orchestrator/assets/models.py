"""The tables of assets, of the values that only some have, and of the folders that see each asset."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class Asset(Base):
    """One asset; its own columns hold the value for all, if ``has_default_value``.

    ``sealed_secret`` is a credential's password or a secret's value, sealed with the context ``asset:<key>``.
    """

    __tablename__ = "assets"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(256))
    description: Mapped[str | None] = mapped_column(String(250))
    value_scope: Mapped[int] = mapped_column(Integer)
    value_type: Mapped[int] = mapped_column(Integer)
    has_default_value: Mapped[bool] = mapped_column(Boolean)
    text_value: Mapped[str] = mapped_column(Text, default="")
    bool_value: Mapped[bool] = mapped_column(Boolean, default=False)
    int_value: Mapped[int] = mapped_column(Integer, default=0)
    credential_username: Mapped[str] = mapped_column(String(512), default="")
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    key_value_list: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    allow_direct_api_access: Mapped[bool] = mapped_column(Boolean, default=False)
    tags: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)

    values: Mapped[list["AssetValue"]] = relationship(
        back_populates="asset", cascade="all, delete-orphan", order_by="AssetValue.id"
    )


class AssetValue(Base):
    """A value for one user (``user_number``, perhaps on ``machine_id`` alone) or for one robot (``robot_id``).

    ``key`` exists to bind ``sealed_secret`` to its row: the context is ``asset value:<key>``.
    """

    __tablename__ = "asset_values"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    user_number: Mapped[int | None] = mapped_column(BigInteger)
    user_name: Mapped[str | None] = mapped_column(String(256))
    machine_id: Mapped[int | None] = mapped_column(ForeignKey("machines.id", ondelete="CASCADE"), index=True)
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robots.id", ondelete="CASCADE"), index=True)
    value_type: Mapped[int] = mapped_column(Integer)
    text_value: Mapped[str] = mapped_column(Text, default="")
    bool_value: Mapped[bool] = mapped_column(Boolean, default=False)
    int_value: Mapped[int] = mapped_column(Integer, default=0)
    credential_username: Mapped[str] = mapped_column(String(512), default="")
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    key_value_list: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)

    asset: Mapped[Asset] = relationship(back_populates="values")


class AssetFolder(Base):
    """A folder that sees an asset. ``name_folded`` stands here because a name is unique in each such folder."""

    __tablename__ = "asset_folders"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), primary_key=True, index=True)
    name_folded: Mapped[str] = mapped_column(String(256))
