"""The operations of queues' retention settings."""

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.queue_definitions.service import get_queue
from stagedoor.orchestrator.queue_retention import store
from stagedoor.orchestrator.retention import retention_routes


def _verify_queue(call: Call, queue_id: int) -> None:
    get_queue(call.session, call.tenant.tenant_id, get_folder(call).id, queue_id)


routes = retention_routes(store.QUEUE_RETENTION, _verify_queue, lambda call: store.in_folder(get_folder(call).id))
