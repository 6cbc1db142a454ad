"""What may be done with tasks of any type: make, change, save, complete, delete."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.kit.chance import random_guid
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound, OrchestratorError
from stagedoor.orchestrator.job_triggers.schemas import TriggerType
from stagedoor.orchestrator.jobs.due import wait_for_task, wake
from stagedoor.orchestrator.task_catalogs.models import TaskCatalog
from stagedoor.orchestrator.task_catalogs.service import get_catalog, get_catalog_by_name
from stagedoor.orchestrator.tasks import store
from stagedoor.orchestrator.tasks.assigning import end_assignment, reassign_task
from stagedoor.orchestrator.tasks.history import Hand, remark, touch, write_down
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import (
    TASK_TYPE,
    BulkChange,
    Completion,
    Criteria,
    Happening,
    Metadata,
    NewTask,
    Order,
    Status,
    Type,
)
from stagedoor.orchestrator.tasks.sealing import put_data, reveal_data
from stagedoor.passage import FolderPlace, Reach


def create_task(session: Session, tenant_id: str, folder: FolderPlace, new: NewTask, hand: Hand) -> Task:
    """Make a task in the folder, assigned to nobody; raises ``NotFound`` for a catalogue that the folder has not."""
    catalog = None
    if new.catalog_name is not None:
        catalog = get_catalog_by_name(session, tenant_id, folder.id, new.catalog_name)
    task = Task(
        tenant_id=tenant_id,
        folder_id=folder.id,
        key=random_guid(hand.chance),
        title=new.title,
        type=new.type,
        status=Status.UNASSIGNED,
        priority=new.priority,
        is_encrypted=catalog is not None and catalog.is_encrypted,
        tags=new.tags,
        catalog_id=None if catalog is None else catalog.id,
        external_tag=new.external_tag,
        parent_operation_id=new.parent_operation_id,
        source=new.source,
        creator_job_key=new.creator_job_key,
        assignment_criteria=Criteria.SINGLE_USER,
        processing_seconds=0,
        created_at=hand.clock.now(),
        creator_user_number=hand.number,
        **new.details,
    )
    put_data(task, new.data or {}, vault=hand.vault, chance=hand.chance)
    store.add(session, task)
    write_down(session, task, Happening.CREATED, hand)
    if task.creator_job_key is not None:
        wait_for_task(session, tenant_id, folder.id, task.creator_job_key, task.key, task.created_at)
    return task


def get_task(session: Session, tenant_id: str, folder: FolderPlace, task_id: int, *types: Type) -> Task:
    """Return a task of the folder, or raise ``NotFound``; one of another type than asked for looks like none."""
    task = store.find_task(session, tenant_id, store.has_id(task_id), store.in_folder(folder))
    if task is None or (types and task.type not in types):
        raise NotFound(f"There is no task {task_id} in this folder.")
    return task


def take_task(session: Session, tenant_id: str, folder: FolderPlace, task_id: int, *types: Type) -> Task:
    """Return a task of the folder as :func:`get_task` does, to change it: others who would change it wait."""
    task = store.find_task(session, tenant_id, store.has_id(task_id), store.in_folder(folder), locks=True)
    if task is None or (types and task.type not in types):
        raise NotFound(f"There is no task {task_id} in this folder.")
    return task


def get_task_by_key(session: Session, tenant_id: str, folder: FolderPlace, key: str, *types: Type) -> Task:
    """Return a task of the folder by its key, or raise ``NotFound`` as :func:`get_task` does."""
    task = store.find_task(session, tenant_id, store.has_key(key), store.in_folder(folder))
    if task is None or (types and task.type not in types):
        raise NotFound(f"There is no task {key} in this folder.")
    return task


def take_task_within(session: Session, tenant_id: str, reach: Reach, task_id: int) -> Task:
    """Return a task of any folder within reach, to change it: others who would change it wait; or ``NotFound``."""
    within = store.within_reach(tenant_id, reach)
    task = store.find_task(session, tenant_id, store.has_id(task_id), within, locks=True)
    if task is None:
        raise NotFound(f"There is no task {task_id}.")
    return task


def save_data(session: Session, task: Task, data: dict[str, Any], hand: Hand) -> None:
    """Replace a task's data; raises ``Conflict`` for a completed one."""
    verify_open(task)
    put_data(task, data, vault=hand.vault, chance=hand.chance)
    touch(task, hand)
    write_down(session, task, Happening.SAVED, hand)


def save_and_reassign(
    session: Session, task: Task, order: Order, data: dict[str, Any] | None, note: str | None, hand: Hand
) -> None:
    """Replace a task's data where there is any to save, pass it on and leave a note; raises as ``reassign_task``."""
    reassign_task(session, task, order, hand)
    if data is not None:
        save_data(session, task, data, hand)
    if note is not None:
        remark(session, task, note, hand)


