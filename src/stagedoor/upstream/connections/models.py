"""Table of connections."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class Connection(Base):
    """How one remote Orchestrator is reached, by whom and with which secret.

    ``base_url`` is the part in front of ``/odata``. ``sealed_secret`` is what the kind signs in with, sealed with the
    context ``connection:<id>``; a refresh token that was rotated since stands with the upstream token.
    """

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    base_url: Mapped[str] = mapped_column(String(2048))
    identity_url: Mapped[str | None] = mapped_column(String(2048))
    upstream_organization: Mapped[str | None] = mapped_column(String(128))
    upstream_tenant: Mapped[str | None] = mapped_column(String(128))
    client_id: Mapped[str | None] = mapped_column(String(256))
    username: Mapped[str | None] = mapped_column(String(256))
    scope: Mapped[str | None] = mapped_column(String(4096))
    sealed_secret: Mapped[str] = mapped_column(Text)
    ca_pem: Mapped[str | None] = mapped_column(Text)
    proxy_url: Mapped[str | None] = mapped_column(String(2048))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str | None] = mapped_column(String(256))
