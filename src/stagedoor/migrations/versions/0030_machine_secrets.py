"""machines: the client secret of their robots."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("machines", sa.Column("secret_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("machines", "secret_hash")
