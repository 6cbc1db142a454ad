"""schedules of test sets."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "test_set_schedules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("name_folded", sa.String(length=768), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("cron", sa.String(length=512), nullable=False),
        sa.Column("cron_details", sa.Text(), nullable=True),
        sa.Column("time_zone_id", sa.String(length=80), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calendar_revision", sa.Integer(), nullable=True),
        sa.Column("disable_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_job_key", sa.String(length=128), nullable=True),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("next_fire_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendars.id"],
            name=op.f("fk_test_set_schedules_calendar_id_calendars"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_test_set_schedules_folder_id_folders")),
        sa.ForeignKeyConstraint(
            ["set_id"], ["test_sets.id"], name=op.f("fk_test_set_schedules_set_id_test_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_set_schedules")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_test_set_schedules_folder_id_name_folded")),
    )
    op.create_index(op.f("ix_test_set_schedules_calendar_id"), "test_set_schedules", ["calendar_id"], unique=False)
    op.create_index(
        "ix_test_set_schedules_due",
        "test_set_schedules",
        ["next_fire_at"],
        unique=False,
        sqlite_where=sa.text("next_fire_at IS NOT NULL"),
        postgresql_where=sa.text("next_fire_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_test_set_schedules_set_id"), "test_set_schedules", ["set_id"], unique=False)
    op.create_index(op.f("ix_test_set_schedules_tenant_id"), "test_set_schedules", ["tenant_id"], unique=False)
    op.add_column("test_set_executions", sa.Column("script", sa.Text(), nullable=True))
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_column("test_set_executions", "script")
    op.drop_index(op.f("ix_test_set_schedules_tenant_id"), table_name="test_set_schedules")
    op.drop_index(op.f("ix_test_set_schedules_set_id"), table_name="test_set_schedules")
    op.drop_index(
        "ix_test_set_schedules_due",
        table_name="test_set_schedules",
        sqlite_where=sa.text("next_fire_at IS NOT NULL"),
        postgresql_where=sa.text("next_fire_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_test_set_schedules_calendar_id"), table_name="test_set_schedules")
    op.drop_table("test_set_schedules")
    # ### end Alembic commands ###
