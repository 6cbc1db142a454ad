"""A task with its data, as the operations of each type answer it: a plain JSON object, no OData."""

from typing import Any

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.odata.render import show_time
from stagedoor.orchestrator.people import Person, list_people
from stagedoor.orchestrator.tasks import store
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import (
    ASSIGNMENT_CRITERIA,
    TASK_PRIORITY,
    TASK_STATUS,
    TASK_TYPE,
    Criteria,
)
from stagedoor.orchestrator.tasks.sealing import reveal_data


def show_task(call: Call, task: Task) -> dict[str, Any]:
    """Return everything that the API shows of a task of any type, its data in the clear."""
    assigned = store.list_assigned(call.session, task)
    people = _people(call.session, task, assigned)
    is_all_users = task.assignment_criteria == Criteria.ALL_USERS
    return {
        "status": TASK_STATUS.word(task.status),
        "data": reveal_data(task, call.vault),
        "action": task.action,
        "waitJobState": None,
        "organizationUnitFullyQualifiedName": store.folder_of(call.session, task).fully_qualified_name,
        "tags": task.tags or [],
        "assignedToUser": people.get(task.assigned_to_user_number),
        "taskSlaDetails": [],
        "completedByUser": people.get(task.completed_by_user_number),
        "taskAssignmentCriteria": ASSIGNMENT_CRITERIA.word(task.assignment_criteria),
        "taskAssignees": [people[number] for number in assigned if number in people],
        "isCurrentUserInAllUserAssignedGroup": is_all_users and call.caller.number in assigned,
        "taskSource": task.source,
        "processingTime": task.processing_seconds,
        "title": task.title,
        "type": TASK_TYPE.word(task.type),
        "priority": TASK_PRIORITY.word(task.priority),
        "assignedToUserId": task.assigned_to_user_number,
        "organizationUnitId": task.folder_id,
        "externalTag": task.external_tag,
        "creatorJobKey": task.creator_job_key,
        "waitJobKey": None,
        "lastAssignedTime": None if task.last_assigned_at is None else show_time(task.last_assigned_at),
        "completionTime": None if task.completed_at is None else show_time(task.completed_at),
        "parentOperationId": task.parent_operation_id,
        "key": task.key,
        "isDeleted": False,
        "deleterUserId": None,
        "deletionTime": None,
        "lastModificationTime": None if task.modified_at is None else show_time(task.modified_at),
        "lastModifierUserId": task.modifier_user_number,
        "creationTime": show_time(task.created_at),
        "creatorUserId": task.creator_user_number,
        "id": task.id,
    }


def _people(session: Session, task: Task, assigned: Any) -> dict[int | None, dict[str, Any]]:
    numbers = {*assigned, task.assigned_to_user_number, task.completed_by_user_number} - {None}
    return {person.number: _show_person(person) for person in list_people(session, task.tenant_id, numbers)}


def _show_person(person: Person) -> dict[str, Any]:
    return {
        "name": person.first_name,
        "surname": person.last_name,
        "userName": person.username,
        "emailAddress": person.email,
        "displayName": person.display_name,
        "id": person.number,
    }
