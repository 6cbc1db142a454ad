"""Machines of a tenant, and the folders that each may run in."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_base62, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.errors import NameInUse, NotFound
from stagedoor.orchestrator.field_changes import UNSET, apply_changes
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.machines import store
from stagedoor.orchestrator.machines.errors import MachineInUse
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.machines.schemas import MachineChanges
from stagedoor.passage import Reach

TOPIC = "machine"
"""What the change feed is told of: the tenant whose machines, or their folders, are others now."""
SECRET_PREFIX = "sdm_"
"""Lets a scanner tell a machine's client secret from other long words."""
SECRET_LENGTH = 43


def draw_secret(chance: Chance) -> Secret:
    """Return a fresh client secret for the robots of a machine."""
    return Secret(SECRET_PREFIX + random_base62(chance, SECRET_LENGTH))


def get_machine(session: Session, tenant_id: str, machine_id: int) -> Machine:
    """Return the machine; raises :class:`NotFound` if it is none of this tenant's."""
    machine = store.find_machine(session, tenant_id, machine_id)
    if machine is None:
        raise NotFound(f"The machine {machine_id} was not found.")
    return machine


def create_machine(
    session: Session,
    tenant_id: str,
    changes: MachineChanges,
    *,
    license_key: str | None = None,
    secret_hash: str | None = None,
    clock: Clock,
    chance: Chance,
) -> Machine:
    """Make a machine; raises :class:`NameInUse` if the tenant has the name in any letter case.

    ``secret_hash`` is the keyed hash of the secret with which its robots sign in; without one they cannot.
    """
    _verify_name_is_free(session, tenant_id, changes.name)
    machine = Machine(
        tenant_id=tenant_id,
        key=random_guid(chance),
        license_key=license_key or random_guid(chance),
        secret_hash=secret_hash,
        created_at=clock.now(),
    )
    apply_changes(machine, changes)
    store.add_machine(session, machine)
    record_change(session, TOPIC, tenant_id)
    return machine


def update_machine(session: Session, machine: Machine, changes: MachineChanges) -> None:
    """Change what ``changes`` set; raises :class:`NameInUse`."""
    if changes.name is not UNSET and changes.name.casefold() != machine.name_folded:
        _verify_name_is_free(session, machine.tenant_id, changes.name)
    apply_changes(machine, changes)
    session.flush()


def delete_machines(session: Session, tenant_id: str, machine_ids: Sequence[int]) -> None:
    """Delete machines, all or none; raises :class:`NotFound`, and :class:`MachineInUse` while a robot needs one."""
    machines = get_machines(session, tenant_id, machine_ids)
    ids = [machine.id for machine in machines]
    used = store.find_one_in_use(session, ids)
    if used is not None:
        raise MachineInUse(f"The machine '{used.name}' cannot be deleted while a robot is bound to it.")
    store.delete_machines(session, ids)
    record_change(session, TOPIC, tenant_id)


def get_machines(session: Session, tenant_id: str, machine_ids: Sequence[int]) -> Sequence[Machine]:
    """Return all of these machines; raises :class:`NotFound` that names the first one missing."""
    machines = store.list_machines(session, tenant_id, machine_ids)
    missing = set(machine_ids) - {machine.id for machine in machines}
    if missing:
        raise NotFound(f"The machine {min(missing)} was not found.")
    return machines


def assign_machines(
    session: Session, tenant_id: str, machine_ids: Sequence[int], folder_ids: Sequence[int], reach: Reach
) -> None:
    """Let each machine run in each folder; raises :class:`NotFound` for one that is not there or out of reach."""
    machines = get_machines(session, tenant_id, machine_ids)
    for folder_id in folder_ids:
        folder = get_folder(session, tenant_id, folder_id, reach)
        for machine in machines:
            store.assign(session, machine.id, folder.id)
    record_change(session, TOPIC, tenant_id)


def unassign_machines(session: Session, folder: Folder, machine_ids: Sequence[int]) -> None:
    """Let machines run in a folder no longer."""
    store.unassign(session, machine_ids, folder.id)
    record_change(session, TOPIC, folder.tenant_id)


def set_propagation(session: Session, folder: Folder, machine_id: int, *, enabled: bool) -> None:
    """Pass a machine on to the folders below, or no longer; raises :class:`NotFound` if it is not assigned here."""
    machine = get_machine(session, folder.tenant_id, machine_id)
    if not store.set_propagation(session, machine.id, folder.id, enabled=enabled):
        raise NotFound(f"The machine '{machine.name}' is not assigned to the folder.")


def _verify_name_is_free(session: Session, tenant_id: str, name: str) -> None:
    if store.find_machine_by_name(session, tenant_id, name) is not None:
        raise NameInUse(f"There is a machine '{name}' already.")
