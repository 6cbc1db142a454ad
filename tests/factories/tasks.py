"""People who work on tasks, and tasks for them, at a test's desk."""

from dataclasses import dataclass, replace
from typing import Any

from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk

from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.identity.users.models import RoleAssignment, User
from stagedoor.passage import Caller, FolderPlace, TenantPlace

ADA = CALLER.number
GRACE = 8
LINUS = 9
GONE = 10
AUDITOR = 11
PEOPLE = {ADA: "ada", GRACE: "grace", LINUS: "linus", GONE: "gone", AUDITOR: "auditor"}


def caller_of(number: int) -> Caller:
    """Return a person as a caller."""
    return replace(CALLER, number=number, name=PEOPLE[number], id=_id(number), user_id=_id(number))


def settle_people(desk: Desk) -> None:
    """Let an organization and its people be there: all of them may work on tasks but Gone, who left, and Auditor."""
    now = desk.clock.now()
    with desk.write() as session:
        session.add(Organization(id=TENANT.organization_id, name="acme", display_name="Acme", created_at=now))
        session.add(Organization(id="elsewhere", name="elsewhere", display_name="Elsewhere", created_at=now))
        session.flush()
        for tenant, owner in ((TENANT, TENANT.organization_id), (OTHER_TENANT, "elsewhere")):
            session.add(
                Tenant(
                    id=tenant.tenant_id,
                    organization_id=owner,
                    name=tenant.tenant_name,
                    display_name=tenant.tenant_name,
                    created_at=now,
                )
            )
        for number, name in PEOPLE.items():
            session.add(
                User(
                    number=number,
                    id=_id(number),
                    organization_id=TENANT.organization_id,
                    username=name,
                    email=f"{name}@example.com",
                    first_name=name.title(),
                    last_name="Example",
                    is_administrator=number == ADA,
                    is_active=number != GONE,
                    created_at=now,
                    existed_since=now,
                )
            )
        session.flush()
        for number in (GRACE, LINUS, GONE):
            session.add(RoleAssignment(user_id=_id(number), tenant_id=TENANT.tenant_id, role="Automation User"))
        session.add(
            RoleAssignment(user_id=_id(AUDITOR), tenant_id=TENANT.tenant_id, role="Allow to be Automation User")
        )


def _id(number: int) -> str:
    return CALLER.id if number == ADA else f"00000000-0000-4000-8000-{number:012d}"


@dataclass(frozen=True)
class Work:
    """A folder of a desk with people and tasks in it."""

    desk: Desk
    folder: FolderPlace

    def call(self, operation: str, body: Any = None, **asked: Any) -> Any:
        """Carry out an operation in the folder and return what it answered."""
        return self.desk.call(operation, body, **{"folder": self.folder, **asked}).content

    def make(self, title: str = "Approve", **fields: Any) -> dict[str, Any]:
        """Make an external task."""
        made: dict[str, Any] = self.call("GenericTasks_CreateTask", {"title": title, **fields})
        return made

    def make_catalog(self, name: str = "Invoices", **fields: Any) -> dict[str, Any]:
        """Make a catalogue."""
        made: dict[str, Any] = self.call("TaskCatalogs_CreateTaskCatalog", {"Name": name, **fields})
        return made

    def make_bucket(self, name: str = "Archive") -> int:
        """Make a bucket and return its id."""
        key = f"5b0cf7c1-3b0b-4d3c-9f6d-{len(name):012d}"
        return int(self.call("Buckets_Post", {"Name": name, "Identifier": key})["Id"])

    def show(self, task_id: int, **asked: Any) -> dict[str, Any]:
        """Return a task as its set shows it."""
        shown: dict[str, Any] = self.call("Tasks_GetById", key=task_id, **asked)
        return shown

    def data_of(self, task_id: int) -> dict[str, Any]:
        """Return a task with its data."""
        shown: dict[str, Any] = self.call("GenericTasks_GetTaskDataById", query={"taskid": str(task_id)})
        return shown

    def assign(self, task_id: int, number: int | None = None, *, by: int = ADA, **fields: Any) -> list[dict[str, Any]]:
        """Assign a task, and return what was refused."""
        order = {"taskId": task_id, **({} if number is None else {"userId": number}), **fields}
        body = {"taskAssignments": [order]}
        refused: list[dict[str, Any]] = self.call("Tasks_AssignTasks", body, caller=caller_of(by))["value"]
        return refused

    def history(self, task_id: int) -> list[str]:
        """Return what happened to a task, in order."""
        listed = self.call("TaskActivities_GetByTaskId", taskId=task_id)["value"]
        return [activity["ActivityType"] for activity in listed]

    def names(self, operation: str, of: str = "Title", *, tenant: TenantPlace = TENANT, **asked: Any) -> list[str]:
        """Return one property of everything that a list shows."""
        return [each[of] for each in self.call(operation, tenant=tenant, **asked)["value"]]


def work_in(desk: Desk, name: str = "Shared") -> Work:
    """Return a new folder of a desk, with people settled if this is its first."""
    settle_people(desk)
    return Work(desk, desk.make_folder(name))
