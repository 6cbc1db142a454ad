"""credential stores, licences, maintenance, and settings of users."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acquired_units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("reference", sa.String(length=256), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acquired_units")),
        sa.UniqueConstraint("tenant_id", "type", "reference", name=op.f("uq_acquired_units_tenant_id_type_reference")),
    )
    op.create_table(
        "credential_stores",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("name_folded", sa.String(length=384), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("host_name", sa.String(length=256), nullable=True),
        sa.Column("proxy_id", sa.BigInteger(), nullable=True),
        sa.Column("sealed_configuration", sa.Text(), nullable=True),
        sa.Column("default_for", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_stores")),
        sa.UniqueConstraint("key", name=op.f("uq_credential_stores_key")),
        sa.UniqueConstraint("tenant_id", "name_folded", name=op.f("uq_credential_stores_tenant_id_name_folded")),
    )
    op.create_table(
        "maintenance_states",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("logs", sa.Text(), nullable=False),
        sa.Column("stops_attempted", sa.Integer(), nullable=False),
        sa.Column("kills_attempted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_maintenance_states")),
    )
    op.create_table(
        "user_settings",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name_folded", sa.String(length=384), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "name_folded", name=op.f("pk_user_settings")),
    )
    op.create_table(
        "switched_off_runtimes",
        sa.Column("machine_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("robot_type", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["machine_id"],
            ["machines.id"],
            name=op.f("fk_switched_off_runtimes_machine_id_machines"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("machine_id", "robot_type", name=op.f("pk_switched_off_runtimes")),
    )


def downgrade() -> None:
    op.drop_table("switched_off_runtimes")
    op.drop_table("user_settings")
    op.drop_table("maintenance_states")
    op.drop_table("credential_stores")
    op.drop_table("acquired_units")
