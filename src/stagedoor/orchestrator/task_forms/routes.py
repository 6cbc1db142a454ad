"""The operations of form tasks."""

from typing import Any

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_integer, find_object, get_body
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.tasks import service
from stagedoor.orchestrator.tasks.data_answer import show_task
from stagedoor.orchestrator.tasks.doing import complete, get_asked_task, save, save_and_reassign
from stagedoor.orchestrator.tasks.history import hand_of
from stagedoor.orchestrator.tasks.schemas import Type, read_bulk_change, read_new_task

routes = Routes()


@routes.writes(
    "TaskForms_CreateFormTask",
    note="The form comes with the task as formLayout; ids of layouts that are kept elsewhere are kept and shown, and "
    "lead to no layout.",
)
def create_task(call: Call) -> Answer:
    """Make a form task in the folder."""
    body, folder = get_body(call), get_folder(call)
    new = read_new_task(
        body,
        Type.FORM,
        form_layout=find_object(body, "formLayout"),
        form_layout_id=find_integer(body, "formLayoutId"),
        bulk_form_layout_id=find_integer(body, "bulkFormLayoutId"),
    )
    task = service.create_task(call.session, call.tenant.tenant_id, folder, new, hand_of(call))
    return Answer(201, show_task(call, task))


@routes.reads("TaskForms_GetTaskDataById")
def get_task(call: Call) -> Answer:
    """Answer a form task with its data."""
    return Answer(content=show_task(call, get_asked_task(call, Type.FORM)))


@routes.reads("TaskForms_GetTaskFormById", basis=Basis.CLIENT)
def get_form(call: Call) -> Answer:
    """Answer a form task with its data and its form, which ``expandOnFormLayout=false`` leaves out."""
    task = get_asked_task(call, Type.FORM)
    shows_layout = call.query.get("expandonformlayout", "").lower() != "false"
    form = {
        "formLayout": task.form_layout if shows_layout else None,
        "formLayoutId": task.form_layout_id,
        "bulkFormLayoutId": task.bulk_form_layout_id,
        "actionLabel": task.action,
    }
    return Answer(content={**form, **show_task(call, task)})


@routes.writes(
    "TaskForms_CompleteTask",
    basis=Basis.CLIENT,
    note="A form task may be completed by whoever may edit it, assigned to them or not.",
)
def complete_task(call: Call) -> Answer:
    """Complete a form task."""
    return complete(call, Type.FORM, instead="GenericTasks or AppTasks")


@routes.writes("TaskForms_SaveTaskData")
def save_task_data(call: Call) -> Answer:
    """Replace a form task's data."""
    return save(call, Type.FORM, instead="GenericTasks or AppTasks")


@routes.writes("TaskForms_SaveAndReassignTask")
def save_and_reassign_task(call: Call) -> Answer:
    """Replace a form task's data and pass it on."""
    return save_and_reassign(call, Type.FORM, instead="GenericTasks or AppTasks")


@routes.writes("TaskForms_BulkCompleteTasks")
def complete_tasks(call: Call) -> Answer:
    """Merge the same data into several form tasks and complete them; those that were refused are answered."""
    return _change(call, completes=True)


@routes.writes("TaskForms_BulkUpdateTasks")
def update_tasks(call: Call) -> Answer:
    """Merge the same data into several form tasks; those that were refused are answered."""
    return _change(call, completes=False)


def _change(call: Call, *, completes: bool) -> Answer:
    folder, hand = get_folder(call), hand_of(call)
    change = read_bulk_change(get_body(call), completes=completes)

    def do(task_id: int) -> None:
        task = service.take_task(call.session, call.tenant.tenant_id, folder, task_id, Type.FORM)
        service.change_in_bulk(call.session, task, folder, change, hand)

    refused: list[dict[str, Any]] = [
        {"taskId": task_id, "errorCode": refusal.error_code, "errorMessage": str(refusal.public)}
        for task_id, refusal in service.do_each(change.task_ids, do)
    ]
    return Answer(content=refused)
