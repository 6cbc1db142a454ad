"""test cases, test sets and their executions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "test_case_definitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("feed_id", sa.String(length=36), nullable=False),
        sa.Column("package_name", sa.String(length=128), nullable=False),
        sa.Column("package_folded", sa.String(length=384), nullable=False),
        sa.Column("unique_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("created_version", sa.String(length=50), nullable=False),
        sa.Column("latest_version", sa.String(length=50), nullable=True),
        sa.Column("latest_prerelease_version", sa.String(length=50), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_case_definitions")),
        sa.UniqueConstraint(
            "tenant_id",
            "feed_id",
            "package_folded",
            "unique_id",
            name=op.f("uq_test_case_definitions_tenant_id_feed_id_package_folded_unique_id"),
        ),
    )
    op.create_index(op.f("ix_test_case_definitions_unique_id"), "test_case_definitions", ["unique_id"], unique=False)
    op.create_table(
        "test_case_packages",
        sa.Column("package_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_test_case_packages_package_id_packages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_test_case_packages")),
    )
    op.create_table(
        "test_case_versions",
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["test_case_definitions.id"],
            name=op.f("fk_test_case_versions_definition_id_test_case_definitions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_test_case_versions_package_id_packages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("definition_id", "package_id", name=op.f("pk_test_case_versions")),
    )
    op.create_index(op.f("ix_test_case_versions_package_id"), "test_case_versions", ["package_id"], unique=False)
    op.create_table(
        "test_sets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("source_type", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("robot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("enable_coverage", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["environment_id"],
            ["environments.id"],
            name=op.f("fk_test_sets_environment_id_environments"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_test_sets_folder_id_folders")),
        sa.ForeignKeyConstraint(
            ["robot_id"], ["robots.id"], name=op.f("fk_test_sets_robot_id_robots"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_sets")),
        sa.UniqueConstraint("key", name=op.f("uq_test_sets_key")),
    )
    op.create_index(op.f("ix_test_sets_environment_id"), "test_sets", ["environment_id"], unique=False)
    op.create_index(op.f("ix_test_sets_folder_id"), "test_sets", ["folder_id"], unique=False)
    op.create_index(op.f("ix_test_sets_robot_id"), "test_sets", ["robot_id"], unique=False)
    op.create_index(op.f("ix_test_sets_tenant_id"), "test_sets", ["tenant_id"], unique=False)
    op.create_table(
        "test_set_arguments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("type", sa.String(length=512), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["test_sets.id"], name=op.f("fk_test_set_arguments_set_id_test_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_set_arguments")),
    )
    op.create_index(op.f("ix_test_set_arguments_set_id"), "test_set_arguments", ["set_id"], unique=False)
    op.create_table(
        "test_set_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_number", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["test_case_definitions.id"],
            name=op.f("fk_test_set_cases_definition_id_test_case_definitions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_test_set_cases_release_id_releases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["test_sets.id"], name=op.f("fk_test_set_cases_set_id_test_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_set_cases")),
    )
    op.create_index(op.f("ix_test_set_cases_definition_id"), "test_set_cases", ["definition_id"], unique=False)
    op.create_index(op.f("ix_test_set_cases_release_id"), "test_set_cases", ["release_id"], unique=False)
    op.create_index(op.f("ix_test_set_cases_set_id"), "test_set_cases", ["set_id"], unique=False)
    op.create_table(
        "test_set_executions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("trigger_type", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_execution_key", sa.String(length=36), nullable=False),
        sa.Column("coverage_status", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("enforce_order", sa.Boolean(), nullable=False),
        sa.Column("robot_id", sa.BigInteger(), nullable=True),
        sa.Column("machine_id", sa.BigInteger(), nullable=True),
        sa.Column("runtime_type", sa.Integer(), nullable=False),
        sa.Column("remote_control_access", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_test_set_executions_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["test_sets.id"], name=op.f("fk_test_set_executions_set_id_test_sets"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_set_executions")),
    )
    op.create_index(
        op.f("ix_test_set_executions_batch_execution_key"), "test_set_executions", ["batch_execution_key"], unique=False
    )
    op.create_index(
        "ix_test_set_executions_folder", "test_set_executions", ["tenant_id", "folder_id", "id"], unique=False
    )
    op.create_index(op.f("ix_test_set_executions_folder_id"), "test_set_executions", ["folder_id"], unique=False)
    op.create_index(op.f("ix_test_set_executions_set_id"), "test_set_executions", ["set_id"], unique=False)
    op.create_table(
        "test_set_packages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("set_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package_identifier", sa.String(length=128), nullable=False),
        sa.Column("version_mask", sa.String(length=50), nullable=False),
        sa.Column("include_prerelease", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["test_sets.id"], name=op.f("fk_test_set_packages_set_id_test_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_set_packages")),
    )
    op.create_index(op.f("ix_test_set_packages_set_id"), "test_set_packages", ["set_id"], unique=False)
    op.create_table(
        "test_case_executions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("execution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("release_version_id", sa.BigInteger(), nullable=True),
        sa.Column("version_number", sa.String(length=50), nullable=False),
        sa.Column("entry_point_path", sa.String(length=512), nullable=True),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("job_key", sa.String(length=36), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("input_arguments", sa.Text(), nullable=True),
        sa.Column("output_arguments", sa.Text(), nullable=True),
        sa.Column("info", sa.Text(), nullable=True),
        sa.Column("host_machine_name", sa.String(length=450), nullable=True),
        sa.Column("runtime_type", sa.Integer(), nullable=False),
        sa.Column("robot_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("execution_order", sa.Integer(), nullable=False),
        sa.Column("data_variation_identifier", sa.String(length=64), nullable=True),
        sa.Column("test_manager_case_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["test_set_cases.id"],
            name=op.f("fk_test_case_executions_case_id_test_set_cases"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["test_set_executions.id"],
            name=op.f("fk_test_case_executions_execution_id_test_set_executions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_test_case_executions_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_test_case_executions_job_id_jobs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_test_case_executions_release_id_releases"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_case_executions")),
    )
    op.create_index(op.f("ix_test_case_executions_case_id"), "test_case_executions", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_test_case_executions_execution_id"), "test_case_executions", ["execution_id"], unique=False
    )
    op.create_index(
        "ix_test_case_executions_folder", "test_case_executions", ["tenant_id", "folder_id", "id"], unique=False
    )
    op.create_index(op.f("ix_test_case_executions_folder_id"), "test_case_executions", ["folder_id"], unique=False)
    op.create_index(op.f("ix_test_case_executions_job_id"), "test_case_executions", ["job_id"], unique=False)
    op.create_index(op.f("ix_test_case_executions_job_key"), "test_case_executions", ["job_key"], unique=False)
    op.create_index(
        "ix_test_case_executions_open",
        "test_case_executions",
        ["tenant_id", "job_id"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(op.f("ix_test_case_executions_release_id"), "test_case_executions", ["release_id"], unique=False)
    op.create_table(
        "test_attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("execution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_execution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("mime_type", sa.String(length=255), nullable=False),
        sa.Column("stored_name", sa.String(length=32), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_execution_id"],
            ["test_case_executions.id"],
            name=op.f("fk_test_attachments_case_execution_id_test_case_executions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["test_set_executions.id"],
            name=op.f("fk_test_attachments_execution_id_test_set_executions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_attachments")),
    )
    op.create_index(
        op.f("ix_test_attachments_case_execution_id"), "test_attachments", ["case_execution_id"], unique=False
    )
    op.create_index(op.f("ix_test_attachments_execution_id"), "test_attachments", ["execution_id"], unique=False)
    op.create_table(
        "test_case_assertions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("case_execution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("screenshot", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_execution_id"],
            ["test_case_executions.id"],
            name=op.f("fk_test_case_assertions_case_execution_id_test_case_executions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_case_assertions")),
    )
    op.create_index(
        op.f("ix_test_case_assertions_case_execution_id"), "test_case_assertions", ["case_execution_id"], unique=False
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index(op.f("ix_test_case_assertions_case_execution_id"), table_name="test_case_assertions")
    op.drop_table("test_case_assertions")
    op.drop_index(op.f("ix_test_attachments_execution_id"), table_name="test_attachments")
    op.drop_index(op.f("ix_test_attachments_case_execution_id"), table_name="test_attachments")
    op.drop_table("test_attachments")
    op.drop_index(op.f("ix_test_case_executions_release_id"), table_name="test_case_executions")
    op.drop_index(
        "ix_test_case_executions_open",
        table_name="test_case_executions",
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(op.f("ix_test_case_executions_job_key"), table_name="test_case_executions")
    op.drop_index(op.f("ix_test_case_executions_job_id"), table_name="test_case_executions")
    op.drop_index(op.f("ix_test_case_executions_folder_id"), table_name="test_case_executions")
    op.drop_index("ix_test_case_executions_folder", table_name="test_case_executions")
    op.drop_index(op.f("ix_test_case_executions_execution_id"), table_name="test_case_executions")
    op.drop_index(op.f("ix_test_case_executions_case_id"), table_name="test_case_executions")
    op.drop_table("test_case_executions")
    op.drop_index(op.f("ix_test_set_packages_set_id"), table_name="test_set_packages")
    op.drop_table("test_set_packages")
    op.drop_index(op.f("ix_test_set_executions_set_id"), table_name="test_set_executions")
    op.drop_index(op.f("ix_test_set_executions_folder_id"), table_name="test_set_executions")
    op.drop_index("ix_test_set_executions_folder", table_name="test_set_executions")
    op.drop_index(op.f("ix_test_set_executions_batch_execution_key"), table_name="test_set_executions")
    op.drop_table("test_set_executions")
    op.drop_index(op.f("ix_test_set_cases_set_id"), table_name="test_set_cases")
    op.drop_index(op.f("ix_test_set_cases_release_id"), table_name="test_set_cases")
    op.drop_index(op.f("ix_test_set_cases_definition_id"), table_name="test_set_cases")
    op.drop_table("test_set_cases")
    op.drop_index(op.f("ix_test_set_arguments_set_id"), table_name="test_set_arguments")
    op.drop_table("test_set_arguments")
    op.drop_index(op.f("ix_test_sets_tenant_id"), table_name="test_sets")
    op.drop_index(op.f("ix_test_sets_robot_id"), table_name="test_sets")
    op.drop_index(op.f("ix_test_sets_folder_id"), table_name="test_sets")
    op.drop_index(op.f("ix_test_sets_environment_id"), table_name="test_sets")
    op.drop_table("test_sets")
    op.drop_index(op.f("ix_test_case_versions_package_id"), table_name="test_case_versions")
    op.drop_table("test_case_versions")
    op.drop_table("test_case_packages")
    op.drop_index(op.f("ix_test_case_definitions_unique_id"), table_name="test_case_definitions")
    op.drop_table("test_case_definitions")
    # ### end Alembic commands ###
