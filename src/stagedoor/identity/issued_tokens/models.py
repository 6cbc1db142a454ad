"""Tables of what was given out: families of tokens, refresh tokens, and what ended before its time."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class TokenFamily(Base):
    """Everything that one sign-in gave one client: its access tokens carry the id, its refresh tokens point here.

    ``kind`` is a :class:`~stagedoor.identity.issued_tokens.schemas.FamilyKind`. A family ends as a whole.
    """

    __tablename__ = "token_families"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_because: Mapped[str | None] = mapped_column(String(32))


class RefreshToken(Base):
    """One refresh token, by its keyed hash.

    ``superseded_at`` and ``successor_hash`` are set once it was used, where tokens rotate. ``sealed_answer`` is the
    answer it was exchanged for, kept for the moments in which that answer may have been lost, sealed with the context
    ``refresh_answer:<keyed_hash>``. ``expires_at`` is ``None`` for the reusable ones of 2019.
    """

    __tablename__ = "refresh_tokens"

    keyed_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("token_families.id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    successor_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    sealed_answer: Mapped[str | None] = mapped_column(Text)


class RevokedToken(Base):
    """The id of an access token or of a whole family that ended early; of no use once ``forget_at`` has come."""

    __tablename__ = "revoked_tokens"

    ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    forget_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
