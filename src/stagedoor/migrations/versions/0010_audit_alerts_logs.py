"""the audit as the vendor shows it, log lines of robots, and alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("service_name", sa.String(length=32), nullable=False),
        sa.Column("method_name", sa.String(length=128), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("component", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.String(length=512), nullable=True),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("operation_text", sa.Text(), nullable=False),
        sa.Column("user_name", sa.String(length=512), nullable=False),
        sa.Column("user_type", sa.Integer(), nullable=False),
        sa.Column("external_client_id", sa.String(length=128), nullable=True),
        sa.Column("user_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_logs")),
    )
    op.create_index("ix_audit_logs_executed", "audit_logs", ["tenant_id", "executed_at"], unique=False)
    op.create_index("ix_audit_logs_tenant", "audit_logs", ["tenant_id", "id"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("notification_name", sa.String(length=128), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("component", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deep_link", sa.String(length=512), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_alerts_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    op.create_index(op.f("ix_alerts_created_at"), "alerts", ["created_at"], unique=False)
    op.create_index(op.f("ix_alerts_folder_id"), "alerts", ["folder_id"], unique=False)
    op.create_index(op.f("ix_alerts_tenant_id"), "alerts", ["tenant_id"], unique=False)
    op.create_table(
        "audit_log_entities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("audit_log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("entity_name", sa.String(length=512), nullable=True),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("custom_data", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_log_id"],
            ["audit_logs.id"],
            name=op.f("fk_audit_log_entities_audit_log_id_audit_logs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log_entities")),
    )
    op.create_index(op.f("ix_audit_log_entities_audit_log_id"), "audit_log_entities", ["audit_log_id"], unique=False)
    op.create_table(
        "robot_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("windows_identity", sa.String(length=512), nullable=True),
        sa.Column("process_name", sa.String(length=512), nullable=True),
        sa.Column("time_stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("job_key", sa.String(length=36), nullable=True),
        sa.Column("raw_message", sa.Text(), nullable=True),
        sa.Column("robot_name", sa.String(length=512), nullable=True),
        sa.Column("host_machine_name", sa.String(length=512), nullable=True),
        sa.Column("machine_id", sa.BigInteger(), nullable=True),
        sa.Column("machine_key", sa.String(length=36), nullable=True),
        sa.Column("runtime_type", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_robot_logs_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot_logs")),
    )
    op.create_index("ix_robot_logs_folder", "robot_logs", ["tenant_id", "folder_id", "id"], unique=False)
    op.create_index(op.f("ix_robot_logs_folder_id"), "robot_logs", ["folder_id"], unique=False)
    op.create_index(op.f("ix_robot_logs_job_key"), "robot_logs", ["job_key"], unique=False)
    op.create_index("ix_robot_logs_time", "robot_logs", ["tenant_id", "folder_id", "time_stamp"], unique=False)
    op.create_table(
        "alert_readings",
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_readings_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "reader_id", name=op.f("pk_alert_readings")),
    )


def downgrade() -> None:
    op.drop_table("alert_readings")
    op.drop_table("robot_logs")
    op.drop_table("audit_log_entities")
    op.drop_table("alerts")
    op.drop_table("audit_logs")
