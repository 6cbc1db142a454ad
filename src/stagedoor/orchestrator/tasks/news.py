"""What webhooks are told of tasks: which one it is and where it stands, and nothing of its data."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.orchestrator.events import EventSource, announce_from
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import TASK_PRIORITY, TASK_STATUS, TASK_TYPE, Happening
from stagedoor.orchestrator.webhooks.schemas import EventType

_EVENTS = {
    Happening.CREATED: EventType.TASK_CREATED,
    Happening.ASSIGNED: EventType.TASK_ASSIGNED,
    Happening.REASSIGNED: EventType.TASK_ASSIGNED,
    Happening.UNASSIGNED: EventType.TASK_ASSIGNED,
    Happening.SAVED: EventType.TASK_SAVED,
    Happening.BULK_SAVED: EventType.TASK_SAVED,
    Happening.FORWARDED: EventType.TASK_FORWARDED,
    Happening.COMPLETED: EventType.TASK_COMPLETED,
    Happening.BULK_COMPLETED: EventType.TASK_COMPLETED,
    Happening.DELETED: EventType.TASK_DELETED,
}


def tell_of_task(session: Session, task: Task, happening: Happening, at: datetime, user_number: int | None) -> None:
    """Tell webhooks what happened to a task, if it is one of the vendor's events."""
    event_type = _EVENTS.get(happening)
    if event_type is None:
        return
    source = EventSource(
        session=session, tenant_id=task.tenant_id, at=at, folder_id=task.folder_id, user_number=user_number
    )
    announce_from(source, event_type, lambda: {"Tasks": [_describe(task)]})


def _describe(task: Task) -> dict[str, Any]:
    return {
        "Id": task.id,
        "Key": task.key,
        "Title": task.title,
        "Type": TASK_TYPE.word(task.type),
        "Status": TASK_STATUS.word(task.status),
        "Priority": TASK_PRIORITY.word(task.priority),
        "Action": task.action,
        "TaskCatalogId": task.catalog_id,
        "ExternalTag": task.external_tag,
        "AssignedToUserId": task.assigned_to_user_number,
        "CreationTime": task.created_at,
        "CompletionTime": task.completed_at,
    }
