"""test data queues."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "test_data_queues",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("name_folded", sa.String(length=768), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("content_json_schema", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_test_data_queues_folder_id_folders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_data_queues")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_test_data_queues_folder_id_name_folded")),
    )
    op.create_index(op.f("ix_test_data_queues_tenant_id"), "test_data_queues", ["tenant_id"], unique=False)
    op.create_table(
        "test_data_queue_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("queue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_consumed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["test_data_queues.id"],
            name=op.f("fk_test_data_queue_items_queue_id_test_data_queues"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_data_queue_items")),
    )
    op.create_index(
        "ix_test_data_queue_items_next", "test_data_queue_items", ["queue_id", "is_consumed", "id"], unique=False
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index("ix_test_data_queue_items_next", table_name="test_data_queue_items")
    op.drop_table("test_data_queue_items")
    op.drop_index(op.f("ix_test_data_queues_tenant_id"), table_name="test_data_queues")
    op.drop_table("test_data_queues")
    # ### end Alembic commands ###
