"""Which tasks have outlived their catalogue's setting, and whose settings a folder sees."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement

from stagedoor.orchestrator.retention import Kind, Retention
from stagedoor.orchestrator.task_catalogs.links import links
from stagedoor.orchestrator.task_retention.models import TaskRetention
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import Status


def _outlived(catalog_id: int, kind: int, before: datetime) -> Sequence[ColumnElement[bool]]:
    if kind == Kind.STALE:
        return (Task.catalog_id == catalog_id, Task.status == Status.UNASSIGNED, Task.created_at < before)
    return (Task.catalog_id == catalog_id, Task.status == Status.COMPLETED, Task.completed_at < before)


TASK_RETENTION = Retention(
    set_name="TaskRetention",
    entity_name="TaskRetentionSettingDto",
    field="TaskCatalogId",
    table=TaskRetention,
    thing=TaskRetention.catalog_id,
    rows=Task.id,
    outlived=_outlived,
)


def in_folder(folder_id: int) -> Sequence[ColumnElement[bool]]:
    """Return the condition that the folder sees the setting's catalogue."""
    return (links.seen_in(folder_id, TaskRetention.catalog_id),)
