"""What the operations of every type of task do alike: find the task, complete it, save it, pass it on."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import (
    INT64_MAX,
    find_boolean,
    find_integer,
    find_object,
    find_query_integer,
    get_body,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.tags import find_tags
from stagedoor.orchestrator.tasks import service
from stagedoor.orchestrator.tasks.history import hand_of
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import Type, find_note, read_completion, read_data, read_order


def get_asked_task(call: Call, *types: Type) -> Task:
    """Return the folder's task that ``taskId`` in the query names, of one of the types if any are given."""
    task_id = get_required(find_query_integer(call, "taskId", most=INT64_MAX), "taskId")
    return service.get_task(call.session, call.tenant.tenant_id, get_folder(call), task_id, *types)


def complete(call: Call, *types: Type, instead: str) -> Answer:
    """Complete the task that the body names; ``instead`` says whose operations are for other types."""
    completion = read_completion(get_body(call))
    task = _take_task(call, completion.task_id, *types, instead=instead)
    service.complete_task(call.session, task, completion, hand_of(call))
    return Answer(status=204)


def save(call: Call, *types: Type, instead: str) -> Answer:
    """Replace the data of the task that the body names."""
    task_id, data = read_data(get_body(call))
    service.save_data(call.session, _take_task(call, task_id, *types, instead=instead), data, hand_of(call))
    return Answer(status=204)


def save_and_reassign(call: Call, *types: Type, instead: str) -> Answer:
    """Replace the data of the task that the body names if it says so, and pass the task on."""
    body = get_body(call)
    order, note, data = read_order(body), find_note(body), find_object(body, "Data")
    if not find_boolean(body, "SaveData"):
        data = None
    task = _take_task(call, order.task_id, *types, instead=instead)
    service.save_and_reassign(call.session, task, order, data, note, hand_of(call))
    return Answer(status=204)


def save_tags(call: Call) -> Answer:
    """Replace the labels of the task that the body names."""
    body = get_body(call)
    task_id, tags = get_required(find_integer(body, "taskId"), "taskId"), find_tags(body, "tags")
    task = service.take_task(call.session, call.tenant.tenant_id, get_folder(call), task_id)
    service.save_tags(call.session, task, tags or [], hand_of(call))
    return Answer(status=204)


def _take_task(call: Call, task_id: int, *types: Type, instead: str) -> Task:
    task = service.take_task(call.session, call.tenant.tenant_id, get_folder(call), task_id)
    service.verify_type(task, *types, instead=instead)
    return task
