"""queues: schemas and sealing of what items carry, reviewers, comments and events."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queue_definitions", sa.Column("encrypted", sa.Boolean(), server_default=sa.false(), nullable=False))
    for column in ("specific_data_json_schema", "output_data_json_schema", "analytics_data_json_schema"):
        op.add_column("queue_definitions", sa.Column(column, sa.Text(), nullable=True))
    for column in ("sealed_specific_content", "sealed_output", "sealed_analytics"):
        op.add_column("queue_items", sa.Column(column, sa.Text(), nullable=True))
    for column in ("creator_user_number", "executor_user_number", "reviewer_user_number"):
        op.add_column("queue_items", sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_queue_items_ended",
        "queue_items",
        ["queue_id", "end_processing"],
        unique=False,
        sqlite_where=sa.text("end_processing IS NOT NULL"),
        postgresql_where=sa.text("end_processing IS NOT NULL"),
    )
    op.create_table(
        "queue_item_comments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=512), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_number", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.String(length=512), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["queue_items.id"],
            name=op.f("fk_queue_item_comments_item_id_queue_items"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_item_comments")),
    )
    op.create_index(op.f("ix_queue_item_comments_item_id"), "queue_item_comments", ["item_id"], unique=False)
    op.create_table(
        "queue_item_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("review_status", sa.Integer(), nullable=False),
        sa.Column("reviewer_user_number", sa.BigInteger(), nullable=True),
        sa.Column("user_number", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.String(length=512), nullable=True),
        sa.Column("external_client_id", sa.String(length=128), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["queue_items.id"], name=op.f("fk_queue_item_events_item_id_queue_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_item_events")),
    )
    op.create_index(op.f("ix_queue_item_events_item_id"), "queue_item_events", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("queue_item_events")
    op.drop_table("queue_item_comments")
    op.drop_index("ix_queue_items_ended", table_name="queue_items")
    for column in (
        "reviewer_user_number",
        "executor_user_number",
        "creator_user_number",
        "sealed_analytics",
        "sealed_output",
        "sealed_specific_content",
    ):
        op.drop_column("queue_items", column)
    for column in ("analytics_data_json_schema", "output_data_json_schema", "specific_data_json_schema", "encrypted"):
        op.drop_column("queue_definitions", column)
