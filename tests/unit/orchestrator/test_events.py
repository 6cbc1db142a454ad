from typing import Any

import orjson
import pytest
from sqlalchemy import select
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.webhooks.models import OutgoingEvent
from stagedoor.passage import FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    body = {
        "Name": "Listener",
        "Url": "http://listener.test/",
        "Enabled": True,
        "SubscribeToAllEvents": True,
        "AllowInsecureSsl": False,
    }
    desk.call("Webhooks_Post", body)
    return desk.make_folder("Shared")


def events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    with desk.database.read() as session:
        rows = session.scalars(select(OutgoingEvent).order_by(OutgoingEvent.id)).all()
        return [(row.type, orjson.loads(row.body)) for row in rows]


def test_processes_are_told_of(desk: Desk, folder: FolderPlace) -> None:
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="InvoiceBot", version="1.0.0"), clock=desk.clock)
    body = {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot"}
    release = desk.call("Releases_Post", body, folder=folder).content
    desk.call("Releases_PatchById", {"Description": "new"}, folder=folder, key=release["Id"])
    desk.call("Releases_DeleteById", folder=folder, key=release["Id"])
    heard = [(kind, body["Releases"][0]["Id"]) for kind, body in events(desk)]
    assert heard == [(f"process.{word}", release["Id"]) for word in ("created", "updated", "deleted")]
    assert events(desk)[1][1]["Releases"][0]["Description"] == "new"
    assert events(desk)[0][1]["OrganizationUnitKey"] == folder.key


def test_robots_are_told_of_without_what_opens_something(desk: Desk, folder: FolderPlace) -> None:
    body = {"Name": "reader", "Type": "Unattended", "HostingType": "Floating"}
    robot = desk.call("Robots_Post", body, folder=folder).content
    desk.call("Robots_PatchById", {"Description": "new"}, folder=folder, key=robot["Id"])
    desk.call("Robots_ToggleEnabledStatus", {"robotIds": [robot["Id"]], "enabled": False}, folder=folder)
    desk.call("Robots_DeleteById", folder=folder, key=robot["Id"])
    heard = events(desk)
    assert [kind for kind, _ in heard] == ["robot.created", "robot.updated", "robot.updated", "robot.deleted"]
    assert all(body["Robots"][0]["Id"] == robot["Id"] for _, body in heard)
    assert "LicenseKey" in robot
    assert all("LicenseKey" not in body["Robots"][0] for _, body in heard)
