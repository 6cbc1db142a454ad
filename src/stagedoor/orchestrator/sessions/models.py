"""The table of robot sessions."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stagedoor.kit.db import Base, UtcDateTime
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot


class RobotSession(Base):
    """One robot's connection to the Orchestrator from one host.

    ``instance_key`` names the process of a real robot, and is empty for scripted ones, which are never lost.
    """

    __tablename__ = "robot_sessions"
    __table_args__ = (Index("ix_robot_sessions_instance", "tenant_id", "folder_id", "instance_key", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    robot_id: Mapped[int] = mapped_column(ForeignKey("robots.id", ondelete="CASCADE"), index=True)
    machine_id: Mapped[int | None] = mapped_column(ForeignKey("machines.id", ondelete="CASCADE"), index=True)
    host_machine_name: Mapped[str] = mapped_column(String(450))
    state: Mapped[int] = mapped_column(Integer, default=0)
    maintenance_mode: Mapped[int] = mapped_column(Integer, default=0)
    instance_key: Mapped[str | None] = mapped_column(String(36))
    runtimes: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    version: Mapped[str] = mapped_column(String(50))
    platform: Mapped[int] = mapped_column(Integer, default=2)
    debug_mode_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reporting_time: Mapped[datetime] = mapped_column(UtcDateTime)

    folder: Mapped[Folder] = relationship()
    robot: Mapped[Robot] = relationship()
    machine: Mapped[Machine | None] = relationship()
