"""Tables of users, of the roles assigned to them, and of the roles that tenants made for themselves."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class User(Base):
    """A person of one organization. ``username`` is unique in it without regard to case and kept in lower case.

    ``password_hash`` opens the sign-in page; ``api_password_hash`` is the secret of the legacy window alone, so that
    resetting the one leaves the other as it was. ``None`` means that there is none. ``number`` is the integer by
    which the vendor's API names the user. ``existed_since`` is when the user came to be in the vendor's
    books, which for migrated users is before ``created_at``.
    """

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("organization_id", "username"),)

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    username: Mapped[str] = mapped_column(String(256))
    email: Mapped[str] = mapped_column(String(256))
    first_name: Mapped[str] = mapped_column(String(128), default="")
    last_name: Mapped[str] = mapped_column(String(128), default="")
    password_hash: Mapped[str | None] = mapped_column(String(256))
    api_password_hash: Mapped[str | None] = mapped_column(String(256))
    is_administrator: Mapped[bool] = mapped_column(Boolean, default=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    is_directory_user: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    existed_since: Mapped[datetime] = mapped_column(UtcDateTime)


class TenantRole(Base):
    """A role that a tenant made for itself; ``kind`` is what :func:`~stagedoor.catalog.roles.kind_of` says of it.

    ``id`` is never given again, so that the number by which the vendor's API names the role is not either.
    """

    __tablename__ = "tenant_roles"
    __table_args__ = (UniqueConstraint("tenant_id", "name_folded"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(String(64))
    name_folded: Mapped[str] = mapped_column(String(256))
    display_name: Mapped[str] = mapped_column(String(64))
    groups: Mapped[str | None] = mapped_column(String(256))
    kind: Mapped[int] = mapped_column(Integer)


class TenantRolePermission(Base):
    """A permission of a role that a tenant made for itself."""

    __tablename__ = "tenant_role_permissions"

    role_id: Mapped[int] = mapped_column(ForeignKey("tenant_roles.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(64), primary_key=True)


class RoleAssignment(Base):
    """A role that a user holds in a tenant, everywhere or in one folder's subtree.

    By name: one of ``catalog.roles``, or one that the tenant made for itself.
    """

    __tablename__ = "role_assignments"
    __table_args__ = (UniqueConstraint("user_id", "tenant_id", "folder_key", "role"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    folder_key: Mapped[str | None] = mapped_column(String(36))
    role: Mapped[str] = mapped_column(String(128))
