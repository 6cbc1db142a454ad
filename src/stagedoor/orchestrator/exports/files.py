"""What an export's address leads to."""

from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.exports import store
from stagedoor.orchestrator.exports.service import CSV_TYPE
from stagedoor.orchestrator.fields import read_integer
from stagedoor.orchestrator.file_addresses.permits import FilePermit
from stagedoor.orchestrator.file_addresses.traffic import FileCall, FileRoom, ShownFile
from stagedoor.orchestrator.stored_files import service as stored_files

ROOM = "export"


def _show(call: FileCall, permit: FilePermit) -> ShownFile:
    # Who may have it was decided when the address was given.
    export_id = read_integer(permit.thing)
    export = None
    if export_id is not None:
        export = store.find_export_of_tenant(call.session, call.tenant.tenant_id, export_id)
    if export is None:
        raise NotFound("The export that this address leads to is gone.")
    row = stored_files.get(call, export.file_name)
    return ShownFile(
        stored_name=row.name, size=row.size, content_type=CSV_TYPE, sha256=row.sha256, modified_at=row.created_at
    )


FILES = FileRoom(name=ROOM, show=_show)
