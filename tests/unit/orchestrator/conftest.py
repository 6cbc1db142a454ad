"""A desk for each test: an embedded Orchestrator with an empty store of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.orchestrator import TENANT, Desk, desk_in
from tests.factories.tenant_people import people_desk_in

from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.passage import FolderPlace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path)
    yield desk
    desk.database.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Desk]:
    """A desk with people whom it can change, by identity's own services."""
    desk = people_desk_in(tmp_path / "house")
    yield desk
    desk.database.close()


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    """A folder with a process to start, unless a room makes one for itself."""
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="InvoiceBot", version="1.0.0"), clock=desk.clock)
    folder = desk.make_folder("Shared")
    desk.call("Releases_Post", {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot"}, folder=folder)
    return folder
