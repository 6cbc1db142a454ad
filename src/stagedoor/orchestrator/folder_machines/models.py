"""What is read of machines in folders."""

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.machines.models import Machine, MachineFolder

_holder, _nearer = aliased(Folder), aliased(Folder)
_other = aliased(MachineFolder)

_passes_down = and_(MachineFolder.propagate_to_subfolders, Folder.branch.startswith(_holder.branch))
_hides = exists().where(
    _other.machine_id == MachineFolder.machine_id,
    _other.folder_id == _nearer.id,
    Folder.branch.startswith(_nearer.branch),
    or_(_nearer.id == Folder.id, _other.propagate_to_subfolders),
    func.length(_nearer.branch) > func.length(_holder.branch),
)


class _View(DeclarativeBase):
    """Keeps what is only read out of the metadata from which tables are made."""


class MachineInFolder(_View):
    """A machine that may run in a folder: assigned to it, or passed on by the nearest folder above that does so.

    Has every column of the machine beside its own.
    """

    __table__ = (
        select(
            *Machine.__table__.columns,
            Folder.id.label("folder_id"),
            MachineFolder.propagate_to_subfolders,
            (_holder.id != Folder.id).label("is_inherited"),
            _holder.fully_qualified_name.label("holder_path"),
        )
        .join_from(MachineFolder, Machine, Machine.id == MachineFolder.machine_id)
        .join(_holder, _holder.id == MachineFolder.folder_id)
        .join(Folder, or_(Folder.id == _holder.id, _passes_down))
        .where(~_hides)
        .subquery("machines_in_folders")
    )
    __mapper_args__ = {"primary_key": [__table__.c.id, __table__.c.folder_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        id: Mapped[int]
        tenant_id: Mapped[str]
        folder_id: Mapped[int]
        propagate_to_subfolders: Mapped[bool]
        is_inherited: Mapped[bool]
        holder_path: Mapped[str]
