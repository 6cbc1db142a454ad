"""Narrow indexes of what grows: by folder alone, which is one tenant's, in the order of time."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


MISSING_FIRST = "timestamptz_ops NULLS FIRST"

OLD = {
    "jobs": {
        "ix_jobs_folder": ["tenant_id", "folder_id", "id"],
        "ix_jobs_folder_created": ["tenant_id", "folder_id", "created_at", "id"],
        "ix_jobs_folder_state": ["tenant_id", "folder_id", "state", "id"],
        "ix_jobs_folder_state_created": ["tenant_id", "folder_id", "state", "created_at", "id"],
        "ix_jobs_due": ["tenant_id", "next_move_at"],
        "ix_jobs_stop": ["tenant_id", "stop_at"],
        "ix_jobs_folder_id": ["folder_id"],
        "ix_jobs_release_id": ["release_id"],
        "ix_jobs_robot_id": ["robot_id"],
    },
    "queue_items": {
        "ix_queue_items_waiting": ["tenant_id", "waiting_until"],
        "ix_queue_items_abandonable": ["tenant_id", "abandoned_at"],
        "ix_queue_items_folder": ["tenant_id", "folder_id", "id"],
        "ix_queue_items_folder_created": ["tenant_id", "folder_id", "created_at", "id"],
        "ix_queue_items_folder_queue": ["tenant_id", "folder_id", "queue_id", "id"],
        "ix_queue_items_folder_queue_status": ["tenant_id", "folder_id", "queue_id", "status", "id"],
        "ix_queue_items_folder_reference": ["tenant_id", "folder_id", "reference_folded", "id"],
        "ix_queue_items_folder_status": ["tenant_id", "folder_id", "status", "id"],
        "ix_queue_items_queue_created": ["tenant_id", "folder_id", "queue_id", "status", "created_at", "id"],
        "ix_queue_items_queue_ended": ["tenant_id", "folder_id", "queue_id", "status", "end_processing", "id"],
        "ix_queue_items_robot_id": ["robot_id"],
    },
    "robot_logs": {
        "ix_robot_logs_folder": ["tenant_id", "folder_id", "id"],
        "ix_robot_logs_time": ["tenant_id", "folder_id", "time_stamp"],
        "ix_robot_logs_folder_id": ["folder_id"],
        "ix_robot_logs_job_key": ["job_key"],
    },
    "audit_logs": {"ix_audit_logs_executed": ["tenant_id", "executed_at"]},
    "alerts": {"ix_alerts_tenant_id": ["tenant_id"], "ix_alerts_created_at": ["created_at"]},
}
NEW = {
    "jobs": {
        "ix_jobs_folder": ["folder_id", "id"],
        "ix_jobs_folder_created": ["folder_id", "created_at", "id"],
        "ix_jobs_folder_state_created": ["folder_id", "state", "created_at", "id"],
        "ix_jobs_folder_started": ["folder_id", "started_at", "id"],
        "ix_jobs_folder_ended": ["folder_id", "ended_at", "id"],
        "ix_jobs_release_created": ["release_id", "created_at", "id"],
        "ix_jobs_robot_created": ["robot_id", "created_at", "id"],
        "ix_jobs_due": ["next_move_at", "tenant_id"],
        "ix_jobs_stop": ["stop_at", "tenant_id"],
    },
    "queue_items": {
        "ix_queue_items_waiting": ["waiting_until", "tenant_id"],
        "ix_queue_items_abandonable": ["abandoned_at", "tenant_id"],
        "ix_queue_items_folder": ["folder_id", "id"],
        "ix_queue_items_folder_created": ["folder_id", "created_at", "id"],
        "ix_queue_items_folder_queue_created": ["folder_id", "queue_id", "created_at", "id"],
        "ix_queue_items_folder_reference": ["folder_id", "reference_folded", "id"],
        "ix_queue_items_folder_status_created": ["folder_id", "status", "created_at", "id"],
        "ix_queue_items_queue_created": ["folder_id", "queue_id", "status", "created_at", "id"],
        "ix_queue_items_queue_ended": ["folder_id", "queue_id", "status", "end_processing", "id"],
        "ix_queue_items_robot_created": ["robot_id", "created_at", "id"],
    },
    "queue_item_events": {"ix_queue_item_events_folder": ["folder_id", "item_id", "id"]},
    "robot_logs": {
        "ix_robot_logs_time": ["folder_id", "time_stamp", "id"],
        "ix_robot_logs_level": ["folder_id", "level", "time_stamp", "id"],
        "ix_robot_logs_job": ["job_key", "time_stamp", "id"],
    },
    "audit_logs": {"ix_audit_logs_executed": ["tenant_id", "executed_at", "id"]},
    "alerts": {"ix_alerts_created": ["tenant_id", "created_at", "key"]},
}
ONLY_WHERE = {
    "ix_jobs_due": "next_move_at IS NOT NULL",
    "ix_jobs_stop": "stop_at IS NOT NULL",
    "ix_queue_items_waiting": "waiting_until IS NOT NULL",
    "ix_queue_items_abandonable": "abandoned_at IS NOT NULL",
    "ix_queue_items_robot_created": "robot_id IS NOT NULL",
}
MISSING_FIRST_IN = {
    "ix_jobs_folder_started": "started_at",
    "ix_jobs_folder_ended": "ended_at",
    "ix_queue_items_queue_ended": "end_processing",
}


def upgrade() -> None:
    _drop(OLD)
    items = sa.table("queue_items", sa.column("id"), sa.column("folder_id"), sa.column("queue_id"))
    events = sa.table("queue_item_events", sa.column("item_id"), sa.column("folder_id"), sa.column("queue_id"))
    for name in ("folder_id", "queue_id"):
        op.add_column("queue_item_events", sa.Column(name, sa.BigInteger(), nullable=True))
        of_the_item = sa.select(items.c[name]).where(items.c.id == events.c.item_id).scalar_subquery()
        op.execute(sa.update(events).values({name: of_the_item}))
    with op.batch_alter_table("queue_item_events") as table:
        table.alter_column("folder_id", existing_type=sa.BigInteger(), nullable=False)
        table.alter_column("queue_id", existing_type=sa.BigInteger(), nullable=False)
    _create(NEW, missing_first_in=MISSING_FIRST_IN)


def downgrade() -> None:
    _drop(NEW)
    with op.batch_alter_table("queue_item_events") as table:
        table.drop_column("queue_id")
        table.drop_column("folder_id")
    _create(OLD, missing_first_in={})


def _drop(indexes: dict[str, dict[str, list[str]]]) -> None:
    for table, named in indexes.items():
        for name in named:
            op.drop_index(name, table_name=table)


def _create(indexes: dict[str, dict[str, list[str]]], *, missing_first_in: dict[str, str]) -> None:
    for table, named in indexes.items():
        for name, columns in named.items():
            where = sa.text(ONLY_WHERE[name]) if name in ONLY_WHERE else None
            sorted_there = {missing_first_in[name]: MISSING_FIRST} if name in missing_first_in else {}
            op.create_index(
                name, table, columns, sqlite_where=where, postgresql_where=where, postgresql_ops=sorted_there
            )
