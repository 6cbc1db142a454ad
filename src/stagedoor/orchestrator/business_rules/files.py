"""What the addresses of a rule's versions lead to; they are only read."""

from stagedoor.orchestrator.business_rules import store
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.file_addresses.permits import FilePermit
from stagedoor.orchestrator.file_addresses.traffic import FileCall, FileRoom, ShownFile
from stagedoor.orchestrator.stored_files import service as stored_files

ROOM = "business_rule"
CONTENT_TYPE = "application/xml"


def _show(call: FileCall, permit: FilePermit) -> ShownFile:
    version = store.find_version_by_key(call.session, call.tenant.tenant_id, permit.thing)
    if version is None:
        raise NotFound("The business rule that this address leads to is gone.")
    row = stored_files.get(call, version.stored_name)
    return ShownFile(
        stored_name=row.name,
        size=row.size,
        content_type=CONTENT_TYPE,
        sha256=row.sha256,
        modified_at=version.created_at,
    )


FILES = FileRoom(name=ROOM, show=_show)
