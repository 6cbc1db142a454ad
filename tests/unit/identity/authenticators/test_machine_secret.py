"""A machine's client secret lets its robots in: for a robot's work, in the machine's folders, until it is deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.factories.acme import Acme, acme

from stagedoor.access.verdict import Judge
from stagedoor.catalog import CATALOG
from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.authenticators.machine_secret import MachineSecretAuthenticator
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import NewFolder, create_folder
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.machines import service
from stagedoor.orchestrator.machines.directory import MachineDirectory
from stagedoor.orchestrator.machines.schemas import MachineChanges
from stagedoor.passage import Allowed, Caller, FolderPlace


@dataclass
class Floor:
    """A tenant with two folders and a machine in one of them."""

    world: Acme
    directory: MachineDirectory
    authenticator: MachineSecretAuthenticator
    secret: Secret
    machine_id: int
    here: FolderPlace
    there: FolderPlace

    def robot(self) -> Caller | None:
        self.world.feed.catch_up()
        return self.authenticator.authenticate(self.secret.reveal(), self.world.clock.now())


def place(folder: Folder) -> FolderPlace:
    return FolderPlace(id=folder.id, key=folder.key, path=folder.fully_qualified_name, lineage=(folder.key,))


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with acme(tmp_path) as world:
        directory = MachineDirectory(world.database, world.feed, world.vault)
        secret = service.draw_secret(world.chance)
        tenant_id = world.dev.id
        with world.database.write() as session:
            here, there = (
                create_folder(
                    session,
                    tenant_id,
                    NewFolder(display_name=name),
                    reach=EVERYWHERE,
                    clock=world.clock,
                    chance=world.chance,
                )
                for name in ("Here", "There")
            )
            machine = service.create_machine(
                session,
                tenant_id,
                MachineChanges(name="hal"),
                secret_hash=world.vault.keyed_hash(secret.reveal()),
                clock=world.clock,
                chance=world.chance,
            )
            service.assign_machines(session, tenant_id, [machine.id], [here.id], EVERYWHERE)
            found = (machine.id, place(here), place(there))
        world.feed.catch_up()
        directory.load()
        authenticator = MachineSecretAuthenticator(directory, world.directory)
        yield Floor(world, directory, authenticator, secret, *found)


def may(floor: Floor, caller: Caller, operation_id: str, folder: FolderPlace | None) -> bool:
    entry = floor.world.directory.find_tenant_by_id(floor.world.dev.id)
    assert entry is not None
    operation = CATALOG.get_operation(operation_id)
    verdict = Judge(CATALOG).judge(
        caller, operation, folder, tenant=entry.place, client_address="192.0.2.7", now=floor.world.clock.now()
    )
    return isinstance(verdict, Allowed)


def test_a_robot_does_a_robots_work_in_its_machines_folders_and_nothing_else(floor: Floor) -> None:
    robot = floor.robot()
    assert robot is not None
    assert (robot.id, robot.may_administer, robot.may_make_credentials) == (str(floor.machine_id), False, False)
    assert may(floor, robot, "RobotsService_SubmitHeartbeat", floor.here)
    assert may(floor, robot, "Processes_DownloadPackageByKey", None)
    assert not may(floor, robot, "RobotsService_SubmitHeartbeat", floor.there)
    assert not may(floor, robot, "Jobs_Get", floor.here)
    assert not may(floor, robot, "Assets_Get", floor.here)


def test_what_changes_at_the_machine_changes_for_its_robots_at_once(floor: Floor) -> None:
    tenant_id = floor.world.dev.id
    with floor.world.database.write() as session:
        service.assign_machines(session, tenant_id, [floor.machine_id], [floor.there.id], EVERYWHERE)
    robot = floor.robot()
    assert robot is not None
    assert may(floor, robot, "RobotsService_SubmitJobState", floor.there)
    with floor.world.database.write() as session:
        service.delete_machines(session, tenant_id, [floor.machine_id])
    with pytest.raises(NotAuthenticated):
        floor.robot()


def test_what_is_no_secret_of_a_machine_is_left_to_others_or_refused(floor: Floor) -> None:
    now = floor.world.clock.now()
    assert floor.authenticator.authenticate("sd_something", now) is None
    with pytest.raises(NotAuthenticated):
        floor.authenticator.authenticate(floor.secret.reveal()[:-1] + "!", now)


def test_a_machine_without_folders_lets_its_robots_work_nowhere(floor: Floor) -> None:
    with floor.world.database.write() as session:
        folder = session.get_one(Folder, floor.here.id)
        service.unassign_machines(session, folder, [floor.machine_id])
    robot = floor.robot()
    assert robot is not None
    assert not may(floor, robot, "RobotsService_SubmitHeartbeat", floor.here)
    for operation_id in ("Processes_DownloadPackageByKey", "Logs_SubmitLogs"):
        assert not may(floor, robot, operation_id, None)
