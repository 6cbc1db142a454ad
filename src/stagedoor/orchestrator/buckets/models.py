"""The tables of buckets, of the folders that see each, and of what lies in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime

PATH_LENGTH_MAX = 1024

# Byte by byte on both databases: paths differ by case, and those that begin alike lie side by side in the index.
PATH = String(PATH_LENGTH_MAX).with_variant(String(PATH_LENGTH_MAX, collation="C"), "postgresql")


class Bucket(Base):
    """One bucket. ``key`` is what the vendor calls its identifier, and its maker chooses it.

    ``storage_…``, ``credential_store_id`` and ``external_name`` describe a store elsewhere, as they were sent;
    ``sealed_password`` is its password, sealed with the context ``bucket:<seal_key>``.
    """

    __tablename__ = "buckets"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36))
    seal_key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    description: Mapped[str | None] = mapped_column(String(512))
    options: Mapped[int] = mapped_column(Integer, default=0)
    storage_provider: Mapped[str | None] = mapped_column(String(32))
    storage_parameters: Mapped[str | None] = mapped_column(Text)
    storage_container: Mapped[str | None] = mapped_column(String(512))
    credential_store_id: Mapped[int | None] = mapped_column(BigInteger)
    external_name: Mapped[str | None] = mapped_column(String(450))
    sealed_password: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BucketFolder(Base):
    """A folder that sees a bucket. ``name_folded`` stands here because a name is unique in each such folder."""

    __tablename__ = "bucket_folders"
    __table_args__ = (UniqueConstraint("folder_id", "name_folded"),)

    bucket_id: Mapped[int] = mapped_column(ForeignKey("buckets.id", ondelete="CASCADE"), primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), primary_key=True, index=True)
    name_folded: Mapped[str] = mapped_column(String(128))


class BucketEntry(Base):
    """A file in a bucket, or a directory that the path of one makes.

    ``path`` begins with a slash and ends with none; ``parent`` is the path in front of its last part, ``/`` at the top;
    ``name_folded`` is the last part, for comparing without regard to case. A file and a directory may have the same
    path.
    """

    __tablename__ = "bucket_entries"
    __table_args__ = (
        UniqueConstraint("bucket_id", "is_directory", "path"),
        Index("ix_bucket_entries_parent", "bucket_id", "parent", "is_directory", "path"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    bucket_id: Mapped[int] = mapped_column(ForeignKey("buckets.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(PATH)
    parent: Mapped[str] = mapped_column(PATH)
    name_folded: Mapped[str] = mapped_column(String(PATH_LENGTH_MAX))
    is_directory: Mapped[bool] = mapped_column(Boolean)
    stored_name: Mapped[str | None] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    content_type: Mapped[str | None] = mapped_column(String(255))
    modified_at: Mapped[datetime] = mapped_column(UtcDateTime)
