"""The vendor's words around tasks, and what a caller sends of one, whatever its type."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_guid,
    find_integer,
    find_integers,
    find_object,
    find_objects,
    find_text,
    find_texts,
    get_object,
    get_required,
    get_text,
)
from stagedoor.orchestrator.tags import find_tags
from stagedoor.orchestrator.task_catalogs.schemas import NAME_LENGTH_MAX

TITLE_LENGTH_MAX = 512
NOTE_LENGTH_MAX = 512
ASSIGNEE_LENGTH_MAX = 256


class Type(IntEnum):
    """What kind of work a task is; the numbers are the vendor's."""

    FORM = 0
    EXTERNAL = 1
    DOCUMENT_VALIDATION = 2
    DOCUMENT_CLASSIFICATION = 3
    DATA_LABELING = 4
    APP = 5
    QUICK_FORM = 6


class Status(IntEnum):
    """Where a task stands; the numbers are the vendor's."""

    UNASSIGNED = 0
    PENDING = 1
    COMPLETED = 2


class Criteria(IntEnum):
    """How the person is chosen who a task is assigned to."""

    SINGLE_USER = 0
    WORKLOAD = 1
    ALL_USERS = 2
    HIERARCHY = 3
    ROUND_ROBIN = 4


class Happening(IntEnum):
    """What can happen to a task."""

    CREATED = 0
    ASSIGNED = 1
    REASSIGNED = 2
    UNASSIGNED = 3
    SAVED = 4
    FORWARDED = 5
    COMPLETED = 6
    COMMENTED = 7
    DELETED = 8
    BULK_SAVED = 9
    BULK_COMPLETED = 10
    FIRST_OPENED = 11


class Priority(IntEnum):
    """How urgent a task is."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2
    CRITICAL = 3


TASK_TYPE = EnumType(
    "TaskType",
    {
        "FormTask": Type.FORM,
        "ExternalTask": Type.EXTERNAL,
        "DocumentValidationTask": Type.DOCUMENT_VALIDATION,
        "DocumentClassificationTask": Type.DOCUMENT_CLASSIFICATION,
        "DataLabelingTask": Type.DATA_LABELING,
        "AppTask": Type.APP,
        # Not in the vendor's document; its Python client makes such tasks, by the number.
        "QuickFormTask": Type.QUICK_FORM,
    },
)
TASK_STATUS = EnumType(
    "TaskStatus",
    {"Unassigned": Status.UNASSIGNED, "Pending": Status.PENDING, "Completed": Status.COMPLETED},
)
TASK_PRIORITY = EnumType(
    "TaskPriority",
    {"Low": Priority.LOW, "Medium": Priority.MEDIUM, "High": Priority.HIGH, "Critical": Priority.CRITICAL},
)
ASSIGNMENT_CRITERIA = EnumType(
    "TaskAssignmentCriteria",
    {
        "SingleUser": Criteria.SINGLE_USER,
        "Workload": Criteria.WORKLOAD,
        "AllUsers": Criteria.ALL_USERS,
        "Hierarchy": Criteria.HIERARCHY,
        # In the vendor's documentation and its Python client, not in its document.
        "RoundRobin": Criteria.ROUND_ROBIN,
    },
)
ACTIVITY_TYPE = EnumType(
    "TaskActivityType",
    {
        "Created": Happening.CREATED,
        "Assigned": Happening.ASSIGNED,
        "Reassigned": Happening.REASSIGNED,
        "Unassigned": Happening.UNASSIGNED,
        "Saved": Happening.SAVED,
        "Forwarded": Happening.FORWARDED,
        "Completed": Happening.COMPLETED,
        "Commented": Happening.COMMENTED,
        "Deleted": Happening.DELETED,
        "BulkSaved": Happening.BULK_SAVED,
        "BulkCompleted": Happening.BULK_COMPLETED,
        "FirstOpened": Happening.FIRST_OPENED,
    },
)
SOURCE_NAME = EnumType("TaskSourceName", {"Default": 0, "Agent": 1, "Workflow": 2, "Maestro": 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task that is to be made. ``details`` are the columns of its type alone, by name."""

    type: Type
    title: str
    priority: int
    data: dict[str, Any] | None
    catalog_name: str | None
    external_tag: str | None
    tags: list[dict[str, Any]] | None
    parent_operation_id: str | None
    source: dict[str, Any] | None
    creator_job_key: str | None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """That a task is to be somebody's: one person by number or by name, or some of several by a criterion."""

    task_id: int
    user_number: int | None
    user_name: str | None
    criteria: int | None
    user_numbers: Sequence[int]
    user_names: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is changed of a task beside its data; ``None`` where nothing was said."""

    title: str | None
    priority: int | None
    catalog_id: int | None
    leaves_catalog: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Completion:
    """That a task is done: what was filled in, and which way it was decided."""

    task_id: int
    data: dict[str, Any] | None
    action: str | None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """The same change of several tasks; with an ``action`` they are completed by it."""

    task_ids: Sequence[int]
    data: dict[str, Any]
    action: str | None
    metadata: Metadata


def read_new_task(body: Body, task_type: Type, **details: Any) -> NewTask:
    """Read what every type of task has; ``details`` are its type's own."""
    priority = find_enum(body, "priority", TASK_PRIORITY)
    return NewTask(
        type=task_type,
        title=get_required(find_text(body, "title", length_max=TITLE_LENGTH_MAX), "title"),
        priority=Priority.MEDIUM if priority is None else priority,
        data=find_object(body, "data"),
        catalog_name=find_text(body, "taskCatalogName", length_max=NAME_LENGTH_MAX) or None,
        external_tag=find_text(body, "externalTag", length_max=512),
        tags=find_tags(body, "tags"),
        parent_operation_id=find_text(body, "parentOperationId", length_max=128),
        source=_find_source(body),
        creator_job_key=find_guid(body, "creatorJobKey"),
        details=details,
    )


