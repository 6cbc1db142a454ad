"""The vendor's operations on attachments."""

from typing import Any

from stagedoor.orchestrator.attachments import service, store
from stagedoor.orchestrator.attachments.entities import ATTACHMENTS
from stagedoor.orchestrator.attachments.files import ROOM
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_body, get_guid_argument, get_text
from stagedoor.orchestrator.file_addresses.access import MINUTES, show_read_access, show_write_access
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes

NAME_LENGTH_MAX = 256

routes = Routes()


@routes.reads("Attachments_Get")
def list_attachments(call: Call) -> Answer:
    """Answer the attachments of the folder."""
    return read_set(call, ATTACHMENTS, [store.in_folder(get_folder(call))])


@routes.reads(
    "Attachments_GetById",
    basis=Basis.CLIENT,
    note="BlobFileAccess, which the vendor's clients read and its document leaves out, holds an address for half an "
    "hour. A request without a folder finds the attachment in any folder within reach.",
)
def get_attachment(call: Call) -> Answer:
    """Answer one attachment by its key, with an address to download it from."""
    key = get_guid_argument(call, "key")
    tenant_id = call.tenant.tenant_id
    attachment = (
        service.get_attachment_within_reach(call.session, tenant_id, call.reach, key)
        if call.folder is None
        else service.get_attachment(call.session, tenant_id, call.folder, key)
    )
    answer = read_one(call, ATTACHMENTS, [store.has_key(key)])
    return _with_access(answer, show_read_access(call, ROOM, key, attachment.name, minutes=MINUTES))


@routes.writes(
    "Attachments_Post",
    basis=Basis.CLIENT,
    note="BlobFileAccess, which the vendor's clients read and its document leaves out, holds an address for half an "
    "hour to upload the file to.",
)
def create_attachment(call: Call) -> Answer:
    """Make an attachment and answer it with an address to upload its file to."""
    name = get_text(get_body(call), "Name", length_max=NAME_LENGTH_MAX)
    attachment = service.create_attachment(
        call.session,
        call.tenant.tenant_id,
        get_folder(call).id,
        name,
        user_number=call.caller.number,
        clock=call.clock,
        chance=call.chance,
    )
    answer = read_one(call, ATTACHMENTS, [store.has_key(attachment.key)], status=201)
    return _with_access(answer, show_write_access(call, ROOM, attachment.key, name, minutes=MINUTES))


@routes.writes("Attachments_DeleteById", basis=Basis.CLIENT)
def delete_attachment(call: Call) -> Answer:
    """Delete an attachment with its file."""
    key = get_guid_argument(call, "key")
    attachment = service.get_attachment(call.session, call.tenant.tenant_id, get_folder(call), key)
    service.delete_attachment(call.session, attachment)
    return Answer(status=204)


def _with_access(answer: Answer, access: dict[str, Any]) -> Answer:
    return Answer(answer.status, {**answer.content, "BlobFileAccess": access}, answer.headers)
