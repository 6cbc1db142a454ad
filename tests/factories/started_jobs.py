"""Jobs that are started at a desk, seen to move by the clock, and stopped."""

from datetime import timedelta

from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.scripted_robots.scripts import Script
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.passage import FolderPlace

Job = dict[str, object]
STRANGE_KEY = "00000000-0000-4000-8000-000000000099"
BATCH_KEY = "00000000-0000-4000-8000-0000000000bb"


def release_of(desk: Desk, folder: FolderPlace) -> dict[str, object]:
    return desk.call("Releases_Get", folder=folder).content["value"][0]


def start_many(desk: Desk, folder: FolderPlace, headers: dict[str, str] | None = None, **info: object) -> list[Job]:
    info.setdefault("ReleaseName", "InvoiceBot")
    answer = desk.call("Jobs_StartJobs", {"startInfo": info}, folder=folder, headers=headers)
    assert answer.status == 201
    return answer.content["value"]


def start(desk: Desk, folder: FolderPlace, **info: object) -> Job:
    jobs = start_many(desk, folder, **info)
    assert len(jobs) == 1
    return jobs[0]


def seen(desk: Desk, folder: FolderPlace, job: Job, **query: str) -> Job:
    return desk.call("Jobs_GetById", key=job["Id"], folder=folder, query=query).content


def script(desk: Desk, script: Script, pattern: str = "*") -> None:
    with desk.write() as session:
        create_rule(session, TENANT.tenant_id, pattern, script)


def stop(desk: Desk, folder: FolderPlace, job: Job, strategy: object = "SoftStop") -> int:
    return desk.call("Jobs_StopJobById", {"strategy": strategy}, key=job["Id"], folder=folder).status


def after(desk: Desk, seconds: float) -> None:
    desk.clock.advance(timedelta(seconds=seconds))


def seat_robot(desk: Desk, folder: FolderPlace, name: str, *, enabled: bool = True) -> int:
    with desk.write() as session:
        machine = Machine(
            tenant_id=TENANT.tenant_id,
            key=f"machine {name}",
            license_key="k",
            name=f"HOST-{name}",
            name_folded=f"host-{name}",
            created_at=desk.clock.now(),
        )
        session.add(machine)
        session.flush()
        session.add(MachineFolder(machine_id=machine.id, folder_id=folder.id))
        robot = Robot(
            tenant_id=TENANT.tenant_id,
            key=f"robot {name}",
            folder_id=folder.id,
            machine_id=machine.id,
            license_key="k",
            name=name,
            name_folded=name,
            enabled=enabled,
            created_at=desk.clock.now(),
        )
        session.add(robot)
        session.flush()
        return robot.id
