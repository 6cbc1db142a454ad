"""Tables of organizations and tenants."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class Organization(Base):
    """An organization (2019: account). ``name`` is the logical name of the URL, always lower case.

    ``migrated_at`` says when the account came over from the time of passwords; ``None`` for one made since, which can
    never use basic authentication. ``legacy_window_open`` and ``legacy_window_until`` are the policy of the legacy
    window.
    """

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    migrated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    legacy_window_open: Mapped[bool] = mapped_column(Boolean, default=False)
    legacy_window_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Tenant(Base):
    """A tenant (2019: service instance) of an organization.

    ``remote_base_url`` set means that its Orchestrator is elsewhere: the address in front of ``/odata``.
    ``sealed_upstream_token`` is the bearer token for it, sealed with the context ``tenant:<id>``.
    A tenant that is mapped to a connection has neither: address and token are the connection's.
    """

    __tablename__ = "tenants"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remote_base_url: Mapped[str | None] = mapped_column(String(2048))
    sealed_upstream_token: Mapped[str | None] = mapped_column(Text)
    connection_id: Mapped[str | None] = mapped_column(ForeignKey("connections.id"))
