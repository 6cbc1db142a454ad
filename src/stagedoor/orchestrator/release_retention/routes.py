"""The operations of processes' retention settings."""

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.release_retention import store
from stagedoor.orchestrator.releases.service import get_release
from stagedoor.orchestrator.retention import retention_routes


def _verify_release(call: Call, release_id: int) -> None:
    get_release(call.session, get_folder(call), release_id)


routes = retention_routes(store.RELEASE_RETENTION, _verify_release, lambda call: store.in_folder(get_folder(call).id))
