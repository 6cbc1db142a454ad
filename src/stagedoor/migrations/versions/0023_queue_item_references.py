"""References of queue items, folded, so that one is found among a million without regard to case."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


ROWS_AT_ONCE = 10_000


def upgrade() -> None:
    op.add_column("queue_items", sa.Column("reference_folded", sa.String(length=384), nullable=True))
    _fold_references()
    op.create_index(
        "ix_queue_items_folder_reference", "queue_items", ["tenant_id", "folder_id", "reference_folded", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_queue_items_folder_reference", table_name="queue_items")
    op.drop_column("queue_items", "reference_folded")


def _fold_references() -> None:
    # In Python: the databases disagree about letters beyond ASCII.
    connection = op.get_bind()
    items = sa.table("queue_items", sa.column("id"), sa.column("reference"), sa.column("reference_folded"))
    change = items.update().where(items.c.id == sa.bindparam("item")).values(reference_folded=sa.bindparam("folded"))
    last = 0
    while True:
        some = sa.select(items.c.id, items.c.reference).where(items.c.id > last, items.c.reference.is_not(None))
        rows = connection.execute(some.order_by(items.c.id).limit(ROWS_AT_ONCE)).all()
        if not rows:
            return
        connection.execute(change, [{"item": row.id, "folded": row.reference.casefold()} for row in rows])
        last = rows[-1].id
