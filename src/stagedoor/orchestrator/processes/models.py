"""The tables of packages and of the places that each can be started at."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stagedoor.kit.db import Base, UtcDateTime


class Package(Base):
    """One version of one package in one of a tenant's feeds.

    ``name`` is the vendor's process id and ``Id`` (``InvoiceBot``), ``key`` is name and version together
    (``InvoiceBot:1.0.0``). ``key_folded`` keeps keys apart without regard to case: it is the key, behind the feed's
    id where the feed is not the tenant's. ``input_arguments`` and ``output_arguments`` are those of the main entry
    point as JSON text, a list of ``{name, type, required, hasDefault}``. ``file_name`` names the stored file; a
    package without one has its file made from what stands here.
    """

    __tablename__ = "packages"
    __table_args__ = (UniqueConstraint("tenant_id", "key_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    feed_id: Mapped[str] = mapped_column(String(36), server_default="", index=True)
    key: Mapped[str] = mapped_column(String(256))
    key_folded: Mapped[str] = mapped_column(String(768))
    name: Mapped[str] = mapped_column(String(128))
    name_folded: Mapped[str] = mapped_column(String(384), index=True)
    title: Mapped[str] = mapped_column(String(256))
    version: Mapped[str] = mapped_column(String(50))
    is_latest_version: Mapped[bool] = mapped_column(Boolean, default=False)
    description: Mapped[str | None] = mapped_column(Text)
    authors: Mapped[str | None] = mapped_column(String(512))
    owners: Mapped[str | None] = mapped_column(String(512))
    summary: Mapped[str | None] = mapped_column(Text)
    release_notes: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[str | None] = mapped_column(String(512))
    project_url: Mapped[str | None] = mapped_column(Text)
    license_url: Mapped[str | None] = mapped_column(Text)
    icon_url: Mapped[str | None] = mapped_column(Text)
    package_type: Mapped[int] = mapped_column(Integer, default=1)
    target_framework: Mapped[int] = mapped_column(Integer, default=2)
    main_entry_point_path: Mapped[str] = mapped_column(String(512), default="Main.xaml")
    requires_user_interaction: Mapped[bool] = mapped_column(Boolean, default=False)
    is_attended: Mapped[bool] = mapped_column(Boolean, default=False)
    is_conversational: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_compiled: Mapped[bool] = mapped_column(Boolean, default=True)
    input_arguments: Mapped[str | None] = mapped_column(Text)
    output_arguments: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_name: Mapped[str | None] = mapped_column(String(32))
    file_size: Mapped[int | None] = mapped_column(BigInteger)

    entry_points: Mapped[list["PackageEntryPoint"]] = relationship(
        cascade="all, delete-orphan", order_by="PackageEntryPoint.id", passive_deletes=True
    )


class PackageEntryPoint(Base):
    """One place to start a package at. Its arguments are JSON text as the package has them: a schema or a list."""

    __tablename__ = "package_entry_points"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    package_id: Mapped[int] = mapped_column(ForeignKey("packages.id", ondelete="CASCADE"), index=True)
    unique_id: Mapped[str | None] = mapped_column(String(36))
    path: Mapped[str] = mapped_column(String(512))
    input_arguments: Mapped[str | None] = mapped_column(Text)
    output_arguments: Mapped[str | None] = mapped_column(Text)
