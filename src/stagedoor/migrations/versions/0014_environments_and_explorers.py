"""environments, explorers of workspaces and the debug mode of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "environments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_folded", sa.String(length=300), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_environments_folder_id_folders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environments")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_environments_folder_id_name_folded")),
    )
    op.create_index(op.f("ix_environments_tenant_id"), "environments", ["tenant_id"], unique=False)
    op.create_table(
        "workspace_explorers",
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_number", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_workspace_explorers_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("folder_id", "user_number", name=op.f("pk_workspace_explorers")),
    )
    op.create_table(
        "environment_robots",
        sa.Column("environment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("robot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["environment_id"],
            ["environments.id"],
            name=op.f("fk_environment_robots_environment_id_environments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["robot_id"], ["robots.id"], name=op.f("fk_environment_robots_robot_id_robots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("environment_id", "robot_id", name=op.f("pk_environment_robots")),
    )
    op.create_index(op.f("ix_environment_robots_robot_id"), "environment_robots", ["robot_id"], unique=False)
    op.add_column("robot_sessions", sa.Column("debug_mode_until", sa.DateTime(timezone=True), nullable=True))
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_column("robot_sessions", "debug_mode_until")
    op.drop_index(op.f("ix_environment_robots_robot_id"), table_name="environment_robots")
    op.drop_table("environment_robots")
    op.drop_table("workspace_explorers")
    op.drop_index(op.f("ix_environments_tenant_id"), table_name="environments")
    op.drop_table("environments")
    # ### end Alembic commands ###
