"""What a new tenant starts with, so that the first request of a newcomer finds something to answer it."""

from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.assets.schemas import AssetValues, Value, ValueScope, ValueType
from stagedoor.orchestrator.assets.service import Writer, create_asset
from stagedoor.orchestrator.folders import store as folder_store
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import NewFolder, create_folder
from stagedoor.orchestrator.machines.schemas import MACHINE_TYPE, MachineChanges
from stagedoor.orchestrator.machines.service import assign_machines, create_machine
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.queue_definitions.schemas import QueueValues
from stagedoor.orchestrator.queue_definitions.service import create_queue
from stagedoor.orchestrator.releases.schemas import ReleaseChanges
from stagedoor.orchestrator.releases.service import Author, create_release
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE, MachineChoice, RobotChanges
from stagedoor.orchestrator.robots.service import create_robot
from stagedoor.orchestrator.scripted_robots.scripts import Script
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.orchestrator.sessions.service import connect_robot
from stagedoor.passage import FolderPlace

FOLDER = "Shared"
PROCESS = "InvoiceBot"
PROCESS_VERSION = "1.0.0"
QUEUE = "Invoices"
MACHINE = "stagedoor-robots"
ROBOT = "invoice-robot"

_TEXT = "System.String, mscorlib"
_NUMBER = "System.Double, mscorlib"
_FLAG = "System.Boolean, mscorlib"


def seed_tenant(session: Session, tenant_id: str, *, clock: Clock, chance: Chance, vault: Vault | None = None) -> bool:
    """Give a tenant without folders a small working Orchestrator; return whether it did.

    A folder with a process, a queue, assets and a robot on a machine of its own. Assets are kept with the ``vault``;
    without one there are none. A tenant that has any folder is left alone, so that calling this at every start is
    safe, and so that what somebody deleted stays deleted.
    """
    if folder_store.has_folders(session, tenant_id):
        return False
    folder = create_folder(
        session,
        tenant_id,
        NewFolder(display_name=FOLDER, description="Made by Stagedoor to start with."),
        reach=folder_store.EVERYWHERE,
        clock=clock,
        chance=chance,
    )
    author = Author(clock=clock, chance=chance, tenant_id=tenant_id)
    _seed_process(session, folder, author)
    _seed_robot(session, folder, author)
    _seed_queue(session, folder, author)
    if vault is not None:
        _seed_assets(session, folder, author, vault)
    return True


def _seed_process(session: Session, folder: Folder, author: Author) -> None:
    create_package(
        session,
        author.tenant_id,
        NewPackage(
            name=PROCESS,
            version=PROCESS_VERSION,
            description="Reads an invoice and says whether it may be paid.",
            authors="Stagedoor",
            input_arguments=_arguments(("InvoiceNumber", _TEXT, True), ("Amount", _NUMBER, False)),
            output_arguments=_arguments(("Approved", _FLAG, False), ("Message", _TEXT, False)),
        ),
        clock=author.clock,
    )
    changes = ReleaseChanges(name=PROCESS, description="Reads an invoice and says whether it may be paid.")
    create_release(session, _place(folder), PROCESS, PROCESS_VERSION, changes, author)
    script = Script(output={"Approved": True, "Message": "The invoice may be paid."})
    create_rule(session, author.tenant_id, PROCESS, script)


def _seed_robot(session: Session, folder: Folder, author: Author) -> None:
    machine = create_machine(
        session,
        author.tenant_id,
        MachineChanges(name=MACHINE, type=MACHINE_TYPE.members["Template"], unattended_slots=2),
        clock=author.clock,
        chance=author.chance,
    )
    assign_machines(session, author.tenant_id, [machine.id], [folder.id], folder_store.EVERYWHERE)
    robot = create_robot(
        session,
        author.tenant_id,
        _place(folder),
        RobotChanges(name=ROBOT, username="stagedoor\\invoices", type=ROBOT_TYPE.members["Unattended"]),
        MachineChoice(machine_id=machine.id),
        user_number=None,
        clock=author.clock,
        chance=author.chance,
    )
    connect_robot(session, robot, clock=author.clock)


def _seed_queue(session: Session, folder: Folder, author: Author) -> None:
    values = QueueValues(
        name=QUEUE,
        description="Invoices that wait for InvoiceBot.",
        max_number_of_retries=1,
        accept_automatically_retry=True,
        retry_abandoned_items=None,
        enforce_unique_reference=True,
        sla_in_minutes=None,
        risk_sla_in_minutes=None,
        release_id=None,
        tags=None,
    )
    create_queue(session, author.tenant_id, folder.id, values, clock=author.clock, chance=author.chance)


def _seed_assets(session: Session, folder: Folder, author: Author, vault: Vault) -> None:
    writer = Writer(user_number=0, clock=author.clock, chance=author.chance, vault=vault)
    # Drawn, so that no two installations share it: a password that everybody knows is none.
    password = Secret(random_base62(author.chance, 24))
    for name, value in (
        ("InvoiceInbox", Value(type=ValueType.TEXT, text="invoices@example.com")),
        ("ApprovalLimit", Value(type=ValueType.INTEGER, number=1000)),
        ("DryRun", Value(type=ValueType.BOOL, truth=True)),
        ("LedgerLogin", Value(type=ValueType.CREDENTIAL, username="ledger-bot", secret=password)),
    ):
        values = AssetValues(
            name=name,
            description=None,
            scope=ValueScope.GLOBAL,
            type=value.type,
            default=value,
            personal=(),
            allows_direct_access=None,
            tags=None,
        )
        create_asset(session, author.tenant_id, folder.id, values, writer)


def _arguments(*arguments: tuple[str, str, bool]) -> str:
    described: list[dict[str, Any]] = [
        {"name": name, "type": kind, "required": required, "hasDefault": False} for name, kind, required in arguments
    ]
    return orjson.dumps(described).decode()


def _place(folder: Folder) -> FolderPlace:
    return FolderPlace(id=folder.id, key=folder.key, path=folder.fully_qualified_name, lineage=(folder.key,))
