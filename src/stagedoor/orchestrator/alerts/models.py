"""The tables of alerts and of who has read them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime
from stagedoor.kit.growth import VALUES


class Alert(Base):
    """One alert. ``folder_id`` is where it happened, if in one folder: whoever may not look there is not told."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_created", "tenant_id", "created_at", "key"),
        {"info": {VALUES: {"tenant_id": 2, "folder_id": 5}}},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"), index=True)
    notification_name: Mapped[str] = mapped_column(String(128))
    data: Mapped[str] = mapped_column(Text)
    component: Mapped[int] = mapped_column(Integer)
    severity: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deep_link: Mapped[str | None] = mapped_column(String(512))


class AlertReading(Base):
    """Somebody who has read an alert."""

    __tablename__ = "alert_readings"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    reader_id: Mapped[str] = mapped_column(String(64), primary_key=True)
