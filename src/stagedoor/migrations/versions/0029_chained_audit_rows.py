"""Chains of the audit's rows: which chain a row hangs on, its link, and where each chain begins and ends."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("chain", sa.Integer(), nullable=True))
    op.add_column("audit", sa.Column("link", sa.String(32), nullable=True))
    op.create_table(
        "audit_chains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(32), nullable=False),
        sa.Column("head_seal", sa.String(32), nullable=False),
        sa.Column("pruned_rows", sa.BigInteger(), nullable=False),
        sa.Column("anchor", sa.String(32), nullable=False),
        sa.Column("anchor_seal", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_chains"),
    )


def downgrade() -> None:
    op.drop_table("audit_chains")
    op.drop_column("audit", "link")
    op.drop_column("audit", "chain")
