"""How the state of a queue looks in the vendor's API: the queue, with numbers worked out from its items."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from stagedoor.orchestrator.entity import Computed, Constant, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.queue_definitions.entities import QUEUE_DEFINITION
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import Status
from stagedoor.orchestrator.queue_processing_records.store import (
    APPLICATION_FAILURE,
    BUSINESS_FAILURE,
    SECONDS,
    SUCCESS,
)
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.tags import tags_property


def _of_items(value: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Expression:
    def build(queue: Any) -> ColumnElement[Any]:
        of_queue = select(value).where(QueueItem.queue_id == queue.id, *conditions)
        return of_queue.correlate_except(QueueItem).scalar_subquery()

    return Expression(build)


def _count(*conditions: ColumnElement[bool]) -> Expression:
    return _of_items(func.count(QueueItem.id), *conditions)


def _seconds(*conditions: ColumnElement[bool]) -> Expression:
    return _of_items(func.coalesce(func.sum(SECONDS), 0.0), *conditions)


def _release_name(queue: Any) -> ColumnElement[str]:
    return select(Release.name).where(Release.id == queue.release_id).correlate_except(Release).scalar_subquery()


def _is_set(schema: str | None) -> bool:
    return schema is not None


def _shared(name: str, shown_as: str) -> Property:
    """Return a property of the queue itself under the name that it has here."""
    own = QUEUE_DEFINITION.find_property(name)
    if own is None:
        raise LookupError(f"a queue has no {name}")
    return Property(shown_as, own.type, own.source, own.nullable, own.filterable, writable=False)


QUEUE_PROCESSING_STATUS = EntityType(
    "QueueProcessingStatusDto",
    QueueDefinition,
    (
        Property("ItemsToProcess", EdmType.INT32, _count(QueueItem.status == Status.NEW), nullable=False),
        Property("ItemsInProgress", EdmType.INT32, _count(QueueItem.status == Status.IN_PROGRESS), nullable=False),
        _shared("Id", "QueueDefinitionId"),
        _shared("Key", "QueueDefinitionKey"),
        _shared("Name", "QueueDefinitionName"),
        _shared("Description", "QueueDefinitionDescription"),
        _shared("AcceptAutomaticallyRetry", "QueueDefinitionAcceptAutomaticallyRetry"),
        _shared("RetryAbandonedItems", "QueueDefinitionRetryAbandonedItems"),
        _shared("MaxNumberOfRetries", "QueueDefinitionMaxNumberOfRetries"),
        _shared("EnforceUniqueReference", "QueueDefinitionEnforceUniqueReference"),
        Property(
            "ProcessingMeanTime",
            EdmType.DECIMAL,
            _of_items(func.coalesce(func.avg(SECONDS), 0.0), SUCCESS),
            nullable=False,
        ),
        Property("SuccessfulTransactionsNo", EdmType.INT32, _count(SUCCESS), nullable=False),
        Property("ApplicationExceptionsNo", EdmType.INT32, _count(APPLICATION_FAILURE), nullable=False),
        Property("BusinessExceptionsNo", EdmType.INT32, _count(BUSINESS_FAILURE), nullable=False),
        Property("SuccessfulTransactionsProcessingTime", EdmType.DECIMAL, _seconds(SUCCESS), nullable=False),
        Property("ApplicationExceptionsProcessingTime", EdmType.DECIMAL, _seconds(APPLICATION_FAILURE), nullable=False),
        Property("BusinessExceptionsProcessingTime", EdmType.DECIMAL, _seconds(BUSINESS_FAILURE), nullable=False),
        Property(
            "TotalNumberOfTransactions",
            EdmType.INT32,
            _count(SUCCESS | APPLICATION_FAILURE | BUSINESS_FAILURE),
            nullable=False,
        ),
        Property("LastProcessed", EdmType.DATE_TIME_OFFSET, _of_items(func.max(QueueItem.end_processing))),
        Property("ReleaseName", EdmType.STRING, Expression(_release_name)),
        _shared("ReleaseId", "ReleaseId"),
        Property("IsProcessInCurrentFolder", EdmType.BOOLEAN, Constant(value=None)),
        Property(
            "SpecificDataJsonSchemaExists",
            EdmType.BOOLEAN,
            Computed(_is_set, QueueDefinition.specific_data_json_schema),
            nullable=False,
        ),
        Property(
            "OutputDataJsonSchemaExists",
            EdmType.BOOLEAN,
            Computed(_is_set, QueueDefinition.output_data_json_schema),
            nullable=False,
        ),
        Property(
            "AnalyticsDataJsonSchemaExists",
            EdmType.BOOLEAN,
            Computed(_is_set, QueueDefinition.analytics_data_json_schema),
            nullable=False,
        ),
        _shared("ProcessScheduleId", "ProcessScheduleId"),
        _shared("FoldersCount", "QueueFoldersCount"),
        tags_property(QueueDefinition.tags),
        _shared("Id", "Id"),
    ),
)

QUEUE_PROCESSING_STATUSES = EntitySet("QueueProcessingStatuses", QUEUE_PROCESSING_STATUS)
