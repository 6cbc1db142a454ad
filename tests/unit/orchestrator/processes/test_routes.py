"""The feed of packages: latest versions, all versions, arguments, and what may be deleted."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import AlreadyExists, NotFound
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.errors import PackageInUse
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.passage import TenantPlace

VERSIONS = "Processes_GetProcessVersionsByProcessid"


def publish(desk: Desk, *versions: str, name: str = "InvoiceBot", tenant: TenantPlace = TENANT) -> None:
    with desk.write() as session:
        for version in versions:
            new = NewPackage(name=name, version=version, description="Reads invoices", input_arguments="[]")
            create_package(session, tenant.tenant_id, new, clock=desk.clock)


def keys(answer_content: dict) -> list[str]:
    return [package["Key"] for package in answer_content["value"]]


def test_the_list_shows_each_package_at_its_latest_version(desk: Desk) -> None:
    publish(desk, "1.0.9", "1.0.10", "1.1.0-beta.2")
    publish(desk, "2.0.0", name="Mailer")
    publish(desk, "9.9.9", name="Theirs", tenant=OTHER_TENANT)
    content = desk.call("Processes_Get").content
    assert keys(content) == ["InvoiceBot:1.1.0-beta.2", "Mailer:2.0.0"]
    assert content["value"][0]["Arguments"] == {"Input": "[]", "Output": None}
    assert content["value"][0]["IsActive"] is False


def test_all_versions_of_one_package_are_listed_and_one_is_the_latest(desk: Desk) -> None:
    publish(desk, "1.0.10", "1.0.9")
    content = desk.call(VERSIONS, processId="invoicebot").content
    assert [(package["Version"], package["IsLatestVersion"]) for package in content["value"]] == [
        ("1.0.10", True),
        ("1.0.9", False),
    ]


@pytest.mark.parametrize(("words", "found"), [("INVOICE", 1), ("reads", 1), ("%", 0), ("none", 0), ("", 1)])
def test_a_search_looks_into_name_and_description(desk: Desk, words: str, found: int) -> None:
    publish(desk, "1.0.0")
    assert len(desk.call("Processes_Get", query={"searchterm": words}).content["value"]) == found


def test_arguments_are_told_by_key(desk: Desk) -> None:
    publish(desk, "1.0.0")
    assert desk.call("Processes_GetArgumentsByKey", key="invoicebot:1.0.0").content["Input"] == "[]"
    with pytest.raises(NotFound):
        desk.call("Processes_GetArgumentsByKey", key="InvoiceBot:2.0.0")
    with pytest.raises(NotFound):
        desk.call("Processes_GetArgumentsByKey", key="InvoiceBot:1.0.0", tenant=OTHER_TENANT)


def test_entry_points_can_be_expanded(desk: Desk) -> None:
    publish(desk, "1.0.0")
    package = desk.call("Processes_Get", query={"$expand": "EntryPoints"}).content["value"][0]
    assert [entry["Path"] for entry in package["EntryPoints"]] == ["Main.xaml"]


def test_the_same_version_is_published_once(desk: Desk) -> None:
    publish(desk, "1.0.0")
    with pytest.raises(AlreadyExists):
        publish(desk, "1.0.0", name="INVOICEBOT")


class TestDeleting:
    def test_when_the_latest_goes_the_one_before_is_the_latest(self, desk: Desk) -> None:
        publish(desk, "1.0.0", "1.1.0")
        assert desk.call("Processes_DeleteById", key="InvoiceBot:1.1.0").status == 204
        assert keys(desk.call("Processes_Get").content) == ["InvoiceBot:1.0.0"]

    def test_a_name_alone_stands_for_every_version(self, desk: Desk) -> None:
        publish(desk, "1.0.0", "1.1.0")
        desk.call("Processes_DeleteById", key="invoicebot")
        assert keys(desk.call("Processes_Get").content) == []
        with pytest.raises(NotFound):
            desk.call("Processes_DeleteById", key="InvoiceBot")

    def test_what_a_release_runs_stays_and_keeps_the_rest(self, desk: Desk) -> None:
        publish(desk, "1.0.0", "1.1.0")
        folder = desk.make_folder("Shared")
        desk.call("Releases_Post", {"Name": "x", "ProcessKey": "InvoiceBot", "ProcessVersion": "1.0.0"}, folder=folder)
        active = {
            package["Version"]: package["IsActive"]
            for package in desk.call(VERSIONS, processId="InvoiceBot").content["value"]
        }
        assert active == {"1.0.0": True, "1.1.0": False}
        for key in ("InvoiceBot:1.0.0", "InvoiceBot"):
            with pytest.raises(PackageInUse):
                desk.call("Processes_DeleteById", key=key)
        assert len(desk.call(VERSIONS, processId="InvoiceBot").content["value"]) == 2

    def test_another_tenants_package_is_not_there(self, desk: Desk) -> None:
        publish(desk, "1.0.0", tenant=OTHER_TENANT)
        with pytest.raises(NotFound):
            desk.call("Processes_DeleteById", key="InvoiceBot:1.0.0")
