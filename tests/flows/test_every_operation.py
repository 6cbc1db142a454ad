"""Each operation of the catalogue over the wire: reaching the remote for whoever holds it, and for nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.operation_paths import plain_path
from tests.factories.recorders import Recorder, uvicorn_recorder
from tests.factories.served import served

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.operations import Operation

# What these carry is read on the way, for a reference that is looked for where the outcome is unknown.
BODIES = {
    "Jobs_StartJobs": {"startInfo": {"ReleaseKey": "0b1d0c2e-3f4a-4b5c-8d6e-7f8091a2b3c4"}},
    "Queues_AddQueueItem": {"itemData": {"Name": "Invoices"}},
}


@dataclass
class Door:
    """A door before a server that writes down what reaches it."""

    front: Administrator
    recorder: Recorder
    client: httpx2.Client

    def ask(self, operation: Operation, key: str) -> tuple[httpx2.Response, list[tuple[str, str]]]:
        """Ask for the operation and return the answer and what reached the server."""
        before = len(self.recorder.received())
        body = {} if operation.method == "GET" else {"json": BODIES.get(operation.id, {})}
        headers = {"Authorization": f"Bearer {key}"}
        answer = self.client.request(operation.method, plain_path(operation), headers=headers, **body)
        return answer, [(each.method, unquote(each.target)) for each in self.recorder.received()[before:]]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with (
        uvicorn_recorder() as recorder,
        served(tmp_path_factory.mktemp("front") / "data", "--empty") as running,
        administrator_of(running) as front,
        httpx2.Client(base_url=running.orchestrator_url) as client,
    ):
        tenant_id = front.management.get("/tenants").json()["items"][0]["id"]
        order = {"remote_base_url": recorder.base_url, "token": "upstream-token"}
        assert front.management.put(f"/tenants/{tenant_id}/destination", json=order).status_code == 200
        yield Door(front, recorder, client)


@pytest.mark.parametrize("operation", CATALOG.operations, ids=lambda operation: operation.id)
def test_reaches_the_remote_for_whoever_holds_it_and_for_nobody_else(door: Door, operation: Operation) -> None:
    path = plain_path(operation)
    answer, reached = door.ask(operation, door.front.make_key(f"only {operation.id}", [operation.id]))
    assert answer.status_code == 200, answer.text
    assert reached == [(operation.method, path)]

    others = [other.id for other in CATALOG.operations if other is not operation]
    answer, reached = door.ask(operation, door.front.make_key(f"all but {operation.id}", others))
    assert answer.status_code == 403, answer.text
    assert answer.json()["stagedoor"]["smallestGrant"] == [operation.id]
    assert not reached
