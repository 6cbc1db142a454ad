"""tasks with their catalogues, definitions and history, and how long things are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_catalogs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_catalogs")),
        sa.UniqueConstraint("key", name=op.f("uq_task_catalogs_key")),
    )
    op.create_index(op.f("ix_task_catalogs_tenant_id"), "task_catalogs", ["tenant_id"], unique=False)
    op.create_table(
        "task_definitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("name_folded", sa.String(length=150), nullable=False),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_definitions")),
        sa.UniqueConstraint("key", name=op.f("uq_task_definitions_key")),
        sa.UniqueConstraint("tenant_id", "name_folded", name=op.f("uq_task_definitions_tenant_id_name_folded")),
    )
    op.create_table(
        "task_catalog_folders",
        sa.Column("catalog_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_folded", sa.String(length=150), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"],
            ["task_catalogs.id"],
            name=op.f("fk_task_catalog_folders_catalog_id_task_catalogs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_task_catalog_folders_folder_id_folders")),
        sa.PrimaryKeyConstraint("catalog_id", "folder_id", name=op.f("pk_task_catalog_folders")),
        sa.UniqueConstraint("folder_id", "name_folded", name=op.f("uq_task_catalog_folders_folder_id_name_folded")),
    )
    op.create_index(op.f("ix_task_catalog_folders_folder_id"), "task_catalog_folders", ["folder_id"], unique=False)
    op.create_table(
        "task_definition_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=True),
        sa.Column("allowed_actions", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("creator_key", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["task_definitions.id"],
            name=op.f("fk_task_definition_versions_definition_id_task_definitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_definition_versions")),
        sa.UniqueConstraint("definition_id", "version", name=op.f("uq_task_definition_versions_definition_id_version")),
    )
    op.create_table(
        "task_retention",
        sa.Column("catalog_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("bucket_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["catalog_id"],
            ["task_catalogs.id"],
            name=op.f("fk_task_retention_catalog_id_task_catalogs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_retention")),
        sa.UniqueConstraint("catalog_id", "kind", name=op.f("uq_task_retention_catalog_id_kind")),
    )
    op.create_index(op.f("ix_task_retention_tenant_id"), "task_retention", ["tenant_id"], unique=False)
    op.create_table(
        "release_retention",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("bucket_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_release_retention_release_id_releases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_retention")),
        sa.UniqueConstraint("release_id", "kind", name=op.f("uq_release_retention_release_id_kind")),
    )
    op.create_index(op.f("ix_release_retention_tenant_id"), "release_retention", ["tenant_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("sealed_data", sa.Text(), nullable=True),
        sa.Column("action", sa.String(length=512), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("catalog_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("external_tag", sa.String(length=512), nullable=True),
        sa.Column("parent_operation_id", sa.String(length=128), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("creator_job_key", sa.String(length=36), nullable=True),
        sa.Column("form_layout", sa.Text(), nullable=True),
        sa.Column("form_layout_id", sa.BigInteger(), nullable=True),
        sa.Column("bulk_form_layout_id", sa.BigInteger(), nullable=True),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("quick_form", sa.Text(), nullable=True),
        sa.Column("definition_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignment_criteria", sa.Integer(), nullable=False),
        sa.Column("assigned_to_user_number", sa.BigInteger(), nullable=True),
        sa.Column("last_assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("processing_seconds", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by_user_number", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifier_user_number", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleter_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["catalog_id"], ["task_catalogs.id"], name=op.f("fk_tasks_catalog_id_task_catalogs")),
        sa.ForeignKeyConstraint(
            ["definition_version_id"],
            ["task_definition_versions.id"],
            name=op.f("fk_tasks_definition_version_id_task_definition_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_tasks_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("key", name=op.f("uq_tasks_key")),
    )
    op.create_index("ix_tasks_assignee", "tasks", ["tenant_id", "assigned_to_user_number", "status"], unique=False)
    op.create_index(op.f("ix_tasks_catalog_id"), "tasks", ["catalog_id"], unique=False)
    op.create_index(op.f("ix_tasks_definition_version_id"), "tasks", ["definition_version_id"], unique=False)
    op.create_index("ix_tasks_folder", "tasks", ["tenant_id", "folder_id", "id"], unique=False)
    op.create_index(op.f("ix_tasks_folder_id"), "tasks", ["folder_id"], unique=False)
    op.create_index("ix_tasks_folder_status", "tasks", ["tenant_id", "folder_id", "status", "id"], unique=False)
    op.create_table(
        "queue_retention",
        sa.Column("queue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("bucket_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["queue_definitions.id"],
            name=op.f("fk_queue_retention_queue_id_queue_definitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_retention")),
        sa.UniqueConstraint("queue_id", "kind", name=op.f("uq_queue_retention_queue_id_kind")),
    )
    op.create_index(op.f("ix_queue_retention_tenant_id"), "queue_retention", ["tenant_id"], unique=False)
    op.create_table(
        "task_assignments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_number", sa.BigInteger(), nullable=False),
        sa.Column("criteria", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_assignments_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_assignments")),
    )
    op.create_index("ix_task_assignments_person", "task_assignments", ["tenant_id", "user_number"], unique=False)
    op.create_index(op.f("ix_task_assignments_task_id"), "task_assignments", ["task_id"], unique=False)
    op.create_table(
        "task_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("text", sa.String(length=512), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_task_notes_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_notes_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_notes")),
        sa.UniqueConstraint("key", name=op.f("uq_task_notes_key")),
    )
    op.create_index(op.f("ix_task_notes_folder_id"), "task_notes", ["folder_id"], unique=False)
    op.create_index(op.f("ix_task_notes_task_id"), "task_notes", ["task_id"], unique=False)
    op.create_table(
        "task_activities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_key", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_user_number", sa.BigInteger(), nullable=True),
        sa.Column("target_user_number", sa.BigInteger(), nullable=True),
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_task_activities_folder_id_folders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["task_notes.id"], name=op.f("fk_task_activities_note_id_task_notes"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_activities_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_activities")),
        sa.UniqueConstraint("key", name=op.f("uq_task_activities_key")),
    )
    op.create_index(op.f("ix_task_activities_folder_id"), "task_activities", ["folder_id"], unique=False)
    op.create_index(op.f("ix_task_activities_note_id"), "task_activities", ["note_id"], unique=False)
    op.create_index(op.f("ix_task_activities_task_id"), "task_activities", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_task_activities_task_id"), table_name="task_activities")
    op.drop_index(op.f("ix_task_activities_note_id"), table_name="task_activities")
    op.drop_index(op.f("ix_task_activities_folder_id"), table_name="task_activities")
    op.drop_table("task_activities")
    op.drop_index(op.f("ix_task_notes_task_id"), table_name="task_notes")
    op.drop_index(op.f("ix_task_notes_folder_id"), table_name="task_notes")
    op.drop_table("task_notes")
    op.drop_index(op.f("ix_task_assignments_task_id"), table_name="task_assignments")
    op.drop_index("ix_task_assignments_person", table_name="task_assignments")
    op.drop_table("task_assignments")
    op.drop_index(op.f("ix_queue_retention_tenant_id"), table_name="queue_retention")
    op.drop_table("queue_retention")
    op.drop_index("ix_tasks_folder_status", table_name="tasks")
    op.drop_index(op.f("ix_tasks_folder_id"), table_name="tasks")
    op.drop_index("ix_tasks_folder", table_name="tasks")
    op.drop_index(op.f("ix_tasks_definition_version_id"), table_name="tasks")
    op.drop_index(op.f("ix_tasks_catalog_id"), table_name="tasks")
    op.drop_index("ix_tasks_assignee", table_name="tasks")
    op.drop_table("tasks")
    op.drop_index(op.f("ix_release_retention_tenant_id"), table_name="release_retention")
    op.drop_table("release_retention")
    op.drop_index(op.f("ix_task_retention_tenant_id"), table_name="task_retention")
    op.drop_table("task_retention")
    op.drop_table("task_definition_versions")
    op.drop_index(op.f("ix_task_catalog_folders_folder_id"), table_name="task_catalog_folders")
    op.drop_table("task_catalog_folders")
    op.drop_table("task_definitions")
    op.drop_index(op.f("ix_task_catalogs_tenant_id"), table_name="task_catalogs")
    op.drop_table("task_catalogs")
