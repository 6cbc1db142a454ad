"""Table of upstream tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class UpstreamToken(Base):
    """The token of one connection and who is renewing it.

    Whoever takes the lease counts ``version`` up, and writes only while it still stands at that number: the fence that
    keeps a late owner out. The tokens are sealed with the contexts ``upstream-token:<id>`` and
    ``upstream-refresh-token:<id>``. After failures nobody asks again before ``not_before``.
    """

    __tablename__ = "upstream_tokens"

    connection_id: Mapped[str] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True)
    sealed_access_token: Mapped[str | None] = mapped_column(Text)
    sealed_refresh_token: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renew_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(64))
    last_renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
