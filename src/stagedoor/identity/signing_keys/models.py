"""Table of signing keys."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class SigningKeyRow(Base):
    """One RSA key. ``kid`` is its thumbprint (RFC 7638).

    It signs from ``signs_from`` until a younger key's ``signs_from`` has come. ``sealed_private_key`` is PEM, sealed
    with the context ``signing_key:<kid>``.
    """

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signs_from: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_private_key: Mapped[str] = mapped_column(Text)
