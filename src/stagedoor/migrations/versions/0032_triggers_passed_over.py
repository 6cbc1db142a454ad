"""Triggers that a maintenance passed over."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("maintenance_states", sa.Column("triggers_skipped", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("maintenance_states", "triggers_skipped")
