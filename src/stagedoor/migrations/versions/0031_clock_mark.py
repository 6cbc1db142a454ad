"""The latest time that a store has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_mark"),
    )


def downgrade() -> None:
    op.drop_table("clock_mark")
