"""A desk on which there is one of everything, and what may be asked of it: a good request for each write."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories.packages import FORM, form_of, library_package, python_package
from tests.factories.tasks import GRACE
from tests.factories.tenant_people import ADMINISTRATOR, people_desk_in

from stagedoor.orchestrator.call import Answer

THINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Releases_Post", {"Name": "Reader", "ProcessKey": "Reader", "ProcessVersion": "1.0.0"}),
    ("QueueDefinitions_Post", {"Name": "Invoices", "MaxNumberOfRetries": 1}),
    ("Queues_AddQueueItem", {"itemData": {"Name": "Invoices", "SpecificContent": {"a": 1}, "Reference": "one"}}),
    ("Queues_AddQueueItem", {"itemData": {"Name": "Invoices", "SpecificContent": {"a": 2}, "Reference": "two"}}),
    ("Assets_Post", {"Name": "Address", "ValueType": "Text", "StringValue": "x", "ValueScope": "Global"}),
    ("Buckets_Post", {"Name": "Files", "Identifier": "11111111-1111-4111-8111-111111111111"}),
    ("Machines_Post", {"Name": "one"}),
    ("Machines_Post", {"Name": "spare"}),
    ("Folders_AssignMachines", {"assignments": {"MachineIds": [1], "FolderIds": [1]}}),
    ("Robots_Post", {"Name": "rob", "Username": "u", "Type": "Attended", "MachineName": "one", "MachineId": 1}),
    ("Environments_Post", {"Name": "Floor"}),
    ("Calendars_Post", {"Name": "Holidays", "ExcludedDates": ["2030-12-25T00:00:00Z"]}),
    (
        "ProcessSchedules_Post",
        {"Name": "Daily", "ReleaseId": 1, "StartProcessCron": "0 0 8 ? * * *", "TimeZoneId": "UTC", "StartStrategy": 1},
    ),
    ("TaskCatalogs_CreateTaskCatalog", {"Name": "Papers"}),
    ("GenericTasks_CreateTask", {"title": "One", "type": "ExternalTask", "data": {}}),
    ("TaskForms_CreateFormTask", {"title": "Form", "formLayout": {"components": []}, "data": {}}),
    ("AppTasks_CreateAppTask", {"title": "App", "appId": "app", "data": {}}),
    (
        "Webhooks_Post",
        {
            "Name": "hook",
            "Url": "https://example.org/hook",
            "Enabled": True,
            "SubscribeToAllEvents": True,
            "AllowInsecureSsl": False,
        },
    ),
    ("TestDataQueues_Post", {"Name": "Data", "ContentJsonSchema": '{"type":"object"}'}),
    ("TestDataQueueActions_AddItem", {"queueName": "Data", "content": {"a": 1}}),
    (
        "TestSets_Post",
        {"Name": "Set", "Packages": [{"PackageIdentifier": "Reader", "VersionMask": "1.0.0"}], "TestCases": []},
    ),
    (
        "TestSetSchedules_Post",
        {"Name": "Nightly", "TestSetId": 1, "CronExpression": "0 0 8 ? * * *", "TimeZoneId": "UTC", "Enabled": True},
    ),
    ("CredentialStores_Post", {"Name": "vault", "Type": "CyberArk", "AdditionalConfiguration": "{}"}),
    ("Attachments_Post", {"Name": "a.txt"}),
    ("QueueItemComments_Post", {"QueueItemId": 1, "Text": "t"}),
    ("TaskNotes_CreateTaskNote", {"taskId": 1, "text": "t"}),
    ("Roles_Post", {"Name": "Clerk", "Permissions": [{"Name": "Jobs.View"}]}),
    ("Tasks_AssignTasks", {"taskAssignments": [{"TaskId": number, "UserId": GRACE} for number in (2, 3)]}),
    ("Queues_StartTransaction", {"transactionData": {"Name": "Invoices"}}),
    ("Jobs_StartJobs", {"startInfo": {"ReleaseName": "Reader", "Strategy": "ModernJobsCount", "JobsCount": 1}}),
)


@dataclass(frozen=True)
class GoodRequest:
    """A request as somebody would send it; ``status`` is what a full desk answers.

    That is a success but where the thing would have to be in a state that a desk without robots and people at work
    does not bring about. ``{release}``, ``{job}`` and the like stand for keys that are drawn.
    """

    operation_id: str
    body: Any = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


class _TakenBack(Exception):
    pass


class Rehearsal:
    """Transactions that end as they would, and are rolled back instead of committed."""

    def __init__(self, write: Callable[[], AbstractContextManager[Session]]) -> None:
        self._write = write
        self.committed = 0

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction; one that ends well and changed something counts as committed."""
        with suppress(_TakenBack), self._write() as session:
            before = _changes_of(session)
            yield session
            session.flush()
            self.committed += _changes_of(session) > before
            raise _TakenBack


