"""How a task catalogue looks in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.orchestrator.buckets.models import Bucket
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.retention import ACTION, Action, Kind
from stagedoor.orchestrator.tags import tags_property
from stagedoor.orchestrator.task_catalogs.links import links
from stagedoor.orchestrator.task_catalogs.models import TaskCatalog
from stagedoor.orchestrator.task_retention.models import TaskRetention


def _of_retention(column: InstrumentedAttribute[Any]) -> Any:
    def build(catalog: Any) -> ColumnElement[Any]:
        found = select(column).where(TaskRetention.catalog_id == catalog.id, TaskRetention.kind == Kind.FINAL)
        return found.correlate_except(TaskRetention).scalar_subquery()

    return build


def _retention_action(catalog: Any) -> ColumnElement[int]:
    return func.coalesce(_of_retention(TaskRetention.action)(catalog), int(Action.NONE))


def _bucket_name(catalog: Any) -> ColumnElement[str]:
    name = select(Bucket.name).where(Bucket.id == _of_retention(TaskRetention.bucket_id)(catalog))
    return name.correlate_except(Bucket).scalar_subquery()


TASK_CATALOG = EntityType(
    "TaskCatalogDto",
    TaskCatalog,
    (
        Property("Key", EdmType.GUID, TaskCatalog.key, nullable=False, writable=False),
        Property("Name", EdmType.STRING, TaskCatalog.name, nullable=False),
        Property("Description", EdmType.STRING, TaskCatalog.description),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, TaskCatalog.created_at, nullable=False, writable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, TaskCatalog.modified_at, writable=False),
        Property(
            "FoldersCount",
            EdmType.INT32,
            Expression(lambda catalog: links.count_of(catalog.id)),
            nullable=False,
            writable=False,
        ),
        Property("Encrypted", EdmType.BOOLEAN, TaskCatalog.is_encrypted, nullable=False),
        tags_property(TaskCatalog.tags),
        Property("RetentionAction", ACTION, Expression(_retention_action)),
        Property("RetentionPeriod", EdmType.INT32, Expression(_of_retention(TaskRetention.period_days))),
        Property("RetentionBucketId", EdmType.INT64, Expression(_of_retention(TaskRetention.bucket_id))),
        Property("RetentionBucketName", EdmType.STRING, Expression(_bucket_name), writable=False),
        Property("Id", EdmType.INT64, TaskCatalog.id, nullable=False, writable=False),
    ),
)

TASK_CATALOGS = EntitySet("TaskCatalogs", TASK_CATALOG)
