"""The table of schedules of test sets."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class SetSchedule(Base):
    """One schedule of a test set.

    ``next_fire_at`` is set exactly while it is enabled and will come again; whoever moves it on has it.
    ``calendar_revision`` is that of the calendar that the plan was made with.
    """

    __tablename__ = "test_set_schedules"
    __table_args__ = (
        UniqueConstraint("folder_id", "name_folded"),
        Index(
            "ix_test_set_schedules_due",
            "next_fire_at",
            sqlite_where=text("next_fire_at IS NOT NULL"),
            postgresql_where=text("next_fire_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id"))
    set_id: Mapped[int] = mapped_column(ForeignKey("test_sets.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(256))
    name_folded: Mapped[str] = mapped_column(String(768))
    description: Mapped[str | None] = mapped_column(String(500))
    enabled: Mapped[bool] = mapped_column(Boolean)
    cron: Mapped[str] = mapped_column(String(512))
    cron_details: Mapped[str | None] = mapped_column(Text)
    time_zone_id: Mapped[str] = mapped_column(String(80))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id", ondelete="SET NULL"), index=True)
    calendar_revision: Mapped[int | None] = mapped_column(Integer)
    disable_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    external_job_key: Mapped[str | None] = mapped_column(String(128))
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    next_fire_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
