"""Tables of API users and access keys."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText, UtcDateTime


class ApiUser(Base):
    """A principal that is no person, owned by a group of an organization, so that it survives whoever made it.

    ``serial`` is the integer from which the number that the vendor's API shows is made.
    """

    __tablename__ = "api_users"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    serial: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(128))
    owner_group: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(256))


class AccessKey(Base):
    """One access key of an API user, for one tenant.

    ``secret_hash`` is the keyed hash of the whole written key. After a rotation ``previous_secret_hash`` opens the
    key too, until ``previous_valid_until``; it is kept beyond that, so that its holder can be told what happened.
    ``allow`` holds selectors, ``folder_keys`` folder keys or nothing, ``networks`` CIDRs. The limits are those of
    :class:`~stagedoor.passage.KeyLimits`; a rate is both its columns or none.
    """

    __tablename__ = "access_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    api_user_id: Mapped[str] = mapped_column(ForeignKey("api_users.id"), index=True)
    name: Mapped[str] = mapped_column(String(128))
    secret_hash: Mapped[str] = mapped_column(String(64))
    allow: Mapped[list[str]] = mapped_column(JsonText)
    folder_keys: Mapped[list[str] | None] = mapped_column(JsonText)
    networks: Mapped[list[str]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(256))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(256))
    previous_secret_hash: Mapped[str | None] = mapped_column(String(64))
    previous_valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    previous_last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rate_requests: Mapped[int | None] = mapped_column(Integer)
    rate_seconds: Mapped[int | None] = mapped_column(Integer)
    burst: Mapped[int | None] = mapped_column(Integer)
    daily_quota: Mapped[int | None] = mapped_column(Integer)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    weight: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
