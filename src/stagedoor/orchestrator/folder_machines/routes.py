"""The operations that read which machines may run in folders."""

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import INT64_MAX, find_query_integer, get_number_argument, get_query_integer
from stagedoor.orchestrator.folder_machines import service, store
from stagedoor.orchestrator.folder_machines.entities import MACHINES_IN_FOLDER
from stagedoor.orchestrator.folders.entities import FOLDERS
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.orchestrator.machines.service import get_machine
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes()


@routes.reads("Folders_GetMachinesForFolderByKey")
def list_machines(call: Call) -> Answer:
    """Answer the machines that may run in a folder, and how each came there."""
    folder = get_folder(call.session, call.tenant.tenant_id, get_number_argument(call, "key"), call.reach)
    return read_set(call, MACHINES_IN_FOLDER, store.may_run_in(folder))


@routes.reads("Folders_GetSubfoldersWithAssignedMachine")
def list_subfolders_with_machine(call: Call) -> Answer:
    """Answer the folders below one to which a machine is assigned itself, not by inheritance."""
    folder = _folder_named(call, "rootFolderId")
    machine = get_machine(call.session, call.tenant.tenant_id, get_query_integer(call, "machineId"))
    reachable = within_reach(call.tenant.tenant_id, call.reach)
    return read_set(call, FOLDERS, (*store.holds_machine_below(folder, machine.id), *reachable))


@routes.reads(
    "Folders_GetMoveFolderMachinesChanges",
    basis=Basis.GUESS,
    note="Tells the machines that the folder would inherit no longer, or newly, in its new place.",
)
def list_changes_of_move(call: Call) -> Answer:
    """Answer which machines a folder would gain or lose in another place; without ``targetParentId``, at the root."""
    folder = _folder_named(call, "folderId")
    target = None
    if find_query_integer(call, "targetParentId", most=INT64_MAX) is not None:
        target = _folder_named(call, "targetParentId")
    changes = [
        {
            "MachineId": change.machine_id,
            "MachineName": change.name,
            "OldMachineFolderState": "NotAssigned" if change.is_gained else "Inherited",
            "NewMachineFolderState": "Inherited" if change.is_gained else "NotAssigned",
        }
        for change in service.list_changes(call.session, folder, target)
    ]
    return answer_value(call, f"Collection({NAMESPACE}.MoveFolderMachineChange)", changes)


def _folder_named(call: Call, name: str) -> Folder:
    return get_folder(call.session, call.tenant.tenant_id, get_query_integer(call, name), call.reach)