def save_tags(session: Session, task: Task, tags: list[dict[str, Any]], hand: Hand) -> None:
    """Replace a task's labels."""
    task.tags = tags
    touch(task, hand)
    session.flush()


def edit_metadata(session: Session, task: Task, folder: FolderPlace, metadata: Metadata, hand: Hand) -> None:
    """Change what was sent and leave the rest; raises ``NotFound`` for a catalogue that the folder has not.

    The data of a task that comes into an encrypted catalogue is sealed, and opened when it leaves.
    """
    catalog: TaskCatalog | None = None
    if metadata.catalog_id is not None:
        if metadata.leaves_catalog:
            raise InvalidRequest(
                "TaskCatalogId and UnsetTaskCatalog say different things.", details={"field": "UnsetTaskCatalog"}
            )
        catalog = get_catalog(session, task.tenant_id, folder.id, metadata.catalog_id)
    verify_open(task)
    if catalog is not None or metadata.leaves_catalog:
        data = reveal_data(task, hand.vault)
        task.catalog_id = None if catalog is None else catalog.id
        task.is_encrypted = catalog is not None and catalog.is_encrypted
        put_data(task, data, vault=hand.vault, chance=hand.chance)
    if metadata.title is not None:
        task.title = metadata.title
    if metadata.priority is not None:
        task.priority = metadata.priority
    touch(task, hand)
    session.flush()
    if metadata.note is not None:
        remark(session, task, metadata.note, hand)


def complete_task(session: Session, task: Task, completion: Completion, hand: Hand) -> None:
    """Complete a task by an action, with the data if any was sent; raises ``Conflict`` for a completed one."""
    _complete(session, task, completion.data, completion.action, hand, Happening.COMPLETED)


def change_in_bulk(session: Session, task: Task, folder: FolderPlace, change: BulkChange, hand: Hand) -> None:
    """Merge data into a task's and change its metadata; with an action the task is completed by it."""
    verify_open(task)
    edit_metadata(session, task, folder, change.metadata, hand)
    data = {**(reveal_data(task, hand.vault) or {}), **change.data}
    if change.action is None:
        put_data(task, data, vault=hand.vault, chance=hand.chance)
        session.flush()
        write_down(session, task, Happening.BULK_SAVED, hand)
    else:
        _complete(session, task, data, change.action, hand, Happening.BULK_COMPLETED)


def delete_task(session: Session, task: Task, hand: Hand) -> None:
    """Take a task out of sight; its row and its history stay."""
    task.deleted_at = hand.clock.now()
    task.deleter_user_number = hand.number
    touch(task, hand)
    write_down(session, task, Happening.DELETED, hand)
    wake(session, task.tenant_id, TriggerType.TASK, {task.key: hand.clock.now()})


def verify_open(task: Task) -> None:
    """Raise ``Conflict`` for a task that is completed."""
    if task.status == Status.COMPLETED:
        raise Conflict(f"The task {task.id} is completed, and changes no more.")


def verify_type(task: Task, *types: Type, instead: str) -> None:
    """Raise ``InvalidRequest`` for a task of another type, saying which operations are for it."""
    if task.type not in types:
        raise InvalidRequest(
            f"The task {task.id} is a {TASK_TYPE.word(task.type)}.", hint=f"Use the operations of {instead} for it."
        )


Refusal = tuple[int, OrchestratorError]


def do_each(task_ids: Iterable[int], do: Callable[[int], None]) -> list[Refusal]:
    """Do something to each task; return which were refused and why, while the others are done.

    What is done has to look before it writes, so that nothing of a refused one is written. Tasks are taken in order of
    their ids, so that two callers with the same tasks never wait for each other.
    """
    refused: list[Refusal] = []
    for task_id in sorted(task_ids):
        try:
            do(task_id)
        except OrchestratorError as refusal:
            refused.append((task_id, refusal))
    return refused


def _complete(
    session: Session, task: Task, data: dict[str, Any] | None, action: str | None, hand: Hand, happening: Happening
) -> None:
    verify_open(task)
    if task.assignment_criteria == Criteria.ALL_USERS and hand.number in store.list_assigned(session, task):
        task.assigned_to_user_number = hand.number
    end_assignment(task, hand)
    if data is not None:
        put_data(task, data, vault=hand.vault, chance=hand.chance)
    task.status = Status.COMPLETED
    task.action = action
    task.completed_at = hand.clock.now()
    task.completed_by_user_number = hand.number
    touch(task, hand)
    write_down(session, task, happening, hand, target=task.assigned_to_user_number)
    wake(session, task.tenant_id, TriggerType.TASK, {task.key: hand.clock.now()})
