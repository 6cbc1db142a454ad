"""All SQL of tasks."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from stagedoor.kit.db import Base
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.tasks.models import Task, TaskActivity, TaskAssignment, TaskNote
from stagedoor.orchestrator.tasks.schemas import Criteria, Happening, Status
from stagedoor.passage import FolderPlace, Reach


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that the task is in the folder."""
    return Task.folder_id == folder.id


def within_reach(tenant_id: str, reach: Reach) -> ColumnElement[bool]:
    """Return the condition that the task is in a folder within reach."""
    return Task.folder_id.in_(select_ids_within_reach(tenant_id, reach))


def has_id(task_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one task by its id."""
    return Task.id == task_id


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks one task by its key."""
    return Task.key == key


def is_there() -> ColumnElement[bool]:
    """Return the condition that the task was not deleted."""
    return Task.deleted_at.is_(None)


def was_forwarded_by(user_number: int) -> ColumnElement[bool]:
    """Return the condition that the person has ever passed the task on."""
    forwarded = select(TaskActivity.task_id).where(
        TaskActivity.type == Happening.FORWARDED, TaskActivity.creator_user_number == user_number
    )
    return Task.id.in_(forwarded)


def find_task(session: Session, tenant_id: str, *conditions: ColumnElement[bool], locks: bool = False) -> Task | None:
    """Return the tenant's task that meets the conditions and was not deleted.

    With ``locks`` nobody else changes it until the transaction ends, so that of two who assign it one comes too late.
    """
    found = select(Task).where(Task.tenant_id == tenant_id, is_there(), *conditions)
    return session.scalar(found.with_for_update() if locks else found)


def folder_of(session: Session, task: Task) -> Folder:
    """Return the folder that a task is in."""
    return session.get_one(Folder, task.folder_id)


def add(session: Session, row: Base) -> None:
    """Store a new row and give it its id."""
    session.add(row)
    session.flush()


def list_assigned(session: Session, task: Task) -> Sequence[int]:
    """Return the numbers of the people that the task is assigned to."""
    found = select(TaskAssignment.user_number).where(TaskAssignment.task_id == task.id)
    return session.scalars(found.order_by(TaskAssignment.id)).all()


def assign(session: Session, task: Task, user_numbers: Sequence[int], criteria: int) -> None:
    """Write down who a task is assigned to, in place of those who were."""
    session.execute(delete(TaskAssignment).where(TaskAssignment.task_id == task.id))
    for number in user_numbers:
        session.add(TaskAssignment(tenant_id=task.tenant_id, task_id=task.id, user_number=number, criteria=criteria))
    session.flush()


def count_pending(session: Session, tenant_id: str, user_numbers: Collection[int]) -> Mapping[int, int]:
    """Return how many tasks wait for each of these people alone."""
    waiting = (
        select(Task.assigned_to_user_number, func.count())
        .where(
            Task.tenant_id == tenant_id,
            Task.assigned_to_user_number.in_(user_numbers),
            Task.status == Status.PENDING,
            is_there(),
        )
        .group_by(Task.assigned_to_user_number)
    )
    return {number: count for number, count in session.execute(waiting) if number is not None}


def last_turns_of(session: Session, tenant_id: str, user_numbers: Collection[int]) -> Mapping[int, int]:
    """Return when each of these people last had their turn, as a number that grows; who never had one is left out."""
    turns = (
        select(TaskAssignment.user_number, func.max(TaskAssignment.id).label("turn"))
        .where(
            TaskAssignment.tenant_id == tenant_id,
            TaskAssignment.user_number.in_(user_numbers),
            TaskAssignment.criteria == Criteria.ROUND_ROBIN,
        )
        .group_by(TaskAssignment.user_number)
    )
    return {row.user_number: row.turn for row in session.execute(turns)}


def has_task(session: Session, tenant_id: str, folder_id: int, task_id: int) -> bool:
    """Tell whether the task is in the folder, deleted or not."""
    found = select(Task.id).where(Task.id == task_id, Task.tenant_id == tenant_id, Task.folder_id == folder_id)
    return session.scalar(found) is not None


def activities_of(task_id: int) -> ColumnElement[bool]:
    """Return the condition that picks what happened to one task."""
    return TaskActivity.task_id == task_id


def notes_of(task_id: int) -> ColumnElement[bool]:
    """Return the condition that picks the notes on one task."""
    return TaskNote.task_id == task_id


def has_note_id(note_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one note by its id."""
    return TaskNote.id == note_id
