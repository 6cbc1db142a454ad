"""All SQL of licences."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Integer, delete, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.licensing.models import AcquiredUnits, SwitchedOffRuntime
from stagedoor.orchestrator.licensing.schemas import Units
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.passage import Reach

_COLUMNS = {
    "NonProduction": Machine.non_production_slots,
    "Unattended": Machine.unattended_slots,
    "Headless": Machine.headless_slots,
    "TestAutomation": Machine.test_automation_slots,
}
SLOTS: Mapping[int, InstrumentedAttribute[int]] = {
    number: _COLUMNS.get(word, Machine.unattended_slots) for word, number in ROBOT_TYPE.members.items()
}
"""Which column of a machine says how many runtimes of a type it has; any for types of which machines have none."""


def has_runtimes(robot_type: int) -> ColumnElement[bool]:
    """Return the condition that a machine has runtimes of this type."""
    column = _COLUMNS.get(ROBOT_TYPE.word(robot_type))
    return false() if column is None else column > 0


def is_named_user(tenant_id: str, reach: Reach, robot_type: int) -> ColumnElement[bool]:
    """Return the condition that a robot within reach counts as a named user of this type."""
    within = Robot.folder_id.in_(select_ids_within_reach(tenant_id, reach))
    return (Robot.type == robot_type) & Robot.username.is_not(None) & within


def find_machine(session: Session, tenant_id: str, key: str) -> Machine | None:
    """Return the tenant's machine with this key."""
    return session.scalar(select(Machine).where(Machine.tenant_id == tenant_id, Machine.key == key))


def switch_runtime(session: Session, machine_id: int, robot_type: int, *, enabled: bool) -> None:
    """Switch a machine's runtimes of one type on or off."""
    session.execute(
        delete(SwitchedOffRuntime).where(
            SwitchedOffRuntime.machine_id == machine_id, SwitchedOffRuntime.robot_type == robot_type
        )
    )
    if not enabled:
        session.add(SwitchedOffRuntime(machine_id=machine_id, robot_type=robot_type))
    session.flush()


def find_units(session: Session, tenant_id: str, units: Units) -> AcquiredUnits | None:
    """Return what is held of these units, locked until the transaction ends."""
    held = select(AcquiredUnits).where(
        AcquiredUnits.tenant_id == tenant_id,
        AcquiredUnits.type == units.type,
        AcquiredUnits.reference == units.reference,
    )
    return session.scalar(held.with_for_update())


def add_units(session: Session, tenant_id: str, units: Units) -> None:
    """Write down units that nobody held."""
    session.add(AcquiredUnits(tenant_id=tenant_id, type=units.type, reference=units.reference, count=units.count))
    session.flush()


def drop_units(session: Session, held: AcquiredUnits) -> None:
    """Forget units of which none is held any more."""
    session.delete(held)
    session.flush()


def count_units(session: Session, tenant_id: str) -> dict[str, int]:
    """Return how many units of each type are held."""
    counted = select(AcquiredUnits.type, func.sum(AcquiredUnits.count)).where(AcquiredUnits.tenant_id == tenant_id)
    return {row[0]: int(row[1]) for row in session.execute(counted.group_by(AcquiredUnits.type))}


def count_runtimes(session: Session, tenant_id: str) -> dict[str, int]:
    """Return how many runtimes of each type the tenant's machines have, and how many named users there are."""
    sums = [func.coalesce(func.sum(column), 0).cast(Integer) for column in _COLUMNS.values()]
    row = session.execute(select(*sums).where(Machine.tenant_id == tenant_id)).one()
    counts = {word: int(count) for word, count in zip(_COLUMNS, row, strict=True)}
    named = select(Robot.type, func.count()).where(Robot.tenant_id == tenant_id, Robot.username.is_not(None))
    for robot_type, count in session.execute(named.group_by(Robot.type)):
        word = ROBOT_TYPE.word(robot_type)
        if word not in counts:
            counts[word] = count
    return counts
