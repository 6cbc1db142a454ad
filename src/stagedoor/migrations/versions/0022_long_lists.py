"""Indexes of long lists: jobs and queue items by the times that clients sort them by."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


INDEXES = {
    "ix_jobs_folder_created": ("jobs", ["tenant_id", "folder_id", "created_at", "id"]),
    "ix_jobs_folder_state_created": ("jobs", ["tenant_id", "folder_id", "state", "created_at", "id"]),
    "ix_queue_items_folder_created": ("queue_items", ["tenant_id", "folder_id", "created_at", "id"]),
    "ix_queue_items_folder_queue": ("queue_items", ["tenant_id", "folder_id", "queue_id", "id"]),
    "ix_queue_items_queue_created": ("queue_items", ["queue_id", "status", "created_at", "id"]),
    "ix_queue_items_queue_ended": ("queue_items", ["queue_id", "status", "end_processing", "id"]),
}


def upgrade() -> None:
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
