"""The rooms whose things are made, read, changed and deleted, and the links between these four operations.

The vendor's document has no links (OpenAPI 3.0.3, section 4.7.20); these say of each answer which request it leads to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Known = Mapping[str, Any]
"""What is there before a test begins: ids by words, such as ``release``."""

Body = Callable[[Known, str], dict[str, Any]]


@dataclass(frozen=True)
class LinkedRoom:
    """One kind of thing: its four operations, and a body that makes one of a name.

    ``change`` is ``None`` where nothing can be changed, ``changed`` the body where it is another, ``keeps_name`` where
    a name stays; ``by_person`` marks what no access key may do, whatever it was granted.
    """

    name: str
    body: Body
    create: str = "Post"
    change: str | None = "PutById"
    changed: Body | None = None
    keeps_name: bool = False
    by_person: bool = False

    @property
    def operations(self) -> list[str]:
        """The operations' ids, in the order of a thing's life."""
        names = [self.create, "GetById", self.change, "DeleteById"]
        return [f"{self.name}_{name}" for name in names if name is not None]

    def order(self, operation_id: str, known: Known, path: Mapping[str, Any], name: str) -> dict[str, Any] | None:
        """Return the body that an operation of the room is sent with, or ``None`` for one that has none."""
        match operation_id.removeprefix(f"{self.name}_"):
            case "GetById" | "DeleteById":
                return None
            case self.create:
                return self.body(known, name)
            case _:
                return {**(self.changed or self.body)(known, name), "Id": path["key"]}


def named(**values: Any) -> Body:
    """Return a body with a name and these values."""
    return lambda known, name: {"Name": name, **values}


def _bucket(known: Known, name: str) -> dict[str, Any]:
    # Two buckets may have one, and none may change its own.
    return {"Name": name, "Identifier": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}


def _schedule(known: Known, name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "ReleaseId": known["release"]["Id"],
        "ReleaseName": known["release"]["Name"],
        "StartProcessCron": "0 0 8 ? * * *",
        "StartProcessCronDetails": "{}",
        "TimeZoneId": "UTC",
        "StartStrategy": 1,
        "Enabled": False,
        "RuntimeType": "Unattended",
        "SpecificPriorityValue": 45,
    }


def _release(known: Known, name: str) -> dict[str, Any]:
    package = {part: known["release"][part] for part in ("ProcessKey", "ProcessVersion")}
    return {"Name": name, **package}


def _robot(known: Known, name: str) -> dict[str, Any]:
    machine = {"MachineId": known["machine"]["Id"], "MachineName": known["machine"]["Name"]}
    return {"Name": name, "Username": f"door\\{name}", "Type": "Unattended", "HostingType": "Standard", **machine}


def _test_schedule(known: Known, name: str) -> dict[str, Any]:
    times = {"TimeZoneId": "UTC", "CronExpression": "0 0 12 * * ?"}
    return {"Name": name, "TestSetId": known["test_set"]["Id"], **times}


ROOMS = (
    LinkedRoom("Assets", named(ValueType="Text", StringValue="x", ValueScope="Global")),
    LinkedRoom("Attachments", named(), change=None),
    LinkedRoom("Buckets", _bucket),
    LinkedRoom("Calendars", named(TimeZoneId="UTC", ExcludedDates=[])),
    LinkedRoom("CredentialStores", named(Type="AzureKeyVault", ProxyType="Default", AdditionalConfiguration="{}")),
    LinkedRoom("Folders", lambda known, name: {"DisplayName": name, "ProvisionType": "Automatic"}),
    LinkedRoom("Machines", named(Type="Standard")),
    LinkedRoom("OrganizationUnits", lambda known, name: {"DisplayName": name}),
    LinkedRoom("ProcessSchedules", _schedule),
    LinkedRoom("QueueDefinitions", named()),
    LinkedRoom("QueueItemComments", lambda known, name: {"QueueItemId": known["item"]["Id"], "Text": name}),
    LinkedRoom("Releases", _release),
    LinkedRoom("Robots", _robot),
    LinkedRoom("Roles", named(Type="Tenant", Permissions=[]), by_person=True),
    LinkedRoom("TaskCatalogs", named(), create="CreateTaskCatalog", change="UpdateTaskCatalogById"),
    LinkedRoom("TaskDefinitions", named(), create="CreateTaskDefinition", change="UpdateTaskDefinitionById"),
    LinkedRoom("TestDataQueues", named(ContentJsonSchema='{"type":"object"}'), keeps_name=True),
    LinkedRoom("TestSetSchedules", _test_schedule),
    LinkedRoom("TestSets", named(SourceType="User", Packages=[], TestCases=[])),
    LinkedRoom(
        "Users",
        lambda known, name: {"UserName": name, "Name": "A", "Surname": "B"},
        change="PatchById",
        changed=named(Surname="C"),
        by_person=True,
    ),
    LinkedRoom(
        "Webhooks",
        named(Url="https://example.com/hook", Enabled=True, SubscribeToAllEvents=True, AllowInsecureSsl=False),
    ),
)


def add_links(document: dict[str, Any]) -> None:
    """Write the links of every room into the answers of a document that has none."""
    by_id = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    for room in ROOMS:
        create, read, *change, delete = room.operations
        for operation_id in room.operations:
            key = "$response.body#/Id" if operation_id == create else "$request.path.key"
            # What is gone is read once more, and so is what is there.
            following = [read] if operation_id == delete else [read, *change, delete]
            links = {name: {"operationId": name, "parameters": {"path.key": key}} for name in following}
            for status, answer in by_id[operation_id]["responses"].items():
                if status.startswith("2"):
                    answer["links"] = links
