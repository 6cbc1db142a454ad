"""What moving a folder changes about the machines that may run in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.orchestrator.folder_machines import store
from stagedoor.orchestrator.folders.models import Folder


@dataclass(frozen=True, slots=True)
class MachineChange:
    """A machine that would be gained or lost."""

    machine_id: int
    name: str
    is_gained: bool


def list_changes(session: Session, folder: Folder, target_parent: Folder | None) -> list[MachineChange]:
    """Return the machines that a folder would gain or lose below another parent; ``None`` is the root.

    What is assigned to the folder itself goes with it and is no change.
    """
    own = store.list_machines_of(session, folder, passed_on_by_it=False)
    before = _inherited_below(session, _parent_of(session, folder))
    after = _inherited_below(session, target_parent)
    lost = before.keys() - after.keys() - own.keys()
    gained = after.keys() - before.keys() - own.keys()
    names = {**before, **after}
    return [MachineChange(number, names[number], is_gained=number in gained) for number in sorted(lost | gained)]


def _inherited_below(session: Session, parent: Folder | None) -> Mapping[int, str]:
    return {} if parent is None else store.list_machines_of(session, parent, passed_on_by_it=True)


def _parent_of(session: Session, folder: Folder) -> Folder | None:
    return None if folder.parent_id is None else store.find_folder(session, folder.parent_id)
