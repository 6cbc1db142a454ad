"""The table of log lines."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime
from stagedoor.kit.growth import VALUES


class RobotLog(Base):
    """One line. ``raw_message`` is what the robot sent, whole; names stay as they were when it did."""

    __tablename__ = "robot_logs"
    __table_args__ = (
        Index("ix_robot_logs_time", "folder_id", "time_stamp", "id"),
        Index("ix_robot_logs_level", "folder_id", "level", "time_stamp", "id"),
        Index("ix_robot_logs_job", "job_key", "time_stamp", "id"),
        {"info": {VALUES: {"folder_id": 5, "level": 6, "job_key": 20_000}}},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"))
    level: Mapped[int] = mapped_column(Integer)
    windows_identity: Mapped[str | None] = mapped_column(String(512))
    process_name: Mapped[str | None] = mapped_column(String(512))
    time_stamp: Mapped[datetime] = mapped_column(UtcDateTime)
    message: Mapped[str] = mapped_column(Text)
    job_key: Mapped[str | None] = mapped_column(String(36))
    raw_message: Mapped[str | None] = mapped_column(Text)
    robot_name: Mapped[str | None] = mapped_column(String(512))
    host_machine_name: Mapped[str | None] = mapped_column(String(512))
    machine_id: Mapped[int | None] = mapped_column(BigInteger)
    machine_key: Mapped[str | None] = mapped_column(String(36))
    runtime_type: Mapped[int | None] = mapped_column(Integer)
