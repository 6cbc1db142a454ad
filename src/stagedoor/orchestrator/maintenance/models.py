"""The table of tenants under maintenance."""

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText


class MaintenanceState(Base):
    """How far a tenant's maintenance is; ``logs`` are the states that it went through, with their times."""

    __tablename__ = "maintenance_states"

    tenant_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[int] = mapped_column(Integer)
    logs: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    stops_attempted: Mapped[int] = mapped_column(Integer, default=0)
    kills_attempted: Mapped[int] = mapped_column(Integer, default=0)
    triggers_skipped: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
