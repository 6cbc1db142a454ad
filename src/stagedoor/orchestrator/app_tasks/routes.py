"""The operations of app tasks."""

from typing import Any

from stagedoor.orchestrator.app_tasks.schemas import read_app
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_body, get_query_guid
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.render import show_time
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.task_definitions.service import get_version
from stagedoor.orchestrator.tasks import service
from stagedoor.orchestrator.tasks.data_answer import show_task
from stagedoor.orchestrator.tasks.doing import complete, get_asked_task, save, save_and_reassign
from stagedoor.orchestrator.tasks.history import hand_of
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import Type, read_new_task

routes = Routes()


@routes.writes(
    "AppTasks_CreateAppTask",
    basis=Basis.CLIENT,
    note="No app is looked up: its id is kept as it was sent. appVersion may be left out, as the vendor's Python "
    "client does, and is 1 then. Messages with buttons are not sent.",
)
def create_task(call: Call) -> Answer:
    """Make an app task in the folder."""
    body, folder = get_body(call), get_folder(call)
    values = read_app(body)
    version_id = None
    if values.definition_id is not None:
        number = values.definition_version
        version_id = get_version(call.session, call.tenant.tenant_id, values.definition_id, number).id
    new = read_new_task(body, Type.APP, app=values.app, definition_version_id=version_id)
    task = service.create_task(call.session, call.tenant.tenant_id, folder, new, hand_of(call))
    return Answer(201, _show(call, task))


@routes.reads("AppTasks_GetAppTaskById", basis=Basis.CLIENT)
def get_task(call: Call) -> Answer:
    """Answer an app task with its app and its data."""
    return Answer(content=_show(call, get_asked_task(call, Type.APP)))


@routes.reads("AppTasks_GetAppTaskByKey")
def get_task_by_key(call: Call) -> Answer:
    """Answer an app task with its app and its data, by its key."""
    key = get_query_guid(call, "taskKey")
    task = service.get_task_by_key(call.session, call.tenant.tenant_id, get_folder(call), key, Type.APP)
    return Answer(content=_show(call, task))


@routes.writes(
    "AppTasks_CompleteAppTask",
    basis=Basis.CLIENT,
    note="An app task may be completed by whoever may edit it, assigned to them or not.",
)
def complete_task(call: Call) -> Answer:
    """Complete an app task."""
    return complete(call, Type.APP, instead="GenericTasks or TaskForms")


@routes.writes("AppTasks_SaveAppTasksData")
def save_task_data(call: Call) -> Answer:
    """Replace an app task's data."""
    return save(call, Type.APP, instead="GenericTasks or TaskForms")


@routes.writes("AppTasks_SaveAndReassignAppTasks")
def save_and_reassign_task(call: Call) -> Answer:
    """Replace an app task's data and pass it on."""
    return save_and_reassign(call, Type.APP, instead="GenericTasks or TaskForms")


def _show(call: Call, task: Task) -> dict[str, Any]:
    metadata = {
        **(task.app or {}),
        "creationTime": show_time(task.created_at),
        "creatorUserId": task.creator_user_number,
        "creatorUserKey": None,
        "id": task.id,
    }
    shown = {
        "taskDefinitionPropertiesId": task.definition_version_id,
        "appTasksMetadata": metadata,
        "actionLabel": task.action,
    }
    return {**shown, **show_task(call, task)}
