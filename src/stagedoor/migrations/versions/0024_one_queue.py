"""Indexes of one queue's items: each as precise as the others, so that the order that is asked for decides."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


TABLE = "queue_items"
OF_A_QUEUE = ["tenant_id", "folder_id", "queue_id", "status"]


def upgrade() -> None:
    op.create_index("ix_queue_items_folder_queue_status", TABLE, [*OF_A_QUEUE, "id"])
    for name, moment in (
        ("ix_queue_items_queue_created", "created_at"),
        ("ix_queue_items_queue_ended", "end_processing"),
    ):
        op.drop_index(name, table_name=TABLE)
        op.create_index(name, TABLE, [*OF_A_QUEUE, moment, "id"])


def downgrade() -> None:
    for name, moment in (
        ("ix_queue_items_queue_created", "created_at"),
        ("ix_queue_items_queue_ended", "end_processing"),
    ):
        op.drop_index(name, table_name=TABLE)
        op.create_index(name, TABLE, ["queue_id", "status", moment, "id"])
    op.drop_index("ix_queue_items_folder_queue_status", table_name=TABLE)
