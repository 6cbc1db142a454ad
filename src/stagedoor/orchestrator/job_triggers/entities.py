"""How the waits of jobs look in the vendor's API, briefly and with what they are for."""

from typing import Any

from sqlalchemy import ColumnElement, case

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.job_triggers.models import JobTrigger
from stagedoor.orchestrator.job_triggers.schemas import TRIGGER_STATUS, TRIGGER_TYPE, TriggerType


def _item_key(wait: Any) -> ColumnElement[Any]:
    """Return the key of what is waited for; for an inbox, and for what lies outside, the inbox's own id."""
    is_of_ours = wait.type.in_((TriggerType.TASK, TriggerType.JOB))
    return case((is_of_ours, wait.item_key), else_=wait.inbox_id)


_BOTH = (
    Property("JobId", EdmType.INT64, JobTrigger.job_id, nullable=False, writable=False),
    Property("TriggerType", TRIGGER_TYPE, JobTrigger.type, nullable=False, writable=False),
    Property("Status", TRIGGER_STATUS, JobTrigger.status, nullable=False, writable=False),
    Property("ItemKey", EdmType.GUID, Expression(_item_key), writable=False),
    Property("ItemId", EdmType.INT64, writable=False),
    Property("Timer", EdmType.DATE_TIME_OFFSET, JobTrigger.due_at, writable=False),
    Property("TriggerMessage", EdmType.STRING, writable=False),
    Property("Id", EdmType.INT64, JobTrigger.id, nullable=False, writable=False),
)

JOB_TRIGGER = EntityType(
    "JobTriggerDto",
    JobTrigger,
    (*_BOTH, Property("TriggerConfiguration", EdmType.STRING, JobTrigger.configuration, writable=False)),
)

JOB_TRIGGERS = EntitySet("JobTriggers", JOB_TRIGGER)

JOB_WAIT = EntityType(
    "JobTriggerWithWaitEventsDto",
    JobTrigger,
    (
        *_BOTH,
        Property("ItemName", EdmType.STRING, writable=False),
        Property("AssignedToUserId", EdmType.INT64, writable=False),
        Property("Name", EdmType.STRING, writable=False),
        Property("Surname", EdmType.STRING, writable=False),
        Property("UserName", EdmType.STRING, writable=False),
        Property("EmailAddress", EdmType.STRING, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, JobTrigger.created_at, nullable=False, writable=False),
        Property("ModifiedTime", EdmType.DATE_TIME_OFFSET, JobTrigger.modified_at, nullable=False, writable=False),
    ),
)

JOB_WAITS = EntitySet("JobTriggers", JOB_WAIT)
