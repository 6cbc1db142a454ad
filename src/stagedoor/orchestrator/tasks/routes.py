"""The operations of tasks of every type."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from stagedoor.orchestrator.answers import answer_value, done
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_integer,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.folders.service import get_folder as get_folder_within_reach
from stagedoor.orchestrator.odata.joining import Conditions
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.people import PEOPLE, may_work_on_tasks, place_of
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.tasks import service, store
from stagedoor.orchestrator.tasks.assigning import assign_task, reassign_task, unassign_task
from stagedoor.orchestrator.tasks.entities import TASKS
from stagedoor.orchestrator.tasks.history import Hand, hand_of
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.permissions import PERMISSIONS, list_granted
from stagedoor.orchestrator.tasks.schemas import Order, read_metadata, read_orders, read_task_ids

routes = Routes()

ACROSS_FOLDERS_NOTE = (
    "A task is seen in every folder where the caller was given this operation, whoever it is assigned to; deleted "
    "tasks are listed where $filter speaks of IsDeleted."
)
FORWARDED_EVER = "forwardedever"
OPTION_OF_A_CLIENT = "$astaskadmin"
"""Sent along by the vendor's TypeScript client, which chooses the operation by it; it means nothing here."""


@routes.reads("Tasks_Get")
def list_tasks(call: Call) -> Answer:
    """Answer the tasks of the folder."""
    return read_set(call, TASKS, [store.in_folder(get_folder(call)), *_there(call)])


@routes.reads("Tasks_GetTasksAcrossFolders", basis=Basis.CLIENT, note=ACROSS_FOLDERS_NOTE)
@routes.reads("Tasks_GetTasksAcrossFoldersForAdmin", basis=Basis.CLIENT, note=ACROSS_FOLDERS_NOTE)
def list_tasks_across_folders(call: Call) -> Answer:
    """Answer the tasks of every folder within reach; of those that the caller forwarded, where it asks for them."""
    conditions = [store.within_reach(call.tenant.tenant_id, call.reach), *_there(call)]
    call = replace(call, query={name: value for name, value in call.query.items() if name != OPTION_OF_A_CLIENT})
    event = call.query.get("event", "").lower()
    if event == FORWARDED_EVER:
        conditions.append(store.was_forwarded_by(call.caller.number))
    elif event:
        raise InvalidRequest("The query parameter event must be ForwardedEver.", details={"field": "event"})
    return read_set(call, TASKS, conditions)


@routes.reads(
    "Tasks_GetById",
    basis=Basis.CLIENT,
    note="Without a folder header the task is looked for in every folder where the caller was given this operation.",
)
def get_task(call: Call) -> Answer:
    """Answer one task by its id."""
    return read_one(call, TASKS, [store.has_id(get_number_argument(call, "key")), store.is_there(), *_place(call)])


@routes.reads("Tasks_GetByKeyByIdentifier")
def get_task_by_key(call: Call) -> Answer:
    """Answer one task by its key."""
    key = get_guid_argument(call, "identifier")
    return read_one(call, TASKS, [store.has_key(key), store.is_there(), store.in_folder(get_folder(call))])


@routes.writes("Tasks_AssignTasks", basis=Basis.CLIENT)
def assign_tasks(call: Call) -> Answer:
    """Give unassigned tasks to people; those that were refused are answered, the others are done."""
    return _move(call, assign_task)


@routes.writes(
    "Tasks_ReassignTasks",
    basis=Basis.CLIENT,
    note="Where who has a task passes it on themselves, its history says Forwarded, else Reassigned; Hierarchy gives "
    "it to the first who is named.",
)
def reassign_tasks(call: Call) -> Answer:
    """Pass tasks on to other people; those that were refused are answered, the others are done."""
    return _move(call, reassign_task)


@routes.writes("Tasks_UnassignTasks", basis=Basis.CLIENT)
def unassign_tasks(call: Call) -> Answer:
    """Take tasks back from those who have them; those that were refused are answered, the others are done."""
    hand = hand_of(call)
    return _do_each(call, lambda task: unassign_task(call.session, task, hand))


