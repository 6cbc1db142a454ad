"""How tasks, their assignments, notes and history look in the vendor's OData API."""

from typing import Any

from sqlalchemy import ColumnElement, select

from stagedoor.orchestrator.entity import (
    Borrowed,
    ComplexType,
    EdmType,
    EntitySet,
    EntityType,
    EnumType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.people import PERSON, Person
from stagedoor.orchestrator.tags import tags_property
from stagedoor.orchestrator.task_catalogs.models import TaskCatalog
from stagedoor.orchestrator.tasks.models import Task, TaskActivity, TaskAssignment, TaskNote
from stagedoor.orchestrator.tasks.schemas import (
    ACTIVITY_TYPE,
    ASSIGNMENT_CRITERIA,
    TASK_PRIORITY,
    TASK_STATUS,
    TASK_TYPE,
    Status,
)

SLA_MOMENT = EnumType("TaskSlaCriteria", {"TaskCreated": 0, "TaskAssigned": 1, "TaskCompleted": 2})
SLA_STATUS = EnumType("TaskSlaStatus", {"OverdueLater": 0, "OverdueSoon": 1, "Overdue": 2, "CompletedInTime": 3})
TASK_SLA_DETAIL = ComplexType(
    "TaskSlaDetailDto",
    (
        Property("expiryTime", EdmType.DATE_TIME_OFFSET),
        Property("startCriteria", SLA_MOMENT),
        Property("endCriteria", SLA_MOMENT),
        Property("status", SLA_STATUS),
    ),
)


def _catalog_name(task: Any) -> ColumnElement[str]:
    name = select(TaskCatalog.name).where(TaskCatalog.id == task.catalog_id)
    return name.correlate_except(TaskCatalog).scalar_subquery()


TASK: EntityType = EntityType(
    "TaskDto",
    Task,
    (
        Property("Status", TASK_STATUS, Task.status, nullable=False, writable=False),
        Property("TaskAssignmentCriteria", ASSIGNMENT_CRITERIA, Task.assignment_criteria, writable=False),
        Property("TaskCatalogName", EdmType.STRING, Expression(_catalog_name), writable=False),
        Property(
            "IsCompleted",
            EdmType.BOOLEAN,
            Expression(lambda task: task.status == int(Status.COMPLETED)),
            nullable=False,
            writable=False,
        ),
        Property("BulkFormLayoutId", EdmType.INT64, Task.bulk_form_layout_id, writable=False),
        Property("FormLayoutId", EdmType.INT64, Task.form_layout_id, writable=False),
        Property("Encrypted", EdmType.BOOLEAN, Task.is_encrypted, nullable=False, writable=False),
        tags_property(Task.tags),
        Property("Action", EdmType.STRING, Task.action, writable=False),
        Property("TaskSlaDetail", TASK_SLA_DETAIL, writable=False),
        Property("TaskAssigneeName", EdmType.STRING, Borrowed("AssignedToUser", "displayName"), writable=False),
        Property("Title", EdmType.STRING, Task.title, nullable=False),
        Property("Type", TASK_TYPE, Task.type, nullable=False, writable=False),
        Property("Priority", TASK_PRIORITY, Task.priority, nullable=False),
        Property("AssignedToUserId", EdmType.INT64, Task.assigned_to_user_number, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, Task.folder_id, nullable=False, writable=False),
        Property("ExternalTag", EdmType.STRING, Task.external_tag),
        Property("CreatorJobKey", EdmType.GUID, Task.creator_job_key, writable=False),
        Property("WaitJobKey", EdmType.GUID, writable=False),
        Property("LastAssignedTime", EdmType.DATE_TIME_OFFSET, Task.last_assigned_at, writable=False),
        Property("CompletionTime", EdmType.DATE_TIME_OFFSET, Task.completed_at, writable=False),
        Property("ParentOperationId", EdmType.STRING, Task.parent_operation_id, writable=False),
        Property("Key", EdmType.GUID, Task.key, nullable=False, writable=False),
        Property(
            "IsDeleted",
            EdmType.BOOLEAN,
            Expression(lambda task: task.deleted_at.is_not(None)),
            nullable=False,
            writable=False,
        ),
        Property("DeleterUserId", EdmType.INT64, Task.deleter_user_number, writable=False),
        Property("DeletionTime", EdmType.DATE_TIME_OFFSET, Task.deleted_at, writable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, Task.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, Task.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Task.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, Task.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, Task.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("AssignedToUser", lambda: PERSON, Task.assigned_to_user_number, Person.number),
        Navigation("CreatorUser", lambda: PERSON, Task.creator_user_number, Person.number),
        Navigation("LastModifierUser", lambda: PERSON, Task.modifier_user_number, Person.number),
        Navigation("Activities", lambda: TASK_ACTIVITY, Task.id, TaskActivity.task_id, collection=True),
        Navigation("TaskAssignments", lambda: TASK_ASSIGNMENT, Task.id, TaskAssignment.task_id, collection=True),
    ),
)

TASK_ASSIGNMENT: EntityType = EntityType(
    "TaskAssignmentDto",
    TaskAssignment,
    (Property("id", EdmType.INT64, TaskAssignment.id, nullable=False, writable=False),),
    key="id",
    navigations=(
        Navigation("assignee", lambda: PERSON, TaskAssignment.user_number, Person.number),
        Navigation("task", lambda: TASK, TaskAssignment.task_id, Task.id),
    ),
)

TASK_NOTE: EntityType = EntityType(
    "TaskNoteDto",
    TaskNote,
    (
        Property("Key", EdmType.GUID, TaskNote.key, nullable=False, writable=False),
        Property("TenantId", EdmType.INT32, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, TaskNote.folder_id, nullable=False, writable=False),
        Property("TaskId", EdmType.INT64, TaskNote.task_id, nullable=False),
        Property("Text", EdmType.STRING, TaskNote.text, nullable=False),
        Property("CreatorUserId", EdmType.INT64, TaskNote.creator_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, TaskNote.created_at, nullable=False, writable=False),
        Property("Id", EdmType.INT64, TaskNote.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("CreatorUser", lambda: PERSON, TaskNote.creator_user_number, Person.number),
        Navigation("LastModifierUser", lambda: PERSON, TaskNote.creator_user_number, Person.number),
    ),
)

TASK_ACTIVITY: EntityType = EntityType(
    "TaskActivityDto",
    TaskActivity,
    (
        Property("Key", EdmType.GUID, TaskActivity.key, nullable=False, writable=False),
        Property("TenantId", EdmType.INT32, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, TaskActivity.folder_id, nullable=False, writable=False),
        Property("TaskId", EdmType.INT64, TaskActivity.task_id, nullable=False, writable=False),
        Property("TaskKey", EdmType.GUID, TaskActivity.task_key, nullable=False, writable=False),
        Property("ActivityType", ACTIVITY_TYPE, TaskActivity.type, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, TaskActivity.creator_user_number, writable=False),
        Property("TargetUserId", EdmType.INT64, TaskActivity.target_user_number, writable=False),
        Property("TaskNoteId", EdmType.INT64, TaskActivity.note_id, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, TaskActivity.created_at, nullable=False, writable=False),
        Property("Id", EdmType.INT64, TaskActivity.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("CreatorUser", lambda: PERSON, TaskActivity.creator_user_number, Person.number),
        Navigation("TargetUser", lambda: PERSON, TaskActivity.target_user_number, Person.number),
        Navigation("Task", lambda: TASK, TaskActivity.task_id, Task.id),
        Navigation("TaskNote", lambda: TASK_NOTE, TaskActivity.note_id, TaskNote.id),
    ),
)

TASKS = EntitySet("Tasks", TASK)
TASK_NOTES = EntitySet("TaskNotes", TASK_NOTE)
TASK_ACTIVITIES = EntitySet("TaskActivities", TASK_ACTIVITY)
