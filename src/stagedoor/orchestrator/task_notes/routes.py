"""The operations of notes on tasks."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import find_integer, find_text, get_body, get_number_argument, get_required
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.tasks import service, store
from stagedoor.orchestrator.tasks.entities import TASK_NOTES
from stagedoor.orchestrator.tasks.history import hand_of, remark
from stagedoor.orchestrator.tasks.schemas import NOTE_LENGTH_MAX

routes = Routes()


@routes.writes("TaskNotes_CreateTaskNote")
def create_note(call: Call) -> Answer:
    """Add a note to a task of the folder, whatever its state."""
    body = get_body(call)
    text = get_required(find_text(body, "Text", length_max=NOTE_LENGTH_MAX), "Text")
    task_id = get_required(find_integer(body, "TaskId"), "TaskId")
    task = service.get_task(call.session, call.tenant.tenant_id, get_folder(call), task_id)
    note = remark(call.session, task, text, hand_of(call))
    return read_one(call, TASK_NOTES, [store.has_note_id(note.id)], status=201)


@routes.reads("TaskNotes_GetByTaskId")
def list_notes(call: Call) -> Answer:
    """Answer the notes on a task of the folder, in order; those on a deleted one, too."""
    task_id = get_number_argument(call, "taskId")
    if not store.has_task(call.session, call.tenant.tenant_id, get_folder(call).id, task_id):
        raise NotFound(f"There is no task {task_id} in this folder.")
    return read_set(call, TASK_NOTES, [store.notes_of(task_id)])
