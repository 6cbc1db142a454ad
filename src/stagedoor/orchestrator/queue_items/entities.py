"""How a queue item looks in the vendor's API."""

from typing import Any

import orjson
from sqlalchemy import ColumnElement, select

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import (
    Borrowed,
    ComplexType,
    Computed,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
    Revealed,
)
from stagedoor.orchestrator.folder_links import path_of
from stagedoor.orchestrator.people import Person
from stagedoor.orchestrator.queue_definitions.entities import QUEUE_DEFINITION
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.reviewers import REVIEWER
from stagedoor.orchestrator.queue_items.schemas import (
    EXCEPTION_TYPE,
    PRIORITY,
    REVIEW_STATUS,
    STATUS,
    show_row_version,
)
from stagedoor.orchestrator.queue_items.sealing import (
    Content,
    reveal_analytics,
    reveal_output,
    reveal_specific_content,
)
from stagedoor.orchestrator.robots.entities import ROBOT
from stagedoor.orchestrator.robots.models import Robot

TOP_MAX = 100

CONTENT = ComplexType("QueueItemContent", open=True)
PROCESSING_EXCEPTION = ComplexType(
    "ProcessingExceptionDto",
    (
        Property("Reason", EdmType.STRING),
        Property("Details", EdmType.STRING),
        Property("Type", EXCEPTION_TYPE),
        Property("AssociatedImageFilePath", EdmType.STRING),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET),
    ),
)
ERROR = ComplexType("QueueItemErrorDto", open=True)


def _specific_data(call: Call, plain: Content | None, sealed: str | None, key: str) -> str | None:
    return _as_data(reveal_specific_content(call, plain, sealed, key))


def _output_data(call: Call, plain: Content | None, sealed: str | None, key: str) -> str | None:
    return _as_data(reveal_output(call, plain, sealed, key))


def _analytics_data(call: Call, plain: Content | None, sealed: str | None, key: str) -> str | None:
    return _as_data(reveal_analytics(call, plain, sealed, key))


def _as_data(content: Content | None) -> str | None:
    # The vendor's text form of an open type puts its members under this name; clients read them from there.
    return None if content is None else orjson.dumps({"DynamicProperties": content}).decode()


_SPECIFIC = (QueueItem.specific_content, QueueItem.sealed_specific_content, QueueItem.key)
_OUTPUT = (QueueItem.output, QueueItem.sealed_output, QueueItem.key)
_ANALYTICS = (QueueItem.analytics, QueueItem.sealed_analytics, QueueItem.key)


def _is_encrypted(item: Any) -> ColumnElement[bool]:
    encrypted = select(QueueDefinition.encrypted).where(QueueDefinition.id == item.queue_id)
    return encrypted.correlate_except(QueueDefinition).scalar_subquery()


