"""users of tenants and members of folders."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenant_users",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_number", sa.BigInteger(), nullable=False),
        sa.Column("may_have_user_session", sa.Boolean(), nullable=False),
        sa.Column("may_have_robot_session", sa.Boolean(), nullable=False),
        sa.Column("may_have_unattended_session", sa.Boolean(), nullable=False),
        sa.Column("may_have_personal_workspace", sa.Boolean(), nullable=False),
        sa.Column("restrict_to_personal_workspace", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "user_number", name=op.f("pk_tenant_users")),
    )
    op.create_table(
        "folder_members",
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_number", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_folder_members_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("folder_id", "user_number", name=op.f("pk_folder_members")),
    )
    op.create_index(
        op.f("ix_folder_members_tenant_id_user_number"), "folder_members", ["tenant_id", "user_number"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_folder_members_tenant_id_user_number"), table_name="folder_members")
    op.drop_table("folder_members")
    op.drop_table("tenant_users")
