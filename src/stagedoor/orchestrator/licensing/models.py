"""The tables of acquired units, and of machines whose runtimes are switched off."""

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base


class AcquiredUnits(Base):
    """How many units of a type somebody holds, by what they call it."""

    __tablename__ = "acquired_units"
    __table_args__ = (UniqueConstraint("tenant_id", "type", "reference"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    type: Mapped[str] = mapped_column(String(128))
    reference: Mapped[str] = mapped_column(String(256))
    count: Mapped[int] = mapped_column(BigInteger)


class SwitchedOffRuntime(Base):
    """A machine whose runtimes of one type are switched off."""

    __tablename__ = "switched_off_runtimes"

    machine_id: Mapped[int] = mapped_column(ForeignKey("machines.id", ondelete="CASCADE"), primary_key=True)
    robot_type: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
