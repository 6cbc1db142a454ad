"""packages have files, feeds and entry points."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("packages", sa.Column("feed_id", sa.String(length=36), server_default="", nullable=False))
    for name, kind in (
        ("owners", sa.String(length=512)),
        ("summary", sa.Text()),
        ("project_url", sa.Text()),
        ("license_url", sa.Text()),
        ("icon_url", sa.Text()),
        ("file_name", sa.String(length=32)),
        ("file_size", sa.BigInteger()),
    ):
        op.add_column("packages", sa.Column(name, kind, nullable=True))
    op.add_column("packages", sa.Column("is_conversational", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_packages_feed_id"), "packages", ["feed_id"])
    op.execute("UPDATE packages SET feed_id = tenant_id")
    op.create_table(
        "package_entry_points",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("package_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unique_id", sa.String(length=36), nullable=True),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("input_arguments", sa.Text(), nullable=True),
        sa.Column("output_arguments", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["packages.id"],
            name=op.f("fk_package_entry_points_package_id_packages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_entry_points")),
    )
    op.create_index(op.f("ix_package_entry_points_package_id"), "package_entry_points", ["package_id"])
    op.execute(
        "INSERT INTO package_entry_points (tenant_id, package_id, path, input_arguments, output_arguments) "
        "SELECT tenant_id, id, main_entry_point_path, input_arguments, output_arguments FROM packages ORDER BY id"
    )
    op.add_column("releases", sa.Column("entry_point_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE releases SET entry_point_id = "
        "(SELECT id FROM package_entry_points WHERE package_entry_points.package_id = releases.package_id)"
    )


def downgrade() -> None:
    op.drop_column("releases", "entry_point_id")
    op.drop_table("package_entry_points")
    # What lies in feeds of their own would be mistaken for the tenant's.
    op.execute(
        "DELETE FROM release_versions WHERE release_id IN (SELECT releases.id FROM releases "
        "JOIN packages ON packages.id = releases.package_id WHERE packages.feed_id <> packages.tenant_id)"
    )
    op.execute("DELETE FROM releases WHERE package_id IN (SELECT id FROM packages WHERE feed_id <> tenant_id)")
    op.execute("DELETE FROM packages WHERE feed_id <> tenant_id")
    op.drop_index(op.f("ix_packages_feed_id"), table_name="packages")
    for name in (
        "is_conversational",
        "file_size",
        "file_name",
        "icon_url",
        "license_url",
        "project_url",
        "summary",
        "owners",
        "feed_id",
    ):
        op.drop_column("packages", name)
