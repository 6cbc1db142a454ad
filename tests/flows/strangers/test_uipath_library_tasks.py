"""Tasks by the vendor's Python library (``uipath`` on PyPI), unmodified, with an access key as its secret.

Its ``create`` by the name of an app asks the vendor's service of apps for the app's key first, which is no part of an
Orchestrator; here the key is given.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.served import Served
from uipath.platform import UiPath
from uipath.platform.action_center.tasks import Task, TaskRecipient, TaskRecipientType, TaskStatus
from uipath.platform.errors import EnrichedException

# The library opens connections for each service it hands out and leaves them to the collector.
pytestmark = [
    pytest.mark.usefixtures("in_the_shared_folder"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

ALLOWED = (
    *("AppTasks_CreateAppTask", "GenericTasks_CreateTask", "GenericTasks_GetTaskDataByKey", "Tasks_AssignTasks"),
    "tag:FoldersNavigation",
)
SCHEMA_KEY = "5f0d6a0e-5b1c-4d6e-9f2f-0a1b2c3d4e5f"
SCHEMA: dict[str, Any] = {"fields": [{"id": "amount", "type": "number"}], "outcomes": [{"name": "Approve"}]}


@pytest.fixture(scope="module")
def people(administrator: Administrator, house: Served) -> tuple[str, str]:
    """Two people who may work on tasks."""
    tenant = f"{house.organization}/{house.tenant}"
    names = ("task.grace@example.com", "task.linus@example.com")
    for name in names:
        administrator.make_user(name, email=name, roles=[{"tenant": tenant, "role": "Automation User"}])
    return names


@pytest.fixture(scope="module")
def access_key(administrator: Administrator) -> str:
    """A key for what the library does with tasks."""
    return administrator.make_key("uipath library, tasks", ALLOWED)


def run(call: Callable[[Any], Awaitable[Task]], uipath: UiPath) -> Task:
    async def awaited() -> Task:
        service = uipath.tasks
        try:
            return await call(service)
        finally:
            await service.aclose()

    return asyncio.run(awaited())


def test_an_app_task_is_created_assigned_and_retrieved(uipath: UiPath, people: tuple[str, str], house: Served) -> None:
    made = uipath.tasks.create(
        "Approve the invoice",
        {"Amount": 118.5},
        app_key="ID42",
        assignee=people[0],
        priority="high",
        labels=["urgent"],
        is_actionable_message_enabled=False,
    )
    assert (made.title, made.type, made.priority, made.status) == (
        "Approve the invoice",
        "AppTask",
        "High",
        "Unassigned",
    )
    found = uipath.tasks.retrieve(made.key or "")
    assert (found.id, found.status, found.data) == (made.id, TaskStatus.PENDING, {"Amount": 118.5})
    assert found.assigned_to_user["emailAddress"] == people[0]
    assert found.organization_unit_fully_qualified_name == house.folder
    assert [tag["Name"] for tag in found.tags or []] == ["urgent"]


def test_an_app_task_is_created_and_retrieved_asynchronously(uipath: UiPath) -> None:
    made = run(lambda tasks: tasks.create_async("Approve", {"Amount": 1}, app_key="ID42"), uipath)
    found = run(lambda tasks: tasks.retrieve_async(made.key), uipath)
    assert (found.id, found.data) == (made.id, {"Amount": 1})


@pytest.mark.parametrize(
    ("kind", "criteria"),
    [
        (TaskRecipientType.EMAIL, "SingleUser"),
        (TaskRecipientType.WORKLOAD, "Workload"),
        (TaskRecipientType.ROUND_ROBIN, "RoundRobin"),
        (TaskRecipientType.GROUP_NAME, "AllUsers"),
    ],
)
def test_a_quick_form_reaches_its_recipient(
    uipath: UiPath, people: tuple[str, str], kind: TaskRecipientType, criteria: str
) -> None:
    several = kind in (TaskRecipientType.WORKLOAD, TaskRecipientType.ROUND_ROBIN)
    recipient = TaskRecipient.model_validate(
        {"type": kind, "value": people[1], "values": list(people) if several else None}
    )
    made = uipath.tasks.create_quickform("Decide", SCHEMA_KEY, SCHEMA, {"Amount": 2}, recipient=recipient)
    assert (made.type, made.status) == ("QuickFormTask", "Unassigned")
    found = uipath.tasks.retrieve(made.key or "")
    assert (found.status, found.task_assignment_criteria) == (TaskStatus.PENDING, criteria)
    assignees = {person["emailAddress"] for person in found.task_assignees or []}
    assert assignees <= set(people) if several else assignees == {people[1]}
    assert len(assignees) == 1


def test_a_quick_form_is_created_asynchronously(uipath: UiPath, people: tuple[str, str]) -> None:
    made = run(lambda tasks: tasks.create_quickform_async("Decide", SCHEMA_KEY, SCHEMA, assignee=people[0]), uipath)
    assert uipath.tasks.retrieve(made.key or "").status == TaskStatus.PENDING


def test_nobody_s_task_is_retrieved_and_an_unknown_one_is_not_found(uipath: UiPath) -> None:
    with pytest.raises(EnrichedException) as refused:
        uipath.tasks.retrieve(SCHEMA_KEY)
    assert refused.value.status_code == 404
    made = uipath.tasks.create("For nobody", app_key="ID42", assignee="nobody@example.com")
    # The library does not look at what was refused; the task is there, and nobody's.
    assert uipath.tasks.retrieve(made.key or "").status == TaskStatus.UNASSIGNED
