"""The tables of audit rows and of the things that each of them is about."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime
from stagedoor.kit.growth import VALUES


class AuditLog(Base):
    """One change that somebody made."""

    __tablename__ = "audit_logs"
    __table_args__ = (
        Index("ix_audit_logs_tenant", "tenant_id", "id"),
        Index("ix_audit_logs_executed", "tenant_id", "executed_at", "id"),
        {"info": {VALUES: {"tenant_id": 2}}},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    service_name: Mapped[str] = mapped_column(String(32))
    method_name: Mapped[str] = mapped_column(String(128))
    parameters: Mapped[str] = mapped_column(Text)
    executed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[int] = mapped_column(Integer)
    component: Mapped[int] = mapped_column(Integer)
    display_name: Mapped[str | None] = mapped_column(String(512))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    operation_text: Mapped[str] = mapped_column(Text)
    user_name: Mapped[str] = mapped_column(String(512))
    user_type: Mapped[int] = mapped_column(Integer)
    external_client_id: Mapped[str | None] = mapped_column(String(128))
    user_number: Mapped[int] = mapped_column(BigInteger)


class AuditLogEntity(Base):
    """One thing that a change was about."""

    __tablename__ = "audit_log_entities"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    audit_log_id: Mapped[int] = mapped_column(ForeignKey("audit_logs.id", ondelete="CASCADE"), index=True)
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    entity_name: Mapped[str | None] = mapped_column(String(512))
    action: Mapped[int] = mapped_column(Integer)
    custom_data: Mapped[str | None] = mapped_column(Text)
