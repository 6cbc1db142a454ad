"""All SQL of machines."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, false, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.references import list_holding_keys


def is_assigned_to(folder: Folder, machine: Any = Machine) -> ColumnElement[bool]:
    """Return the condition that a machine may run in the folder: assigned to it, or to one above that passes it on."""
    ids_above = [int(number) for number in folder.branch.strip("/").split("/")[:-1]]
    inherited = and_(MachineFolder.folder_id.in_(ids_above), MachineFolder.propagate_to_subfolders)
    return exists().where(MachineFolder.machine_id == machine.id, or_(MachineFolder.folder_id == folder.id, inherited))


def find_machine(session: Session, tenant_id: str, machine_id: int) -> Machine | None:
    """Return the machine, if it is in this tenant."""
    return session.scalar(select(Machine).where(Machine.tenant_id == tenant_id, Machine.id == machine_id))


def find_machine_by_name(session: Session, tenant_id: str, name: str) -> Machine | None:
    """Return the machine of this name, in any letter case."""
    return session.scalar(select(Machine).where(Machine.tenant_id == tenant_id, Machine.name_folded == name.casefold()))


def list_machines(session: Session, tenant_id: str, machine_ids: Collection[int]) -> Sequence[Machine]:
    """Return those of the machines that are in this tenant."""
    return session.scalars(
        select(Machine).where(Machine.tenant_id == tenant_id, Machine.id.in_(machine_ids)).order_by(Machine.id)
    ).all()


def list_assigned(session: Session, folder: Folder) -> Sequence[Machine]:
    """Return the machines that may run in the folder."""
    return session.scalars(
        select(Machine).where(Machine.tenant_id == folder.tenant_id, is_assigned_to(folder)).order_by(Machine.id)
    ).all()


def find_one_in_use(session: Session, machine_ids: Collection[int]) -> Machine | None:
    """Return the first of these machines that something is bound to."""
    used = or_(false(), *(exists().where(key.parent == Machine.id) for key in list_holding_keys("machines")))
    return session.scalar(select(Machine).where(Machine.id.in_(machine_ids), used).order_by(Machine.id).limit(1))


def add_machine(session: Session, machine: Machine) -> None:
    """Store a new machine."""
    session.add(machine)
    session.flush()


def delete_machines(session: Session, machine_ids: Collection[int]) -> None:
    """Delete machines with their assignments and sessions."""
    session.execute(delete(Machine).where(Machine.id.in_(machine_ids)))


def assign(session: Session, machine_id: int, folder_id: int) -> None:
    """Let a machine run in a folder; nothing happens where it does."""
    if session.get(MachineFolder, (machine_id, folder_id)) is None:
        session.add(MachineFolder(machine_id=machine_id, folder_id=folder_id))
        session.flush()


def unassign(session: Session, machine_ids: Collection[int], folder_id: int) -> None:
    """Let machines run in a folder no longer."""
    session.execute(
        delete(MachineFolder).where(MachineFolder.folder_id == folder_id, MachineFolder.machine_id.in_(machine_ids))
    )


def set_propagation(session: Session, machine_id: int, folder_id: int, *, enabled: bool) -> bool:
    """Pass an assignment on to the folders below, or no longer; false where there is no assignment."""
    assignment = session.get(MachineFolder, (machine_id, folder_id))
    if assignment is None:
        return False
    assignment.propagate_to_subfolders = enabled
    session.flush()
    return True


class MachineWithSecret(NamedTuple):
    """A machine whose robots can sign in, and a folder that it is assigned to, if any."""

    tenant_id: str
    machine_id: int
    name: str
    secret_hash: str
    folder_key: str | None


def list_with_secrets(session: Session, tenant_id: str | None = None) -> Sequence[MachineWithSecret]:
    """Return the machines whose robots can sign in, of one tenant or of all, once for each of their folders."""
    rows = (
        select(Machine.tenant_id, Machine.id, Machine.name, Machine.secret_hash, Folder.key)
        .outerjoin(MachineFolder, MachineFolder.machine_id == Machine.id)
        .outerjoin(Folder, Folder.id == MachineFolder.folder_id)
        .where(Machine.secret_hash.is_not(None))
        .order_by(Machine.id, Folder.id)
    )
    if tenant_id is not None:
        rows = rows.where(Machine.tenant_id == tenant_id)
    return [
        MachineWithSecret(tenant, machine_id, name, secret_hash or "", folder_key)
        for tenant, machine_id, name, secret_hash, folder_key in session.execute(rows)
    ]
