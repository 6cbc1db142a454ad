"""What an attachment's addresses lead to."""

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.attachments import store
from stagedoor.orchestrator.attachments.models import Attachment
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.file_addresses.permits import FilePermit
from stagedoor.orchestrator.file_addresses.traffic import FileCall, FileRoom, ShownFile
from stagedoor.orchestrator.stored_files import service as stored_files

ROOM = "attachment"
CONTENT_TYPE = "application/octet-stream"


def _show(call: FileCall, permit: FilePermit) -> ShownFile:
    attachment = _found(store.find_attachment_of_tenant(call.session, call.tenant.tenant_id, permit.thing))
    if attachment.stored_name is None:
        raise NotFound("Nothing was uploaded for this attachment yet.")
    row = stored_files.get(call, attachment.stored_name)
    return ShownFile(
        stored_name=row.name,
        size=row.size,
        content_type=row.content_type or CONTENT_TYPE,
        sha256=row.sha256,
        modified_at=row.created_at,
    )


def _verify_writable(call: FileCall, permit: FilePermit) -> None:
    _found(store.find_attachment_of_tenant(call.session, call.tenant.tenant_id, permit.thing))


def _accept(call: FileCall, permit: FilePermit, kept: KeptFile, content_type: str) -> None:
    attachment = _found(store.find_attachment_to_fill(call.session, call.tenant.tenant_id, permit.thing))
    stored_files.write_down(call, kept, content_type=content_type)
    if attachment.stored_name is not None:
        stored_files.release(call.session, attachment.stored_name)
    attachment.stored_name = kept.name
    attachment.modified_at = call.clock.now()
    call.session.flush()


def _found(attachment: Attachment | None) -> Attachment:
    if attachment is None:
        raise NotFound("The attachment that this address leads to is gone.")
    return attachment


FILES = FileRoom(name=ROOM, show=_show, verify_writable=_verify_writable, accept=_accept)
