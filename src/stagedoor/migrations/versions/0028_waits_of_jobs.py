"""job_triggers, job_states, robot_sessions: what jobs wait for besides inboxes, and processes of real robots."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_triggers", sa.Column("item_key", sa.String(length=255), nullable=True))
    op.add_column("job_triggers", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("job_triggers", sa.Column("configuration", sa.Text(), nullable=True))
    op.create_index(
        "ix_job_triggers_item",
        "job_triggers",
        ["tenant_id", "item_key"],
        unique=False,
        sqlite_where=sa.text("item_key IS NOT NULL"),
        postgresql_where=sa.text("item_key IS NOT NULL"),
    )
    op.create_table(
        "job_states",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_states_job_id_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_states")),
    )
    op.add_column("robot_sessions", sa.Column("instance_key", sa.String(length=36), nullable=True))
    op.add_column("robot_sessions", sa.Column("runtimes", sa.Integer(), server_default="1", nullable=False))
    op.create_index(
        "ix_robot_sessions_instance", "robot_sessions", ["tenant_id", "folder_id", "instance_key"], unique=True
    )


def downgrade() -> None:
    op.drop_index("ix_robot_sessions_instance", table_name="robot_sessions")
    op.drop_column("robot_sessions", "runtimes")
    op.drop_column("robot_sessions", "instance_key")
    op.drop_table("job_states")
    op.drop_index("ix_job_triggers_item", table_name="job_triggers")
    op.drop_column("job_triggers", "configuration")
    op.drop_column("job_triggers", "due_at")
    op.drop_column("job_triggers", "item_key")