def _find_source(body: Body) -> dict[str, Any] | None:
    if body.get("taskSource") is None:
        return None
    source = get_object(body, "taskSource")
    name = find_enum(source, "sourceName", SOURCE_NAME)
    return {
        "sourceName": SOURCE_NAME.word(name or 0),
        "sourceId": find_text(source, "sourceId", length_max=512),
        "taskSourceMetadata": find_object(source, "taskSourceMetadata"),
    }


def read_orders(body: Body) -> list[Order]:
    """Read to whom tasks are to be assigned; each order has to name a task and somebody."""
    return [read_order(order) for order in get_required(find_objects(body, "taskAssignments"), "taskAssignments")]


def read_order(body: Body) -> Order:
    """Read to whom one task is to be assigned."""
    names = find_texts(body, "AssigneeNamesOrEmails") or []
    if any(len(name) > ASSIGNEE_LENGTH_MAX or "\0" in name for name in names):
        raise InvalidRequest(
            f"A name may have {ASSIGNEE_LENGTH_MAX} characters.", details={"field": "AssigneeNamesOrEmails"}
        )
    order = Order(
        task_id=get_required(find_integer(body, "TaskId", least=1), "TaskId"),
        user_number=find_integer(body, "UserId") or None,
        user_name=find_text(body, "UserNameOrEmail", length_max=ASSIGNEE_LENGTH_MAX) or None,
        criteria=find_enum(body, "AssignmentCriteria", ASSIGNMENT_CRITERIA),
        user_numbers=find_integers(body, "AssigneeUserIds") or [],
        user_names=names,
    )
    if not (order.user_number or order.user_name or order.user_numbers or order.user_names):
        raise InvalidRequest(
            "Nobody is named to assign the task to.",
            hint="Name somebody by UserId or UserNameOrEmail, or several by AssigneeNamesOrEmails or AssigneeUserIds.",
            details={"field": "UserId"},
        )
    return order


def read_task_ids(body: Body) -> list[int]:
    """Read which tasks are meant, each once."""
    return list(dict.fromkeys(get_required(find_integers(body, "taskIds"), "taskIds")))


def read_metadata(body: Body) -> Metadata:
    """Read what is changed of a task beside its data."""
    return Metadata(
        title=find_text(body, "title", length_max=TITLE_LENGTH_MAX),
        priority=find_enum(body, "priority", TASK_PRIORITY),
        catalog_id=find_integer(body, "taskCatalogId") or None,
        leaves_catalog=bool(find_boolean(body, "unsetTaskCatalog")),
        note=find_note(body),
    )


def find_note(body: Body) -> str | None:
    """Return a remark that is to be written beside a change, if there is one."""
    return find_text(body, "noteText", length_max=NOTE_LENGTH_MAX) or None


def read_completion(body: Body) -> Completion:
    """Read what a task is completed with."""
    return Completion(
        get_required(find_integer(body, "taskId"), "taskId"),
        find_object(body, "data"),
        find_text(body, "action", length_max=512),
    )


def read_data(body: Body) -> tuple[int, dict[str, Any]]:
    """Read which task's data is to be saved, and the data."""
    task_id = get_required(find_integer(body, "taskId"), "taskId")
    return task_id, get_required(find_object(body, "data"), "data")


def read_bulk_change(body: Body, *, completes: bool) -> BulkChange:
    """Read a change of several tasks; one that completes them has to name the action."""
    return BulkChange(
        read_task_ids(body),
        get_required(find_object(body, "data"), "data"),
        get_text(body, "action", length_max=512) if completes else None,
        read_metadata(body),
    )