def _changes_of(session: Session) -> int:
    connection = session.connection().connection.dbapi_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection.total_changes


class FullDesk:
    """The desk, as it was made: :meth:`restore` takes back whatever was done since."""

    def __init__(self, directory: Path) -> None:
        self.desk = people_desk_in(directory)
        self.folder = self.desk.make_folder("Shared")
        low = self.desk.make_folder("Low", below=self.folder)
        for version in ("1.0.0", "1.1.0"):
            self._send("Processes_UploadPackage", form_of(python_package("Reader", version)), FORM)
        self._send("Libraries_UploadPackage", form_of(library_package()), FORM)
        for operation, body in THINGS:
            self._send(operation, body)
        file = str(self.desk.database.engine.url.database)
        self._store = sqlite3.connect(file, isolation_level=None)
        self._kept = sqlite3.connect(":memory:")
        self._store.backup(self._kept)
        self._version = self.version()
        self._keys = {
            "{release}": self._first("Releases_Get")["Key"],
            "{job}": self._first("Jobs_Get")["Key"],
            "{robot}": self._first("Robots_Get")["LicenseKey"],
            "{attachment}": self._first("Attachments_Get")["Id"],
            "{folder}": low.key,
        }

    def version(self) -> int:
        """Return a number that is another one after somebody has committed a change."""
        return int(self._store.execute("PRAGMA data_version").fetchone()[0])

    @property
    def has_changed(self) -> bool:
        """Tell whether anything was written since the desk was as it was made."""
        return self.version() != self._version

    def restore(self) -> None:
        """Bring the store back to what was kept."""
        if self.has_changed:
            self._kept.backup(self._store)
            self._version = self.version()

    @contextmanager
    def rehearsing(self) -> Iterator[Rehearsal]:
        """Let nothing be committed for a while; what would have been is counted. Cheaper than restoring by far."""
        rehearsal = Rehearsal(self.desk.database.write)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(self.desk.database, "write", rehearsal.write)
            yield rehearsal

    def fill_in(self, request: GoodRequest) -> GoodRequest:
        """Return the request with the keys of this desk's things."""
        keys = self._keys
        return GoodRequest(
            request.operation_id,
            _with_keys(request.body, keys),
            _with_keys(request.arguments, keys),
            _with_keys(request.query, keys),
            request.status,
        )

    def send(
        self,
        request: GoodRequest,
        body: Any,
        *,
        content_type: str = "application/json",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        arguments: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a body as the request's; raises what it is refused with."""
        return self.desk.call(
            request.operation_id,
            body,
            caller=ADMINISTRATOR,
            folder=self.folder,
            content_type=content_type,
            query={**request.query, **(query or {})},
            headers=headers,
            **{**request.arguments, **(arguments or {})},  # type: ignore[arg-type]  # no path names a parameter of call
        )

    def close(self) -> None:
        """Close everything."""
        self._store.close()
        self._kept.close()
        self.desk.database.close()

    def _first(self, operation_id: str) -> dict[str, str]:
        answer = self.desk.call(operation_id, caller=ADMINISTRATOR, folder=self.folder)
        first: dict[str, str] = answer.content["value"][0]
        return first

    def _send(self, operation_id: str, body: Any, content_type: str = "application/json") -> None:
        self.desk.call(operation_id, body, caller=ADMINISTRATOR, folder=self.folder, content_type=content_type)


def good_requests() -> list[GoodRequest]:
    """Return a good request for each operation that writes and takes no files."""
    written = json.loads((Path(__file__).parent / "good_requests.json").read_text("utf-8"))
    return [GoodRequest(operation_id, **parts) for operation_id, parts in written.items()]


def _with_keys(value: Any, keys: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, key in keys.items():
            value = value.replace(word, key)
        return value
    if isinstance(value, Mapping):
        return {name: _with_keys(one, keys) for name, one in value.items()}
    return [_with_keys(one, keys) for one in value] if isinstance(value, list) else value
