"""Buckets, attachments, recordings and business rules."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buckets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("seal_key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.Column("options", sa.Integer(), nullable=False),
        sa.Column("storage_provider", sa.String(length=32), nullable=True),
        sa.Column("storage_parameters", sa.Text(), nullable=True),
        sa.Column("storage_container", sa.String(length=512), nullable=True),
        sa.Column("credential_store_id", sa.BigInteger(), nullable=True),
        sa.Column("external_name", sa.String(length=450), nullable=True),
        sa.Column("sealed_password", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buckets")),
        sa.UniqueConstraint("seal_key", name=op.f("uq_buckets_seal_key")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_buckets_tenant_id_key")),
    )
    op.create_table(
        "business_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=True),
        sa.Column("current_version_id", sa.BigInteger(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_rules")),
        sa.UniqueConstraint("key", name=op.f("uq_business_rules_key")),
    )
    op.create_index(op.f("ix_business_rules_tenant_id"), "business_rules", ["tenant_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_attachments_folder_id_folders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("key", name=op.f("uq_attachments_key")),
    )
    op.create_index("ix_attachments_folder", "attachments", ["tenant_id", "folder_id", "key"], unique=False)
    op.create_index(op.f("ix_attachments_folder_id"), "attachments", ["folder_id"], unique=False)
    op.create_table(
        "bucket_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("bucket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "path",
            sa.String(length=1024).with_variant(sa.String(length=1024, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "parent",
            sa.String(length=1024).with_variant(sa.String(length=1024, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name_folded", sa.String(length=1024), nullable=False),
        sa.Column("is_directory", sa.Boolean(), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=255), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_id"], ["buckets.id"], name=op.f("fk_bucket_entries_bucket_id_buckets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bucket_entries")),
        sa.UniqueConstraint(
            "bucket_id", "is_directory", "path", name=op.f("uq_bucket_entries_bucket_id_is_directory_path")
        ),
    )
    op.create_index(
        "ix_bucket_entries_parent", "bucket_entries", ["bucket_id", "parent", "is_directory", "path"], unique=False
    )
    op.create_table(
        "bucket_folders",
        sa.Column("bucket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_folded", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_id"], ["buckets.id"], name=op.f("fk_bucket_folders_bucket_id_buckets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_bucket_folders_folder_id_folders")),
        sa.PrimaryKeyConstraint("bucket_id", "folder_id", name=op.f("pk_bucket_folders")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_bucket_folders_folder_id_name_folded")),
    )
    op.create_index(op.f("ix_bucket_folders_folder_id"), "bucket_folders", ["folder_id"], unique=False)
    op.create_table(
        "business_rule_folders",
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_folded", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_business_rule_folders_folder_id_folders")),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["business_rules.id"],
            name=op.f("fk_business_rule_folders_rule_id_business_rules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rule_id", "folder_id", name=op.f("pk_business_rule_folders")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_business_rule_folders_folder_id_name_folded")),
    )
    op.create_index(op.f("ix_business_rule_folders_folder_id"), "business_rule_folders", ["folder_id"], unique=False)
    op.create_table(
        "business_rule_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["business_rules.id"],
            name=op.f("fk_business_rule_versions_rule_id_business_rules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_rule_versions")),
        sa.UniqueConstraint("key", name=op.f("uq_business_rule_versions_key")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_business_rule_versions_rule_id_number")),
    )
    op.create_table(
        "execution_media",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("storage_location", sa.String(length=255), nullable=False),
        sa.Column("release_name", sa.String(length=128), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_execution_media_folder_id_folders")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_execution_media_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_media")),
    )
    op.create_index("ix_execution_media_folder", "execution_media", ["tenant_id", "folder_id", "id"], unique=False)
    op.create_index(op.f("ix_execution_media_folder_id"), "execution_media", ["folder_id"], unique=False)
    op.create_index(op.f("ix_execution_media_job_id"), "execution_media", ["job_id"], unique=False)
    op.create_table(
        "job_attachments",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attachment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("category", sa.String(length=256), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_job_attachments_attachment_id_attachments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_attachments_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "attachment_id", name=op.f("pk_job_attachments")),
    )
    op.create_index(op.f("ix_job_attachments_attachment_id"), "job_attachments", ["attachment_id"], unique=False)


def downgrade() -> None:
    op.drop_table("job_attachments")
    op.drop_table("execution_media")
    op.drop_table("business_rule_versions")
    op.drop_table("business_rule_folders")
    op.drop_table("bucket_folders")
    op.drop_table("bucket_entries")
    op.drop_table("attachments")
    op.drop_table("business_rules")
    op.drop_table("buckets")
