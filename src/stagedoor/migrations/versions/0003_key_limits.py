"""limits of access keys, and what several machines share of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIMITS = ("rate_requests", "rate_seconds", "burst", "daily_quota", "concurrency")


def upgrade() -> None:
    for name in LIMITS:
        op.add_column("access_keys", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("access_keys", sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "key_uses",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("used_today", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_uses")),
    )
    op.create_table(
        "key_permits",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("worker_id", sa.String(length=36), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "worker_id", name=op.f("pk_key_permits")),
    )
    op.create_table(
        "serving_machines",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serving_machines")),
    )


def downgrade() -> None:
    op.drop_table("serving_machines")
    op.drop_table("key_permits")
    op.drop_table("key_uses")
    with op.batch_alter_table("access_keys", schema=None) as batch_op:
        batch_op.drop_column("weight")
        for name in reversed(LIMITS):
            batch_op.drop_column(name)
