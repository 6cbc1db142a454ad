"""The tables of test sets: packages, cases and arguments of each."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class _Written:
    """When a row was written and by whom."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)


class CaseSet(_Written, Base):
    """One test set of a folder; several may have one name."""

    __tablename__ = "test_sets"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(256))
    description: Mapped[str | None] = mapped_column(String(500))
    source_type: Mapped[int] = mapped_column(Integer)
    environment_id: Mapped[int | None] = mapped_column(ForeignKey("environments.id", ondelete="SET NULL"), index=True)
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robots.id", ondelete="SET NULL"), index=True)
    enable_coverage: Mapped[bool] = mapped_column(Boolean)
    enabled: Mapped[bool] = mapped_column(Boolean)


class SetPackage(_Written, Base):
    """A package that a test set takes cases from; ``version_mask`` may end in ``*``."""

    __tablename__ = "test_set_packages"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    set_id: Mapped[int] = mapped_column(ForeignKey("test_sets.id", ondelete="CASCADE"), index=True)
    package_identifier: Mapped[str] = mapped_column(String(128))
    version_mask: Mapped[str] = mapped_column(String(50))
    include_prerelease: Mapped[bool] = mapped_column(Boolean)


class SetCase(_Written, Base):
    """A test case of a set, run through a process of the folder."""

    __tablename__ = "test_set_cases"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    set_id: Mapped[int] = mapped_column(ForeignKey("test_sets.id", ondelete="CASCADE"), index=True)
    enabled: Mapped[bool] = mapped_column(Boolean)
    definition_id: Mapped[int] = mapped_column(ForeignKey("test_case_definitions.id", ondelete="CASCADE"), index=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), index=True)
    version_number: Mapped[str] = mapped_column(String(50))


class SetArgument(_Written, Base):
    """An argument that every case of a set is given, as text with the name of its .NET type."""

    __tablename__ = "test_set_arguments"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    set_id: Mapped[int] = mapped_column(ForeignKey("test_sets.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(256))
    type: Mapped[str] = mapped_column(String(512))
    value: Mapped[str] = mapped_column(Text)
