"""All SQL of machines seen from folders."""

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folder_machines.models import MachineInFolder
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.machines.models import Machine, MachineFolder


def find_folder(session: Session, folder_id: int) -> Folder | None:
    """Return a folder, for what follows from one that the caller may see."""
    return session.get(Folder, folder_id)


def may_run_in(folder: Folder) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on :class:`MachineInFolder` that it is about this folder."""
    return (MachineInFolder.folder_id == folder.id,)


def holds_machine_below(folder: Folder, machine_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on :class:`Folder` that it lies below another one and the machine is assigned to itself."""
    return (
        Folder.branch.startswith(folder.branch),
        Folder.id != folder.id,
        exists().where(MachineFolder.folder_id == Folder.id, MachineFolder.machine_id == machine_id),
    )


def list_machines_of(session: Session, folder: Folder, *, passed_on_by_it: bool) -> dict[int, str]:
    """Return the names by number of the machines that are assigned to a folder itself.

    With ``passed_on_by_it`` those, instead, that everything below it inherits, from it or from a folder above.
    """
    way = [int(number) for number in folder.branch.strip("/").split("/")]
    if passed_on_by_it:
        assigned = and_(MachineFolder.folder_id.in_(way), MachineFolder.propagate_to_subfolders)
    else:
        assigned = MachineFolder.folder_id == folder.id
    rows = select(Machine.id, Machine.name).join(MachineFolder, MachineFolder.machine_id == Machine.id).where(assigned)
    return {machine.id: machine.name for machine in session.execute(rows)}
