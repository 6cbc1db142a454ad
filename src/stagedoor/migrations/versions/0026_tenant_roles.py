"""Roles that tenants make for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenant_roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_folded", sa.String(length=256), nullable=False),
        sa.Column("display_name", sa.String(length=64), nullable=False),
        sa.Column("groups", sa.String(length=256), nullable=True),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_roles_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_roles")),
        sa.UniqueConstraint("tenant_id", "name_folded", name=op.f("uq_tenant_roles_tenant_id_name_folded")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tenant_role_permissions",
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("permission", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["tenant_roles.id"],
            name=op.f("fk_tenant_role_permissions_role_id_tenant_roles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_tenant_role_permissions")),
    )


def downgrade() -> None:
    op.drop_table("tenant_role_permissions")
    op.drop_table("tenant_roles")
