"""Writes with an Idempotency-Key: which keys were used, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keyed_writes",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("sealed_answer", sa.Text(), nullable=True),
        sa.Column("answer_bytes", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keyed_writes"),
    )
    op.create_index("ix_keyed_writes_holder_claimed", "keyed_writes", ["holder", "claimed_at"])
    op.create_index("ix_keyed_writes_expires_at", "keyed_writes", ["expires_at"])


def downgrade() -> None:
    op.drop_table("keyed_writes")
