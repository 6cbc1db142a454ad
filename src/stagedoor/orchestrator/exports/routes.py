"""The vendor's operations on exports. They name no permission: what keeps an export to itself is its owner."""

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.exports import store
from stagedoor.orchestrator.exports.entities import EXPORTS
from stagedoor.orchestrator.exports.files import ROOM
from stagedoor.orchestrator.exports.service import get_export as get_own_export
from stagedoor.orchestrator.exports.service import owner_of
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.file_addresses.access import MINUTES, show_read_access
from stagedoor.orchestrator.odata.read import read_one
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes()


@routes.reads(
    "Exports_GetById",
    basis=Basis.GUESS,
    note="An export is there, completed, when the call that asked for it ends, for a week, and only for its caller.",
)
def get_export(call: Call) -> Answer:
    """Answer one export of the caller's own."""
    return read_one(call, EXPORTS, [store.is_own(get_number_argument(call, "key"), owner_of(call.caller))])


@routes.reads("Exports_GetDownloadLinkById", basis=Basis.GUESS, note="The address is good for half an hour.")
def get_download_link(call: Call) -> Answer:
    """Answer an address to download the caller's own export from, which needs no other credential."""
    export = get_own_export(call, get_number_argument(call, "key"))
    return answer_object(
        call, "BlobFileAccessDto", show_read_access(call, ROOM, export.id, export.name, minutes=MINUTES)
    )
