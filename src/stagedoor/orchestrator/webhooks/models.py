"""The tables of webhooks, of events that wait to be delivered, and of which webhook waits for which."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class Webhook(Base):
    """One subscription. ``sealed_secret`` is what its events are signed with, sealed with ``webhook:<key>``.

    ``failures`` counts deliveries that failed in a row; nothing is sent before ``held_until``. A webhook that failed
    too often hears of nothing that happens before ``paused_until``.
    """

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    description: Mapped[str | None] = mapped_column(String(256))
    url: Mapped[str] = mapped_column(String(2000))
    enabled: Mapped[bool] = mapped_column(Boolean)
    subscribe_to_all_events: Mapped[bool] = mapped_column(Boolean)
    allow_insecure_ssl: Mapped[bool] = mapped_column(Boolean)
    events: Mapped[list[str]] = mapped_column(JsonText)
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutgoingEvent(Base):
    """Something that happened, until every webhook that was listening has heard of it.

    ``id`` is the event's own for its receivers, so that no number is ever given twice. ``body`` is JSON without type,
    id and time.
    """

    __tablename__ = "orchestrator_events"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    type: Mapped[str] = mapped_column(String(50))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebhookDelivery(Base):
    """An event that a webhook has yet to hear of; ``leased_until`` is how long somebody has it in hand."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("orchestrator_events.id", ondelete="CASCADE"), index=True)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    webhook: Mapped[Webhook] = relationship()
    event: Mapped[OutgoingEvent] = relationship()
