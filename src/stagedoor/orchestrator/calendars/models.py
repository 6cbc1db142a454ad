"""The table of calendars."""

from sqlalchemy import BigInteger, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText


class Calendar(Base):
    """One calendar. ``excluded_dates`` are days in ISO 8601, in order; ``revision`` grows with every change of them."""

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    name_folded: Mapped[str] = mapped_column(String(450))
    time_zone_id: Mapped[str | None] = mapped_column(String(80))
    excluded_dates: Mapped[list[str]] = mapped_column(JsonText)
    revision: Mapped[int] = mapped_column(Integer, default=1)
