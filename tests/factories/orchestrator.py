"""An embedded Orchestrator for a test, called by operation id as the gateway calls it."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session
from tests.factories.callers import person
from tests.factories.store import empty_database

from stagedoor.catalog.matcher import CATALOG
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.files import LocalFiles
from stagedoor.orchestrator.app import ROOMS, Orchestrator
from stagedoor.orchestrator.call import Answer
from stagedoor.orchestrator.folders import service as folder_service
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.request import OrchestratorRequest
from stagedoor.passage import Caller, FolderPlace, Reach, TenantPlace

TENANT = TenantPlace(
    organization_id="00000000-0000-4000-8000-00000000000a",
    organization_name="acme",
    tenant_id="00000000-0000-4000-8000-0000000000d1",
    tenant_name="dev",
)
OTHER_TENANT = replace(TENANT, tenant_id="00000000-0000-4000-8000-0000000000d2", tenant_name="prod")

CALLER = person(organization_id=TENANT.organization_id)


@dataclass
class Desk:
    """A tenant's Orchestrator and the store behind it; the clock is held, chance is seeded."""

    database: Database
    rooms: Iterable[Routes] = ROOMS
    directory: Path = field(kw_only=True)
    clock: HeldClock = field(default_factory=lambda: HeldClock(datetime(2030, 1, 31, 8, 0, tzinfo=UTC)))
    chance: SeededChance = field(default_factory=lambda: SeededChance(1))
    vault: Vault = field(default_factory=lambda: Vault(bytes(32)))
    changes: ChangeFeed = field(init=False)
    files: LocalFiles = field(init=False)
    orchestrator: Orchestrator = field(init=False)

    def __post_init__(self) -> None:
        self.changes = ChangeFeed(self.database)
        self.files = LocalFiles(self.directory / "files")
        self.orchestrator = Orchestrator(
            self.database, self.clock, self.chance, self.vault, changes=self.changes, files=self.files, rooms=self.rooms
        )

    def call(
        self,
        operation_id: str,
        body: Any = None,
        *,
        tenant: TenantPlace = TENANT,
        caller: Caller = CALLER,
        folder: FolderPlace | None = None,
        reach: Reach = EVERYWHERE,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        **arguments: object,
    ) -> Answer:
        """Carry out one operation; ``arguments`` are the values in its path, a ``body`` of bytes is sent as it is."""
        sent = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        return self.orchestrator.carry_out(
            OrchestratorRequest(
                operation=CATALOG.get_operation(operation_id),
                tenant=tenant,
                caller=caller,
                folder=folder,
                reach=reach,
                path_arguments={name: str(value) for name, value in arguments.items()},
                query=query or {},
                headers={"content-type": content_type, **(headers or {})},
                body=sent,
                base_url="http://desk.test/acme/dev/orchestrator_",
                request_id="request-1",
            )
        )

    def write(self) -> AbstractContextManager[Session]:
        """Open a transaction beside the Orchestrator, for what a test puts there itself."""
        return self.database.write()

    def make_folder(self, name: str, *, below: FolderPlace | None = None, tenant: TenantPlace = TENANT) -> FolderPlace:
        """Make a folder and return its place."""
        with self.database.write() as session:
            folder = folder_service.create_folder(
                session,
                tenant.tenant_id,
                folder_service.NewFolder(display_name=name, parent_id=below.id if below else None),
                reach=EVERYWHERE,
                clock=self.clock,
                chance=self.chance,
            )
            lineage = (*(below.lineage if below else ()), folder.key)
            return FolderPlace(id=folder.id, key=folder.key, path=folder.fully_qualified_name, lineage=lineage)


def desk_in(directory: Path, rooms: Iterable[Routes] = ROOMS) -> Desk:
    """Return a desk with an empty store of its own; close its ``database`` when done."""
    return Desk(empty_database(directory), rooms, directory=directory)
