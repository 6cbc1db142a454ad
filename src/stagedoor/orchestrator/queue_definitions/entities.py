"""How a queue looks in the vendor's API."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, column, func, select, table

from stagedoor.orchestrator.entity import (
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Property,
)
from stagedoor.orchestrator.folder_links import path_of
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.store import links
from stagedoor.orchestrator.tags import tags_property

# Triggers stand on queues and not the other way round: only these two columns of theirs are known here.
_TRIGGERS = table("process_schedules", column("id", BigInteger), column("queue_id", BigInteger))


def _trigger_of(queue: Any) -> ColumnElement[int | None]:
    first = select(func.min(_TRIGGERS.c.id)).where(_TRIGGERS.c.queue_id == queue.id)
    return first.correlate_except(_TRIGGERS).scalar_subquery()


QUEUE_DEFINITION = EntityType(
    "QueueDefinitionDto",
    QueueDefinition,
    (
        Property("Key", EdmType.GUID, QueueDefinition.key, nullable=False, writable=False),
        Property("Name", EdmType.STRING, QueueDefinition.name, nullable=False),
        Property("Description", EdmType.STRING, QueueDefinition.description),
        Property("MaxNumberOfRetries", EdmType.INT32, QueueDefinition.max_number_of_retries, nullable=False),
        Property(
            "AcceptAutomaticallyRetry", EdmType.BOOLEAN, QueueDefinition.accept_automatically_retry, nullable=False
        ),
        Property("RetryAbandonedItems", EdmType.BOOLEAN, QueueDefinition.retry_abandoned_items, nullable=False),
        Property("EnforceUniqueReference", EdmType.BOOLEAN, QueueDefinition.enforce_unique_reference, nullable=False),
        Property("Encrypted", EdmType.BOOLEAN, QueueDefinition.encrypted, nullable=False),
        Property("SpecificDataJsonSchema", EdmType.STRING, QueueDefinition.specific_data_json_schema, filterable=False),
        Property("OutputDataJsonSchema", EdmType.STRING, QueueDefinition.output_data_json_schema, filterable=False),
        Property(
            "AnalyticsDataJsonSchema", EdmType.STRING, QueueDefinition.analytics_data_json_schema, filterable=False
        ),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, QueueDefinition.created_at, nullable=False, writable=False),
        Property("ProcessScheduleId", EdmType.INT64, Expression(_trigger_of), writable=False),
        Property("SlaInMinutes", EdmType.INT32, QueueDefinition.sla_in_minutes, nullable=False),
        Property("RiskSlaInMinutes", EdmType.INT32, QueueDefinition.risk_sla_in_minutes, nullable=False),
        Property("ReleaseId", EdmType.INT64, QueueDefinition.release_id),
        Property("IsProcessInCurrentFolder", EdmType.BOOLEAN, writable=False),
        Property(
            "FoldersCount",
            EdmType.INT32,
            Expression(lambda queue: links.count_of(queue.id)),
            nullable=False,
            writable=False,
        ),
        Property("OrganizationUnitId", EdmType.INT64, QueueDefinition.folder_id, nullable=False, writable=False),
        Property(
            "OrganizationUnitFullyQualifiedName",
            EdmType.STRING,
            Expression(lambda queue: path_of(queue.folder_id)),
            writable=False,
        ),
        tags_property(QueueDefinition.tags),
        Property("Id", EdmType.INT64, QueueDefinition.id, nullable=False, writable=False),
    ),
)

QUEUE_DEFINITIONS = EntitySet("QueueDefinitions", QUEUE_DEFINITION)
