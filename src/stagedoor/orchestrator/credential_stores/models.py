"""The table of credential stores."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class CredentialStore(Base):
    """One store; ``is_own`` is the one in which everything lies.

    ``sealed_configuration`` says how to get into another one, sealed with ``credential_store:<key>``. ``default_for``
    are the numbers of the kinds of resources whose secrets go here where nothing else is said.
    """

    __tablename__ = "credential_stores"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    name_folded: Mapped[str] = mapped_column(String(384))
    type: Mapped[str] = mapped_column(String(128))
    is_own: Mapped[bool] = mapped_column(Boolean, default=False)
    host_name: Mapped[str | None] = mapped_column(String(256))
    proxy_id: Mapped[int | None] = mapped_column(BigInteger)
    sealed_configuration: Mapped[str | None] = mapped_column(Text)
    default_for: Mapped[list[int]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
