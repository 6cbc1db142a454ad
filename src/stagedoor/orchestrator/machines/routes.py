"""The operations of machines, and of their assignment to folders."""

from dataclasses import replace

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_integer,
    find_integers,
    find_text,
    get_body,
    get_number_argument,
    get_object,
    get_required,
    get_text,
)
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.machines import service, store
from stagedoor.orchestrator.machines.entities import MACHINES
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.machines.schemas import LICENSE_KEY_LENGTH_MAX, NAME_LENGTH_MAX, read_changes
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.passage import CredentialKind

routes = Routes()


@routes.reads("Machines_Get")
def list_machines(call: Call) -> Answer:
    """Answer the machines of the tenant."""
    return read_set(call, MACHINES)


@routes.reads("Machines_GetById")
def show_machine(call: Call) -> Answer:
    """Answer one machine."""
    return read_one(call, MACHINES, (Machine.id == get_number_argument(call, "key"),))


@routes.reads("Machines_GetAssignedMachinesByFolderid")
def list_assigned_machines(call: Call) -> Answer:
    """Answer the machines that may run in a folder."""
    return read_set(call, MACHINES, (store.is_assigned_to(_folder_argument(call)),))


@routes.writes(
    "Machines_Post",
    note="ClientSecret is in this answer and never again; with it `stagedoor robot` signs in. A narrowed key is given "
    "none, for it would outlive the key.",
)
def create_machine(call: Call) -> Answer:
    """Make a machine; its licence key is drawn unless the caller brings one, and its client secret for most."""
    body = get_body(call)
    get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    # Whatever a narrowed key can make of itself ends with it.
    is_lasting = call.caller.credential_kind is not CredentialKind.NARROWED_KEY
    secret = service.draw_secret(call.chance) if is_lasting else None
    machine = service.create_machine(
        call.session,
        call.tenant.tenant_id,
        read_changes(body),
        license_key=find_text(body, "LicenseKey", length_max=LICENSE_KEY_LENGTH_MAX),
        secret_hash=None if secret is None else call.vault.keyed_hash(secret.reveal()),
        clock=call.clock,
        chance=call.chance,
    )
    answer = read_one(call, MACHINES, (Machine.id == machine.id,), status=201)
    return replace(answer, content={**answer.content, "ClientSecret": None if secret is None else secret.reveal()})


@routes.writes("Machines_PutById")
@routes.writes("Machines_PatchById")
def update_machine(call: Call) -> Answer:
    """Change a machine; what is not sent stays as it is."""
    machine = service.get_machine(call.session, call.tenant.tenant_id, get_number_argument(call, "key"))
    service.update_machine(call.session, machine, read_changes(get_body(call)))
    return Answer()


@routes.writes("Machines_DeleteById")
def delete_machine(call: Call) -> Answer:
    """Delete a machine that no robot is bound to."""
    return _delete(call, [get_number_argument(call, "key")])


@routes.writes("Machines_DeleteBulk")
def delete_machines(call: Call) -> Answer:
    """Delete several machines, all or none."""
    return _delete(call, get_required(find_integers(get_body(call), "machineIds") or None, "machineIds"))


@routes.writes("Folders_AssignMachines")
def assign_machines(call: Call) -> Answer:
    """Let machines run in folders."""
    assignments = get_object(get_body(call), "assignments")
    service.assign_machines(
        call.session,
        call.tenant.tenant_id,
        get_required(find_integers(assignments, "MachineIds"), "MachineIds"),
        get_required(find_integers(assignments, "FolderIds"), "FolderIds"),
        call.reach,
    )
    return Answer(status=204)


@routes.writes("Folders_UpdateMachinesToFolderAssociations")
def update_assignments(call: Call) -> Answer:
    """Let some machines run in a folder and others no longer."""
    associations = get_object(get_body(call), "associations")
    folder_id = get_required(find_integer(associations, "FolderId"), "FolderId")
    folder = get_folder(call.session, call.tenant.tenant_id, folder_id, call.reach)
    added = find_integers(associations, "AddedMachineIds") or []
    service.assign_machines(call.session, call.tenant.tenant_id, added, [folder.id], call.reach)
    service.unassign_machines(call.session, folder, find_integers(associations, "RemovedMachineIds") or [])
    return Answer(status=204)


@routes.writes("Folders_RemoveMachinesFromFolderById")
def unassign_machines(call: Call) -> Answer:
    """Let machines run in a folder no longer."""
    folder = get_folder(call.session, call.tenant.tenant_id, get_number_argument(call, "key"), call.reach)
    machine_ids = get_required(find_integers(get_body(call), "machineIds"), "machineIds")
    service.unassign_machines(call.session, folder, machine_ids)
    return Answer(status=204)


@routes.writes("Folders_ToggleFolderMachineInherit")
def toggle_inheritance(call: Call) -> Answer:
    """Pass a machine on to the folders below, or no longer."""
    body = get_body(call)
    folder_id = get_required(find_integer(body, "FolderId"), "FolderId")
    folder = get_folder(call.session, call.tenant.tenant_id, folder_id, call.reach)
    machine_id = get_required(find_integer(body, "MachineId"), "MachineId")
    enabled = get_required(find_boolean(body, "InheritEnabled"), "InheritEnabled")
    service.set_propagation(call.session, folder, machine_id, enabled=enabled)
    return Answer()


def _delete(call: Call, machine_ids: list[int]) -> Answer:
    service.delete_machines(call.session, call.tenant.tenant_id, machine_ids)
    return Answer(status=204)


def _folder_argument(call: Call) -> Folder:
    return get_folder(call.session, call.tenant.tenant_id, get_number_argument(call, "folderId"), call.reach)
