"""The tables of test case definitions, of the versions that hold them, and of the packages that were read for them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class CaseDefinition(Base):
    """One test case of a package in a feed, over all versions; ``unique_id`` is what Studio calls it."""

    __tablename__ = "test_case_definitions"
    __table_args__ = (UniqueConstraint("tenant_id", "feed_id", "package_folded", "unique_id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    feed_id: Mapped[str] = mapped_column(String(36))
    package_name: Mapped[str] = mapped_column(String(128))
    package_folded: Mapped[str] = mapped_column(String(384))
    unique_id: Mapped[str] = mapped_column(String(36), index=True)
    name: Mapped[str] = mapped_column(String(512))
    created_version: Mapped[str] = mapped_column(String(50))
    latest_version: Mapped[str | None] = mapped_column(String(50))
    latest_prerelease_version: Mapped[str | None] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseVersion(Base):
    """A version of a package that holds a test case, and the file that it is in there."""

    __tablename__ = "test_case_versions"

    definition_id: Mapped[int] = mapped_column(
        ForeignKey("test_case_definitions.id", ondelete="CASCADE"), primary_key=True
    )
    package_id: Mapped[int] = mapped_column(ForeignKey("packages.id", ondelete="CASCADE"), primary_key=True, index=True)
    path: Mapped[str] = mapped_column(String(512))


class CasePackage(Base):
    """A package that was read for its test cases; it may have none."""

    __tablename__ = "test_case_packages"

    package_id: Mapped[int] = mapped_column(ForeignKey("packages.id", ondelete="CASCADE"), primary_key=True)
