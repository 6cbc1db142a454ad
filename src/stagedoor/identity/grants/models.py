"""Table of authorization codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class AuthorizationCode(Base):
    """One code, by its keyed hash, with everything it was asked for.

    A code that was used stays until :meth:`AuthorizationCodes.clean_up`, so that a second use is known for what it is;
    ``family_id`` names what the first use gave.
    """

    __tablename__ = "authorization_codes"

    keyed_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    redirect_uri: Mapped[str] = mapped_column(String(2048))
    scope: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str | None] = mapped_column(String(512))
    code_challenge: Mapped[str] = mapped_column(String(128))
    signed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    family_id: Mapped[str | None] = mapped_column(String(36))
