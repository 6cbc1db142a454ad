"""A folder for assets, and a robot in it that reads them."""

import pytest
from tests.factories.assets import OTHER_ROBOT_KEY, ROBOT_KEY
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


@pytest.fixture
def robot(desk: Desk, folder: FolderPlace) -> Robot:
    with desk.write() as session:
        machine = Machine(
            tenant_id=TENANT.tenant_id,
            key="m",
            license_key="k",
            name="HOST",
            name_folded="host",
            created_at=desk.clock.now(),
        )
        session.add(machine)
        session.flush()
        robots = [
            Robot(
                tenant_id=TENANT.tenant_id,
                key=key,
                folder_id=folder.id,
                machine_id=machine.id,
                license_key="k",
                name=name,
                name_folded=name,
                user_number=number,
                created_at=desk.clock.now(),
            )
            for key, name, number in ((ROBOT_KEY, "bot", 41), (OTHER_ROBOT_KEY, "other", None))
        ]
        session.add_all(robots)
        session.flush()
        return robots[0]