QUEUE_ITEM = EntityType(
    "QueueItemDto",
    QueueItem,
    (
        Property("QueueDefinitionId", EdmType.INT64, QueueItem.queue_id, nullable=False, writable=False),
        # The vendor's Python client filters by this name, which its document leaves out.
        Property("QueueDefinitionName", EdmType.STRING, Borrowed("QueueDefinition", "Name"), writable=False),
        Property("ProcessingException", PROCESSING_EXCEPTION, QueueItem.processing_exception, writable=False),
        Property("Error", ERROR, writable=False),
        Property("Encrypted", EdmType.BOOLEAN, Expression(_is_encrypted), nullable=False, writable=False),
        Property("SpecificContent", CONTENT, Revealed(reveal_specific_content, *_SPECIFIC)),
        Property("Output", CONTENT, Revealed(reveal_output, *_OUTPUT), writable=False),
        Property("OutputData", EdmType.STRING, Revealed(_output_data, *_OUTPUT), writable=False),
        Property("Analytics", CONTENT, Revealed(reveal_analytics, *_ANALYTICS), writable=False),
        Property("AnalyticsData", EdmType.STRING, Revealed(_analytics_data, *_ANALYTICS), writable=False),
        Property("Status", STATUS, QueueItem.status, nullable=False, writable=False),
        Property("ReviewStatus", REVIEW_STATUS, QueueItem.review_status, nullable=False, writable=False),
        Property("ReviewerUserId", EdmType.INT64, QueueItem.reviewer_user_number, writable=False),
        Property("Key", EdmType.GUID, QueueItem.key, nullable=False, writable=False),
        Property("Reference", EdmType.STRING, QueueItem.reference, folded=QueueItem.reference_folded),
        Property("ProcessingExceptionType", EXCEPTION_TYPE, QueueItem.processing_exception_type, writable=False),
        Property("DueDate", EdmType.DATE_TIME_OFFSET, QueueItem.due_date),
        Property("RiskSlaDate", EdmType.DATE_TIME_OFFSET, QueueItem.risk_sla_date),
        Property("Priority", PRIORITY, QueueItem.priority, nullable=False),
        Property("RobotId", EdmType.INT64, QueueItem.robot_id, writable=False),
        Property("CreatorJobKey", EdmType.GUID, QueueItem.creator_job_key, writable=False),
        Property("ExecutorJobKey", EdmType.GUID, QueueItem.executor_job_key, writable=False),
        Property("DeferDate", EdmType.DATE_TIME_OFFSET, QueueItem.defer_date),
        Property("StartProcessing", EdmType.DATE_TIME_OFFSET, QueueItem.start_processing, writable=False),
        Property("EndProcessing", EdmType.DATE_TIME_OFFSET, QueueItem.end_processing, writable=False),
        Property(
            "SecondsInPreviousAttempts",
            EdmType.INT32,
            QueueItem.seconds_in_previous_attempts,
            nullable=False,
            writable=False,
        ),
        Property("AncestorId", EdmType.INT64, QueueItem.ancestor_id, writable=False),
        Property("AncestorUniqueKey", EdmType.GUID, QueueItem.ancestor_unique_key, writable=False),
        Property("RetryNumber", EdmType.INT32, QueueItem.retry_number, nullable=False, writable=False),
        Property("ManualAncestorId", EdmType.INT64, QueueItem.manual_ancestor_id, writable=False),
        Property("ManualAncestorUniqueKey", EdmType.GUID, QueueItem.manual_ancestor_unique_key, writable=False),
        Property("ManualRetryNumber", EdmType.INT32, QueueItem.manual_retry_number, nullable=False, writable=False),
        Property("UniqueKey", EdmType.GUID, QueueItem.unique_key, nullable=False, writable=False),
        Property("HasVideoRecorded", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("SpecificData", EdmType.STRING, Revealed(_specific_data, *_SPECIFIC), writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, QueueItem.created_at, nullable=False, writable=False),
        Property("Progress", EdmType.STRING, QueueItem.progress),
        Property("RowVersion", EdmType.STRING, Computed(show_row_version, QueueItem.row_version), writable=False),
        Property("ParentOperationId", EdmType.STRING, QueueItem.parent_operation_id),
        Property("OperationId", EdmType.STRING, QueueItem.operation_id, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, QueueItem.folder_id, nullable=False, writable=False),
        Property(
            "OrganizationUnitFullyQualifiedName",
            EdmType.STRING,
            Expression(lambda item: path_of(item.folder_id)),
            writable=False,
        ),
        Property("Id", EdmType.INT64, QueueItem.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("QueueDefinition", lambda: QUEUE_DEFINITION, QueueItem.queue_id, QueueDefinition.id),
        Navigation("Robot", lambda: ROBOT, QueueItem.robot_id, Robot.id),
        Navigation("ReviewerUser", lambda: REVIEWER, QueueItem.reviewer_user_number, Person.number),
    ),
)

QUEUE_ITEMS = EntitySet(
    "QueueItems", QUEUE_ITEM, top_max=TOP_MAX, counts_always=False, first_by=(QueueItem.created_at,)
)

EXPORTED_ITEMS = EntitySet("QueueItems", QUEUE_ITEM, counts_always=False, first_by=(QueueItem.created_at,))
"""The same list for files, whose pages are nobody's but the file's."""
