"""connections and upstream tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("base_url", sa.String(length=2048), nullable=False),
        sa.Column("identity_url", sa.String(length=2048), nullable=True),
        sa.Column("upstream_organization", sa.String(length=128), nullable=True),
        sa.Column("upstream_tenant", sa.String(length=128), nullable=True),
        sa.Column("client_id", sa.String(length=256), nullable=True),
        sa.Column("username", sa.String(length=256), nullable=True),
        sa.Column("scope", sa.String(length=4096), nullable=True),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("ca_pem", sa.Text(), nullable=True),
        sa.Column("proxy_url", sa.String(length=2048), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=256), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_connections_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_connections_organization_id_name")),
    )
    op.create_table(
        "upstream_tokens",
        sa.Column("connection_id", sa.String(length=36), nullable=False),
        sa.Column("sealed_access_token", sa.Text(), nullable=True),
        sa.Column("sealed_refresh_token", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renew_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.Column("last_renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_upstream_tokens_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_upstream_tokens")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # A batch would drop the table of tenants to make it anew, which the rows that refer to tenants forbid.
        op.execute(
            "ALTER TABLE tenants ADD COLUMN connection_id VARCHAR(36)"
            " CONSTRAINT fk_tenants_connection_id_connections REFERENCES connections (id)"
        )
        return
    op.add_column("tenants", sa.Column("connection_id", sa.String(length=36), nullable=True))
    op.create_foreign_key(
        op.f("fk_tenants_connection_id_connections"), "tenants", "connections", ["connection_id"], ["id"]
    )


def downgrade() -> None:
    with op.batch_alter_table("tenants", schema=None) as batch_op:
        # On SQLite the constraint belongs to the column and goes with it.
        if op.get_bind().dialect.name != "sqlite":
            batch_op.drop_constraint(batch_op.f("fk_tenants_connection_id_connections"), type_="foreignkey")
        batch_op.drop_column("connection_id")
    op.drop_table("upstream_tokens")
    op.drop_table("connections")
