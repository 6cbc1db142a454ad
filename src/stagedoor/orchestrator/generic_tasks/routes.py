"""The operations of tasks without a form or an app."""

from typing import Any

from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_guid,
    find_object,
    get_body,
    get_query_guid,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.tasks import service
from stagedoor.orchestrator.tasks.data_answer import show_task
from stagedoor.orchestrator.tasks.doing import complete, get_asked_task, save, save_and_reassign, save_tags
from stagedoor.orchestrator.tasks.history import hand_of
from stagedoor.orchestrator.tasks.schemas import TASK_TYPE, Type, read_new_task

TYPES = (
    Type.EXTERNAL,
    Type.DOCUMENT_VALIDATION,
    Type.DOCUMENT_CLASSIFICATION,
    Type.DATA_LABELING,
    Type.QUICK_FORM,
)
LIBRARY_HEADER, PYTHON_LIBRARY = "x-uipath-user-agent", "UiPath.Python.Sdk/"

routes = Routes()


@routes.writes(
    "GenericTasks_CreateTask",
    basis=Basis.CLIENT,
    note="Makes external tasks, and those of the types that no other operation makes: document validation and "
    "classification, data labeling, and QuickFormTask (type 6), which the vendor's Python client makes.",
)
def create_task(call: Call) -> Answer:
    """Make a task in the folder, an external one unless another type is named."""
    body, folder = get_body(call), get_folder(call)
    asked = find_enum(body, "type", TASK_TYPE)
    task_type = Type.EXTERNAL if asked is None else Type(asked)
    if task_type not in TYPES:
        raise InvalidRequest(
            f"The type field may not be {TASK_TYPE.word(task_type)} here.",
            hint="Make form tasks with TaskForms/CreateFormTask and app tasks with AppTasks/CreateAppTask.",
            details={"field": "type"},
        )
    new = read_new_task(body, task_type, quick_form=_read_quick_form(body))
    task = service.create_task(call.session, call.tenant.tenant_id, folder, new, hand_of(call))
    return Answer(201, show_task(call, task))


@routes.reads("GenericTasks_GetTaskDataById", basis=Basis.CLIENT)
def get_task(call: Call) -> Answer:
    """Answer a task of any type with its data."""
    return Answer(content=show_task(call, get_asked_task(call)))


@routes.reads(
    "GenericTasks_GetTaskDataByKey",
    basis=Basis.CLIENT,
    note="The vendor's Python library is answered the status as a number: its jobs that wait for a task compare "
    "numbers, while the document says words.",
)
def get_task_by_key(call: Call) -> Answer:
    """Answer a task of any type with its data, by its key."""
    key = get_query_guid(call, "taskKey")
    task = service.get_task_by_key(call.session, call.tenant.tenant_id, get_folder(call), key)
    shown = show_task(call, task)
    if call.headers.get(LIBRARY_HEADER, "").startswith(PYTHON_LIBRARY):
        shown["status"] = task.status
    return Answer(content=shown)


@routes.writes(
    "GenericTasks_CompleteTask",
    basis=Basis.CLIENT,
    note="A task may be completed by whoever may edit it, assigned to them or not, as a program does that the "
    "task waits for.",
)
def complete_task(call: Call) -> Answer:
    """Complete a task."""
    return complete(call, *TYPES, instead="TaskForms or AppTasks")


@routes.writes("GenericTasks_SaveTaskData")
def save_task_data(call: Call) -> Answer:
    """Replace a task's data."""
    return save(call, *TYPES, instead="TaskForms or AppTasks")


@routes.writes("GenericTasks_SaveAndReassignTask")
def save_and_reassign_task(call: Call) -> Answer:
    """Replace a task's data and pass it on."""
    return save_and_reassign(call, *TYPES, instead="TaskForms or AppTasks")


@routes.writes("GenericTasks_SaveTaskTags")
def save_task_tags(call: Call) -> Answer:
    """Replace the labels of a task of any type."""
    return save_tags(call)


def _read_quick_form(body: Body) -> dict[str, Any] | None:
    key, schema = find_guid(body, "taskSchemaKey"), find_object(body, "schema")
    metadata = find_object(body, "actionableMessageMetaData")
    is_enabled = find_boolean(body, "isActionableMessageEnabled")
    if body.get("taskSchemaKey") is None and schema is None:
        return None
    return {
        "taskSchemaKey": get_required(key, "taskSchemaKey"),
        "schema": schema,
        "isActionableMessageEnabled": is_enabled,
        "actionableMessageMetaData": metadata,
    }
