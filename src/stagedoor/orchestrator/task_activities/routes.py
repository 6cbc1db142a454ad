"""The operation that shows a task's history."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.tasks import store
from stagedoor.orchestrator.tasks.entities import TASK_ACTIVITIES

routes = Routes()


@routes.reads("TaskActivities_GetByTaskId")
def list_activities(call: Call) -> Answer:
    """Answer what happened to a task of the folder, in order; to a deleted one, too."""
    task_id = get_number_argument(call, "taskId")
    if not store.has_task(call.session, call.tenant.tenant_id, get_folder(call).id, task_id):
        raise NotFound(f"There is no task {task_id} in this folder.")
    return read_set(call, TASK_ACTIVITIES, [store.activities_of(task_id)])
