"""Real robots as sessions: who is there, on which machine, and who has not been heard of for too long."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.errors import Conflict
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import HOSTING_TYPE, NAME_LENGTH_MAX, ROBOT_TYPE, MachineChoice, RobotChanges
from stagedoor.orchestrator.robots.service import create_robot
from stagedoor.orchestrator.robots.store import find_robot_by_name
from stagedoor.orchestrator.robots_service import store
from stagedoor.orchestrator.robots_service.schemas import Heartbeat
from stagedoor.orchestrator.sessions import store as sessions
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import PLATFORM, SESSION_STATE
from stagedoor.orchestrator.sessions.service import ROBOT_VERSION
from stagedoor.passage import FolderPlace

SILENT_AFTER = timedelta(minutes=2)
CONNECTED_MAX = 500
"""Each process says itself which one it is, and each new one has a robot made for it."""
AVAILABLE, BUSY, DISCONNECTED = (SESSION_STATE.members[word] for word in ("Available", "Busy", "Disconnected"))


def hear_of_robot(
    session: Session,
    tenant_id: str,
    folder: FolderPlace,
    beat: Heartbeat,
    machine: Machine | None,
    *,
    clock: Clock,
    chance: Chance,
) -> RobotSession:
    """Write a sign of life down and return the session that it belongs to.

    A process that is new takes a robot of the folder which is bound to its machine and which no other process is; where
    there is none, one is made that has the host's name. Raises :class:`Conflict` where as many are at work in the
    folder as may be.
    """
    key = beat.robot_key or ""
    found = sessions.find_of_instance(session, tenant_id, folder.id, key)
    host = beat.host_machine_name or (machine.name if machine else "unknown")
    if found is None:
        if sessions.count_connected(session, tenant_id, folder.id) >= CONNECTED_MAX:
            raise Conflict(f"There are {CONNECTED_MAX} robots at work in the folder '{folder.path}' already.")
        machine_id = None if machine is None else machine.id
        robot = sessions.find_free_robot(session, tenant_id, folder.id, machine_id)
        if robot is None:
            robot = _make_robot(session, tenant_id, folder, host, machine, clock=clock, chance=chance)
        found = RobotSession(
            tenant_id=tenant_id,
            folder_id=folder.id,
            robot_id=robot.id,
            machine_id=machine_id,
            instance_key=key,
            platform=PLATFORM.members["Linux"],
        )
    found.host_machine_name = host
    found.version = beat.version or ROBOT_VERSION
    found.runtimes = beat.runtimes
    found.reporting_time = clock.now()
    found.state = DISCONNECTED if beat.is_leaving else AVAILABLE
    sessions.add_session(session, found)
    return found


def settle_state(session: Session, robot_session: RobotSession) -> None:
    """Say of a robot that is there whether it has jobs in hand."""
    robot_session.state = BUSY if store.has_job_in_hand(session, robot_session.robot_id) else AVAILABLE
    session.flush()


def _make_robot(
    session: Session,
    tenant_id: str,
    folder: FolderPlace,
    host: str,
    machine: Machine | None,
    *,
    clock: Clock,
    chance: Chance,
) -> Robot:
    bare = "".join(letter for letter in host if letter.isprintable()).strip()[: NAME_LENGTH_MAX - 4] or "robot"
    names = (bare, *(f"{bare}-{number}" for number in range(2, 1000)))
    name = next(name for name in names if find_robot_by_name(session, tenant_id, name) is None)
    hosting = "Standard" if machine is not None else "Floating"
    return create_robot(
        session,
        tenant_id,
        folder,
        RobotChanges(name=name, type=ROBOT_TYPE.members["Unattended"], hosting_type=HOSTING_TYPE.members[hosting]),
        MachineChoice(machine_id=machine.id if machine is not None else None),
        user_number=None,
        clock=clock,
        chance=chance,
    )


def _is_any_silent(session: Session, now: datetime) -> bool:
    return sessions.is_any_silent(session, now - SILENT_AFTER)


def _disconnect_silent(duty: DutyCall) -> None:
    with duty.database.write() as session:
        sessions.disconnect_silent(session, duty.clock.now() - SILENT_AFTER)


LOSE_ROBOTS = Duty("lose robots", every=timedelta(seconds=10), carry_out=_disconnect_silent, is_due=_is_any_silent)
"""A robot that was killed says no goodbye."""
