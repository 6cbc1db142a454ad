"""The operations of task catalogues' retention settings."""

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.registry import Basis
from stagedoor.orchestrator.retention import retention_routes
from stagedoor.orchestrator.task_catalogs.service import get_catalog
from stagedoor.orchestrator.task_retention import store


def _verify_catalog(call: Call, catalog_id: int) -> None:
    get_catalog(call.session, call.tenant.tenant_id, get_folder(call).id, catalog_id)


# The vendor's guide tells of the settings of queues and processes; those of catalogues are taken to be like them.
routes = retention_routes(
    store.TASK_RETENTION,
    _verify_catalog,
    lambda call: store.in_folder(get_folder(call).id),
    basis=Basis.GUESS,
)
