"""more slots of machines, their labels and the policy of their updates."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("machines", sa.Column("hosting_slots", sa.Integer(), server_default="0", nullable=False))
    op.add_column("machines", sa.Column("app_test_slots", sa.Integer(), server_default="0", nullable=False))
    op.add_column("machines", sa.Column("performance_test_slots", sa.Integer(), server_default="0", nullable=False))
    op.add_column("machines", sa.Column("automation_cloud_slots", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "machines",
        sa.Column("automation_cloud_test_automation_slots", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column("machines", sa.Column("update_policy", sa.Text(), nullable=True))
    op.add_column("machines", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_column("machines", "tags")
    op.drop_column("machines", "update_policy")
    op.drop_column("machines", "automation_cloud_test_automation_slots")
    op.drop_column("machines", "automation_cloud_slots")
    op.drop_column("machines", "performance_test_slots")
    op.drop_column("machines", "app_test_slots")
    op.drop_column("machines", "hosting_slots")
    # ### end Alembic commands ###