@routes.writes("Tasks_DeleteTasks")
def delete_tasks(call: Call) -> Answer:
    """Take tasks out of sight; those that were refused are answered, the others are done."""
    hand, folder = hand_of(call), get_folder(call)
    ids = read_task_ids(get_body(call))

    def delete(task_id: int) -> None:
        task = service.take_task(call.session, call.tenant.tenant_id, folder, task_id)
        service.delete_task(call.session, task, hand)

    return _refusals(call, service.do_each(ids, delete), {})


@routes.writes("Tasks_EditTaskMetadata")
def edit_task(call: Call) -> Answer:
    """Change a task's title, priority or catalogue, with a note perhaps."""
    body, folder = get_body(call), get_folder(call)
    task_id = get_required(find_integer(body, "TaskId"), "TaskId")
    metadata = read_metadata(body)
    task = service.take_task(call.session, call.tenant.tenant_id, folder, task_id)
    service.edit_metadata(call.session, task, folder, metadata, hand_of(call))
    return done(call)


@routes.reads(
    "Tasks_GetTaskUsersByOrganizationunitid",
    basis=Basis.CLIENT,
    note="Lists people alone: there are no groups and no robot accounts that tasks could be assigned to.",
)
def list_task_users(call: Call) -> Answer:
    """Answer the people who may see and edit the tasks of the folder in the path."""
    folder_id = get_number_argument(call, "organizationUnitId")
    folder = get_folder_within_reach(call.session, call.tenant.tenant_id, folder_id, call.reach)
    return read_set(call, PEOPLE, [may_work_on_tasks(place_of(call.session, folder))])


@routes.reads(
    "Tasks_GetTaskPermissions",
    note="Each permission on tasks and catalogues is listed, granted or not, as the caller's grant amounts to it.",
)
def list_permissions(call: Call) -> Answer:
    """Answer what the caller may do with the folder's tasks."""
    granted = list_granted(call.caller, call.tenant.tenant_id, get_folder(call))
    shown = [
        {"Name": name, "IsGranted": name in granted, "RoleId": 0, "Scope": "Folder", "Id": number}
        for number, name in enumerate(PERMISSIONS, start=1)
    ]
    return answer_value(call, f"Collection({NAMESPACE}.PermissionDto)", shown)


def _there(call: Call) -> Conditions:
    # Whoever asks about deletion gets what they ask for; everybody else wants what is there.
    return () if "isdeleted" in call.query.get("$filter", "").lower() else (store.is_there(),)


def _place(call: Call) -> Conditions:
    if call.folder is not None:
        return (store.in_folder(call.folder),)
    return (store.within_reach(call.tenant.tenant_id, call.reach),)


def _move(call: Call, move: Callable[[Any, Task, Order, Hand], None]) -> Answer:
    # The vendor's clients name no folder here, or the one that they happen to stand in: the task's own counts.
    hand = hand_of(call)
    orders = {order.task_id: order for order in read_orders(get_body(call))}

    def do(task_id: int) -> None:
        task = service.take_task_within(call.session, call.tenant.tenant_id, call.reach, task_id)
        move(call.session, task, orders[task_id], hand)

    return _refusals(call, service.do_each(orders, do), orders)


def _do_each(call: Call, do: Callable[[Task], None]) -> Answer:
    def find_and_do(task_id: int) -> None:
        do(service.take_task_within(call.session, call.tenant.tenant_id, call.reach, task_id))

    return _refusals(call, service.do_each(read_task_ids(get_body(call)), find_and_do), {})


def _refusals(call: Call, refused: Sequence[service.Refusal], orders: dict[int, Order]) -> Answer:
    shown = []
    for task_id, refusal in refused:
        order = orders.get(task_id)
        shown.append(
            {
                "TaskId": task_id,
                "UserId": None if order is None else order.user_number,
                "ErrorCode": refusal.error_code,
                "ErrorMessage": str(refusal.public),
                "UserNameOrEmail": None if order is None else order.user_name,
            }
        )
    return answer_value(call, f"Collection({NAMESPACE}.TaskOperationErrorResponse)", shown)
