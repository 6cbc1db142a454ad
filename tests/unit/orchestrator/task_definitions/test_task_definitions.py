"""Task definitions have versions, the newest of which is shown."""

from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import ADA, Work

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound


def make(work: Work, name: str = "Invoice", **fields: Any) -> dict[str, Any]:
    properties = {"schema": '{"a":1}', "allowedActions": ["Approve", "Reject"]}
    body = {"Name": name, "Description": "of suppliers", "Properties": properties, **fields}
    made: dict[str, Any] = work.call("TaskDefinitions_CreateTaskDefinition", body)
    return made


def versions_of(work: Work, definition_id: int) -> list[int]:
    shown = work.call("TaskDefinitions_GetTaskDefinitionVersionsById", id=definition_id)
    return [each["version"] for each in shown["TaskDefintionVersions"]]


def change(work: Work, definition_id: int, **fields: Any) -> None:
    work.call("TaskDefinitions_UpdateTaskDefinitionById", fields, key=definition_id)


def test_a_definition_begins_with_its_first_version(work: Work) -> None:
    made = make(work)
    assert (made["Name"], made["Description"], made["CreatorUserId"]) == ("Invoice", "of suppliers", ADA)
    assert made["Properties"]["version"] == 1
    assert made["Properties"]["allowedActions"] == ["Approve", "Reject"]
    assert made["Properties"]["taskDefinitionKey"] == made["Key"]
    assert work.call("TaskDefinitions_GetById", key=made["Id"], folder=None) == made
    assert work.names("TaskDefinitions_Get", "Name", folder=None) == ["Invoice"]


def test_other_properties_become_a_new_version_and_the_same_do_not(work: Work) -> None:
    made = make(work)
    change(work, made["Id"], Properties={"schema": '{"a":1}', "allowedActions": ["Approve", "Reject"]})
    assert versions_of(work, made["Id"]) == [1]
    change(work, made["Id"], Name="Bill", Properties={"schema": '{"b":2}'})
    shown = work.call("TaskDefinitions_GetById", key=made["Id"])
    assert (shown["Name"], shown["Description"]) == ("Bill", "of suppliers")
    assert (shown["Properties"]["version"], shown["Properties"]["schema"]) == (2, '{"b":2}')
    versions = work.call("TaskDefinitions_GetTaskDefinitionVersionsById", id=made["Id"])
    assert (versions["TaskDefinitionName"], versions["TaskDefintionCurrentVersion"]) == ("Bill", 2)
    assert [each["userName"] for each in versions["TaskDefintionVersions"]] == ["ada", "ada"]


def test_a_version_is_deleted_and_the_definition_with_its_last(work: Work) -> None:
    made = make(work)
    change(work, made["Id"], Properties={"schema": '{"b":2}'})
    with pytest.raises(NotFound):
        work.call("TaskDefinitions_DeleteById", key=made["Id"], query={"taskdefinitionversion": "7"})
    work.call("TaskDefinitions_DeleteById", key=made["Id"], query={"taskdefinitionversion": "2"})
    assert work.call("TaskDefinitions_GetById", key=made["Id"])["Properties"]["version"] == 1
    work.call("TaskDefinitions_DeleteById", key=made["Id"], query={"taskdefinitionversion": "1"})
    assert work.names("TaskDefinitions_Get", "Name") == []


def test_a_name_is_taken_in_the_tenant_in_any_letter_case(work: Work) -> None:
    made = make(work)
    with pytest.raises(NameInUse):
        make(work, "INVOICE")
    other = make(work, "Other")
    with pytest.raises(NameInUse):
        change(work, other["Id"], Name="invoice")
    change(work, made["Id"], Name="INVOICE")
    assert work.names("TaskDefinitions_Get", "Name") == ["INVOICE", "Other"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Name": " "},
        {"Name": "x" * 51},
        {"Name": "x", "Description": "x" * 513},
        {"Name": "x", "Properties": "text"},
        {"Name": "x", "Properties": {"allowedActions": [5]}},
        {"Name": "x", "Properties": {"allowedActions": ["x" * 300]}},
        {"Name": "x", "Properties": {"schema": {}}},
    ],
)
def test_what_cannot_be_read_is_refused(work: Work, body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        work.call("TaskDefinitions_CreateTaskDefinition", body)


@pytest.mark.parametrize("operation", ["GetById", "DeleteById", "UpdateTaskDefinitionById"])
def test_another_tenant_has_no_such_definition(work: Work, operation: str) -> None:
    made = make(work)
    body = {"Name": "Stolen"} if operation.startswith("Update") else None
    with pytest.raises(NotFound):
        work.call(f"TaskDefinitions_{operation}", body, key=made["Id"], tenant=OTHER_TENANT)
    with pytest.raises(NotFound):
        work.call("TaskDefinitions_GetTaskDefinitionVersionsById", id=made["Id"], tenant=OTHER_TENANT)
