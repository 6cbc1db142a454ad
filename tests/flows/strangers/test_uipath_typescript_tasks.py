"""Tasks by the npm package ``@uipath/uipath-typescript`` 1.3, unmodified, in Node with an access key as its secret."""

from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.node import run_node
from tests.factories.served import Served

PROGRAM = "uipath-typescript-tasks.cjs"
ALLOWED = ("tag:Tasks", "tag:GenericTasks", "tag:TaskForms", "tag:AppTasks")
PEOPLE = ("script.grace@example.com", "script.linus@example.com")


@pytest.fixture(scope="module")
def facts(administrator: Administrator, house: Served) -> dict[str, Any]:
    """What a program is configured with, and two people who may work on tasks."""
    tenant = f"{house.organization}/{house.tenant}"
    for name in PEOPLE:
        administrator.make_user(name, email=name, roles=[{"tenant": tenant, "role": "Automation User"}])
    return {
        "baseUrl": house.base_url,
        "orgName": house.organization,
        "tenantName": house.tenant,
        "accessKey": administrator.make_key("typescript, tasks", ALLOWED),
        "folderId": 1,
        "people": PEOPLE,
    }


def make(administrator: Administrator, path: str, **fields: Any) -> int:
    headers = {"X-UIPATH-OrganizationUnitId": "1"}
    answer = administrator.orchestrator.post(path, json={"title": "Typed", **fields}, headers=headers)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_a_task_goes_from_hand_to_hand_and_is_completed(facts: dict[str, Any]) -> None:
    life = run_node(PROGRAM, "life", **facts)
    assert life["made"] == {
        "status": "Unassigned",
        "type": "ExternalTask",
        "priority": "High",
        "data": {"amount": 5},
        "folder": 1,
    }
    assert set(PEOPLE) <= set(life["users"])
    assert life["results"] == [True] * 7
    assert life["twice"] == {"success": False, "code": 1000}
    assert life["pending"] == {"status": "Pending", "to": PEOPLE[0], "data": {"amount": 5}}
    assert life["done"] == {"status": "Completed", "action": "Approve", "data": {"amount": 6}}


def test_tasks_are_listed_across_folders_in_one_and_by_pages(facts: dict[str, Any]) -> None:
    read = run_node(PROGRAM, "lists", **facts)
    everything = ["Listed 0", "Listed 1", "Listed 2"]
    assert read["everywhere"] == everything[::-1]
    assert (read["inFolder"], read["asAdmin"]) == (everything, everything)
    assert (read["forwarded"], read["status"]) == ([], "Unassigned")
    assert (read["pages"], read["totalCount"]) == ([everything[:2], everything[2:]], 3)
    assert read["usersAtOnce"] == 1


def test_every_type_is_found_with_its_own_content_and_completed(
    facts: dict[str, Any], administrator: Administrator
) -> None:
    form = make(administrator, "/forms/TaskForms/CreateFormTask", formLayout={"display": "form"}, data={"a": 1})
    app = make(administrator, "/tasks/AppTasks/CreateAppTask", appId="ID7", appVersion=1)
    document = make(administrator, "/tasks/GenericTasks/CreateTask", type="DocumentValidationTask")
    read = run_node(PROGRAM, "types", formId=form, appId=app, documentId=document, **facts)
    assert (read["layout"], read["data"]) == ({"display": "form"}, {"a": 1})
    assert read["types"] == ["FormTask", "AppTask", "DocumentValidationTask"]
    assert read["states"] == ["Completed"] * 3


def test_refusals_reach_the_program_in_the_types_it_knows(facts: dict[str, Any], administrator: Administrator) -> None:
    form = make(administrator, "/forms/TaskForms/CreateFormTask", formLayout={})
    refused = run_node(PROGRAM, "refusals", formId=form, **facts)
    not_found = {"type": "NotFoundError", "status": 404}
    assert refused["absent"] == refused["nowhere"] == refused["listedNowhere"] == not_found
    assert refused["wrongType"] == {"type": "ValidationError", "status": 400}
