"""The table of packages."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class Package(Base):
    """One version of one package in a tenant's feed.

    ``name`` is the vendor's process id (``InvoiceBot``), ``key`` the two together (``InvoiceBot:1.0.0``), which is
    also the vendor's ``Id``. ``input_arguments`` and
    ``output_arguments`` are the argument metadata as JSON text, a list of ``{name, type, required, hasDefault}``.
    """

    __tablename__ = "packages"
    __table_args__ = (UniqueConstraint("tenant_id", "key_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(256))
    key_folded: Mapped[str] = mapped_column(String(768))
    name: Mapped[str] = mapped_column(String(128))
    name_folded: Mapped[str] = mapped_column(String(384), index=True)
    title: Mapped[str] = mapped_column(String(256))
    version: Mapped[str] = mapped_column(String(50))
    is_latest_version: Mapped[bool] = mapped_column(Boolean, default=False)
    description: Mapped[str | None] = mapped_column(Text)
    authors: Mapped[str | None] = mapped_column(String(512))
    release_notes: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[str | None] = mapped_column(String(512))
    package_type: Mapped[int] = mapped_column(Integer, default=1)
    target_framework: Mapped[int] = mapped_column(Integer, default=2)
    main_entry_point_path: Mapped[str] = mapped_column(String(512), default="Main.xaml")
    requires_user_interaction: Mapped[bool] = mapped_column(Boolean, default=False)
    is_attended: Mapped[bool] = mapped_column(Boolean, default=False)
    is_compiled: Mapped[bool] = mapped_column(Boolean, default=True)
    input_arguments: Mapped[str | None] = mapped_column(Text)
    output_arguments: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
