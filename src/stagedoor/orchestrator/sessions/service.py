"""Robot sessions: opened when a robot is made, counted as runtimes, put into maintenance."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.sessions import store
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import SESSION_STATE
from stagedoor.passage import Reach

ROBOT_VERSION = "26.3.0.0"
"""The version that embedded robots report."""

RUNTIME_SLOTS = (
    ("NonProduction", "non_production_slots"),
    ("Unattended", "unattended_slots"),
    ("Headless", "headless_slots"),
    ("TestAutomation", "test_automation_slots"),
    ("Hosting", "hosting_slots"),
    ("AppTest", "app_test_slots"),
    ("PerformanceTest", "performance_test_slots"),
    ("AutomationCloud", "automation_cloud_slots"),
    ("AutomationCloudTestAutomation", "automation_cloud_test_automation_slots"),
)


def connect_robot(session: Session, robot: Robot, *, clock: Clock) -> RobotSession:
    """Open a session for a robot, on its machine or on a host of its own name."""
    machine = session.get(Machine, robot.machine_id) if robot.machine_id is not None else None
    robot_session = RobotSession(
        tenant_id=robot.tenant_id,
        folder_id=robot.folder_id,
        robot_id=robot.id,
        machine_id=robot.machine_id,
        host_machine_name=machine.name if machine else robot.name,
        version=ROBOT_VERSION,
        reporting_time=clock.now(),
    )
    store.add_session(session, robot_session)
    return robot_session


def get_session(session: Session, tenant_id: str, session_id: int, reach: Reach) -> RobotSession:
    """Return a robot session; raises :class:`NotFound` if it is none of this tenant's or out of reach."""
    robot_session = store.find_session(session, tenant_id, session_id, reach)
    if robot_session is None:
        raise NotFound(f"The session {session_id} was not found.")
    return robot_session


def set_maintenance_mode(session: Session, robot_session: RobotSession, mode: int) -> None:
    """Put a session into maintenance, or take it out."""
    robot_session.maintenance_mode = mode
    session.flush()


def set_debug_mode(session: Session, robot_session: RobotSession, minutes: int | None, *, clock: Clock) -> None:
    """Let a session tell more of what it does for some minutes, or no longer."""
    robot_session.debug_mode_until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
    session.flush()


def count_runtimes(session: Session, machines: Sequence[Machine]) -> list[dict[str, Any]]:
    """Return, for each kind of licence slot that the machines have, how many there are, connected and free.

    A machine's slots are connected as soon as one robot is; each busy robot takes one of its own kind.
    """
    connections = store.list_connected(session, machines)
    connected = {one.machine_id for one in connections}
    busy = Counter(one.robot_type for one in connections if one.state == SESSION_STATE.members["Busy"])
    runtimes = []
    for name, column in RUNTIME_SLOTS:
        total = sum(getattr(machine, column) for machine in machines)
        reached = sum(getattr(machine, column) for machine in machines if machine.id in connected)
        available = max(0, reached - busy[ROBOT_TYPE.members[name]])
        if total:
            runtimes.append({"Type": name, "Total": total, "Connected": reached, "Available": available})
    return runtimes
