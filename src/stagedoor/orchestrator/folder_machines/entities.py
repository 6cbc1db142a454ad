"""How a machine in a folder looks in the vendor's API: a machine, and how it came there."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, case, exists, not_, null
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.orchestrator.entity import ComplexType, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.folder_machines.models import MachineInFolder
from stagedoor.orchestrator.machines.entities import MACHINE
from stagedoor.orchestrator.robots.models import Robot


def _seen_here(part: Property) -> Property:
    if not isinstance(part.source, InstrumentedAttribute):
        return part
    folded = None if part.folded is None else getattr(MachineInFolder, part.folded.key)
    return replace(part, source=getattr(MachineInFolder, part.source.key), folded=folded)


def _has_robots(machine: Any) -> ColumnElement[bool]:
    return exists().where(Robot.machine_id == machine.id)


def _is_assigned(machine: Any) -> ColumnElement[bool]:
    is_inherited: ColumnElement[bool] = machine.is_inherited
    return not_(is_inherited)


def _inherited_from(machine: Any) -> ColumnElement[Any]:
    return case((machine.is_inherited, machine.holder_path), else_=null())


UPDATE_INFO = ComplexType("UpdateInfoDto")

MACHINE_IN_FOLDER = EntityType(
    "MachineFolderDto",
    MachineInFolder,
    (
        *(_seen_here(part) for part in MACHINE.properties),
        Property("IsAssignedToFolder", EdmType.BOOLEAN, Expression(_is_assigned), nullable=False),
        Property("HasMachineRobots", EdmType.BOOLEAN, Expression(_has_robots), nullable=False),
        Property("IsInherited", EdmType.BOOLEAN, MachineInFolder.is_inherited, nullable=False),
        Property("PropagateToSubFolders", EdmType.BOOLEAN, MachineInFolder.propagate_to_subfolders, nullable=False),
        Property("InheritedFromFolderName", EdmType.STRING, Expression(_inherited_from)),
        Property("UpdateInfo", UPDATE_INFO),
    ),
)
MACHINES_IN_FOLDER = EntitySet("MachineFolders", MACHINE_IN_FOLDER)
