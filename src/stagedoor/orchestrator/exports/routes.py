"""The vendor's operations on exports. They name no permission: what keeps an export to itself is its owner."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.exports import store
from stagedoor.orchestrator.exports.entities import EXPORTS
from stagedoor.orchestrator.fields import get_number_argument
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
    return read_one(call, EXPORTS, [store.is_own(get_number_argument(call, "key"), call.caller.id)])
