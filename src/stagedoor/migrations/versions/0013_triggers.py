"""calendars and process_schedules: triggers by time and by queue; jobs that a trigger started and bounds."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("name_folded", sa.String(length=450), nullable=False),
        sa.Column("time_zone_id", sa.String(length=80), nullable=True),
        sa.Column("excluded_dates", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("key", name=op.f("uq_calendars_key")),
        sa.UniqueConstraint("tenant_id", "name_folded", name=op.f("uq_calendars_tenant_id_name_folded")),
    )
    op.create_table(
        "process_schedules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("name_folded", sa.String(length=765), nullable=False),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("cron", sa.String(length=512), nullable=False),
        sa.Column("cron_details", sa.Text(), nullable=True),
        sa.Column("time_zone_id", sa.String(length=80), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calendar_revision", sa.Integer(), nullable=True),
        sa.Column("stop_process_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_strategy", sa.Integer(), nullable=False),
        sa.Column("executor_robots", sa.Text(), nullable=False),
        sa.Column("machine_robots", sa.Text(), nullable=False),
        sa.Column("entry_point_path", sa.String(length=512), nullable=True),
        sa.Column("job_priority", sa.Integer(), nullable=True),
        sa.Column("specific_priority_value", sa.Integer(), nullable=True),
        sa.Column("runtime_type", sa.Integer(), nullable=True),
        sa.Column("stop_after_seconds", sa.Integer(), nullable=True),
        sa.Column("stop_strategy", sa.Integer(), nullable=True),
        sa.Column("kill_after_seconds", sa.Integer(), nullable=True),
        sa.Column("input_arguments", sa.Text(), nullable=True),
        sa.Column("input_file", sa.String(length=36), nullable=True),
        sa.Column("resume_on_same_context", sa.Boolean(), nullable=False),
        sa.Column("run_as_me", sa.Boolean(), nullable=False),
        sa.Column("alert_pending_expression", sa.String(length=64), nullable=True),
        sa.Column("alert_running_expression", sa.String(length=64), nullable=True),
        sa.Column("consecutive_job_failures_threshold", sa.Integer(), nullable=False),
        sa.Column("job_failures_grace_period_in_hours", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activate_on_job_complete", sa.Boolean(), nullable=False),
        sa.Column("items_activation_threshold", sa.Integer(), nullable=False),
        sa.Column("items_per_job_activation_target", sa.Integer(), nullable=False),
        sa.Column("max_jobs_for_activation", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_fire_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_item_id", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendars.id"],
            name=op.f("fk_process_schedules_calendar_id_calendars"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_process_schedules_folder_id_folders")),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["queue_definitions.id"],
            name=op.f("fk_process_schedules_queue_id_queue_definitions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_process_schedules_release_id_releases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_schedules")),
        sa.UniqueConstraint("key", name=op.f("uq_process_schedules_key")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_process_schedules_folder_id_name_folded")),
    )
    for column in ("calendar_id", "queue_id", "release_id", "tenant_id"):
        op.create_index(op.f(f"ix_process_schedules_{column}"), "process_schedules", [column], unique=False)
    op.create_index(
        "ix_process_schedules_due",
        "process_schedules",
        ["next_fire_at"],
        unique=False,
        sqlite_where=sa.text("next_fire_at IS NOT NULL"),
        postgresql_where=sa.text("next_fire_at IS NOT NULL"),
    )
    op.add_column("jobs", sa.Column("starting_schedule_id", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("stop_after_seconds", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("kill_after_seconds", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("stop_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_jobs_stop",
        "jobs",
        ["tenant_id", "stop_at"],
        unique=False,
        sqlite_where=sa.text("stop_at IS NOT NULL"),
        postgresql_where=sa.text("stop_at IS NOT NULL"),
    )
    op.create_index(
        "ix_jobs_schedule",
        "jobs",
        ["starting_schedule_id", "ended_at"],
        unique=False,
        sqlite_where=sa.text("starting_schedule_id IS NOT NULL"),
        postgresql_where=sa.text("starting_schedule_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_schedule", table_name="jobs")
    op.drop_index("ix_jobs_stop", table_name="jobs")
    for column in ("stop_at", "kill_after_seconds", "stop_after_seconds", "starting_schedule_id"):
        op.drop_column("jobs", column)
    op.drop_table("process_schedules")
    op.drop_table("calendars")
