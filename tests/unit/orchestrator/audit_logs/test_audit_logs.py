from dataclasses import replace
from typing import Any

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.catalog.matcher import CATALOG
from stagedoor.orchestrator.audit_logs.schemas import ACTION, COMPONENT, action_of, find_component
from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.passage import CallerKind, FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Invoices")


def rows(desk: Desk, **query: str) -> list[dict[str, Any]]:
    asked = {f"${name}": value for name, value in query.items()}
    value: list[dict[str, Any]] = desk.call("AuditLogs_Get", query=asked).content["value"]
    return value


def make_queue(desk: Desk, folder: FolderPlace, name: str = "Orders") -> dict[str, Any]:
    content: dict[str, Any] = desk.call("QueueDefinitions_Post", {"Name": name}, folder=folder).content
    return content


def test_a_change_has_a_row_that_says_who_did_what(desk: Desk, folder: FolderPlace) -> None:
    queue = make_queue(desk, folder)
    [row] = rows(desk)
    assert (row["Component"], row["Action"], row["MethodName"]) == ("Queues", "Create", "QueueDefinitions_Post")
    assert (row["DisplayName"], row["EntityId"]) == ("Orders", queue["Id"])
    assert (row["UserName"], row["UserType"], row["ServiceName"]) == (CALLER.name, "User", "Orchestrator")
    assert CALLER.name in row["OperationText"]


def test_an_application_is_told_as_one(desk: Desk, folder: FolderPlace) -> None:
    application = replace(CALLER, kind=CallerKind.EXTERNAL_APPLICATION, client_id="client-1")
    desk.call("QueueDefinitions_Post", {"Name": "Orders"}, folder=folder, caller=application)
    [row] = rows(desk)
    assert (row["UserType"], row["ExternalClientId"]) == ("DirectoryExternalApplication", "client-1")


def test_a_refused_change_has_no_row(desk: Desk, folder: FolderPlace) -> None:
    make_queue(desk, folder)
    with pytest.raises(NameInUse):
        make_queue(desk, folder)
    assert len(rows(desk)) == 1


def test_a_read_and_the_work_of_robots_have_no_row(desk: Desk, folder: FolderPlace) -> None:
    make_queue(desk, folder)
    desk.call("QueueDefinitions_Get", folder=folder)
    desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Orders"}}, folder=folder)
    desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Orders"}}, folder=folder)
    assert len(rows(desk)) == 1


def test_a_deletion_names_what_the_path_named(desk: Desk, folder: FolderPlace) -> None:
    queue = make_queue(desk, folder)
    desk.call("QueueDefinitions_DeleteById", folder=folder, key=queue["Id"])
    latest = rows(desk)[0]
    assert (latest["Action"], latest["EntityId"]) == ("Delete", queue["Id"])


def test_details_tell_a_thing_from_others_and_nothing_else_of_it(desk: Desk, folder: FolderPlace) -> None:
    desk.call("Machines_Post", {"Name": "Host", "Type": "Standard"})
    body = {
        "Name": "Login",
        "ValueScope": "Global",
        "ValueType": "Credential",
        "CredentialUsername": "robot",
        "CredentialPassword": "hunter-two",
    }
    desk.call("Assets_Post", body, folder=folder)
    for row in rows(desk, expand="Entities"):
        details = desk.call("AuditLogs_GetAuditLogDetailsByAuditlogid", auditLogId=row["Id"]).content["value"]
        assert details == row["Entities"]
        [detail] = details
        assert detail["EntityName"] in ("Host", "Login")
        assert "hunter-two" not in str(row) + str(detail)
        assert "LicenseKey" not in detail["CustomData"]


def test_rows_are_filtered_and_sorted(desk: Desk, folder: FolderPlace) -> None:
    make_queue(desk, folder, "A")
    make_queue(desk, folder, "B")
    desk.call("Machines_Post", {"Name": "Host", "Type": "Standard"})
    names = [row["DisplayName"] for row in rows(desk, filter="Component eq 'Queues'", orderby="Id asc")]
    assert names == ["A", "B"]


def test_another_tenants_rows_look_like_none(desk: Desk, folder: FolderPlace) -> None:
    make_queue(desk, folder)
    [row] = rows(desk)
    assert desk.call("AuditLogs_Get", tenant=OTHER_TENANT).content["value"] == []
    with pytest.raises(NotFound):
        desk.call("AuditLogs_GetAuditLogDetailsByAuditlogid", auditLogId=row["Id"], tenant=OTHER_TENANT)


def test_the_audited_service_is_chosen_by_a_header(desk: Desk, folder: FolderPlace) -> None:
    make_queue(desk, folder)
    tests = desk.call("AuditLogs_Get", headers={"x-uipath-auditedservice": "TestAutomation"}).content
    assert tests["value"] == []
    with pytest.raises(InvalidRequest):
        desk.call("AuditLogs_Get", headers={"x-uipath-auditedservice": "Insights"})


def test_the_audit_is_exported(desk: Desk, folder: FolderPlace) -> None:
    make_queue(desk, folder)
    export = desk.call("AuditLogs_Export", {}, query={"$filter": "Action eq 'Create'"}).content
    assert (export["Type"], export["Status"]) == ("OrchestratorAudit", "Completed")
    other = desk.call("AuditLogs_Export", {}, query={"auditedservice": "TestAutomation"}).content
    assert other["Type"] == "TestAutomationAudit"
    assert other["Size"] < export["Size"]


def test_every_operation_has_words_that_the_audit_knows() -> None:
    for operation in CATALOG.operations:
        component = find_component(operation)
        assert component is None or component in COMPONENT.members
        assert action_of(operation) in ACTION.members
