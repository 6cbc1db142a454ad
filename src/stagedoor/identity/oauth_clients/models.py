"""Tables of external applications and of their secrets."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class ExternalApplication(Base):
    """An OAuth client that belongs to one organization. ``id`` is its client id."""

    __tablename__ = "external_applications"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(String(128))
    is_confidential: Mapped[bool] = mapped_column(Boolean)
    redirect_uris: Mapped[list[str]] = mapped_column(JsonText)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(JsonText)
    user_scopes: Mapped[list[str]] = mapped_column(JsonText)
    application_scopes: Mapped[list[str]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationSecret(Base):
    """One of an application's secrets: 256 bits of chance, kept as a keyed hash and shown once."""

    __tablename__ = "external_application_secrets"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("external_applications.id"), index=True)
    keyed_hash: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
