"""A folder with a process to start."""

import pytest
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.passage import FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="InvoiceBot", version="1.0.0"), clock=desk.clock)
    folder = desk.make_folder("Shared")
    desk.call("Releases_Post", {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot"}, folder=folder)
    return folder
