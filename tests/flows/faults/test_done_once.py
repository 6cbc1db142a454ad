"""What is asked once is done once: with the vendor's own client, which repeats writes on 5xx and timeouts, and without.

The client is unmodified but for its pauses between two attempts, which are left out, and where a test says so its
patience.
"""

import gc
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator
from tests.factories.fault_proxy import (
    Fault,
    FaultProxy,
    Gate,
    answer_with,
    cut_answer,
    cut_chunks,
    cut_request,
    lose_answer,
    lose_request,
)
from tests.flows.faults.conftest import Tenant
from uipath.platform import UiPath
from uipath.platform.common import BaseService
from uipath.platform.orchestrator.queues import QueueItem

# The library opens connections for each service it hands out and leaves them to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

START_JOBS = "UiPath.Server.Configuration.OData.StartJobs"
ADD_QUEUE_ITEM = "UiPathODataSvc.AddQueueItem"
BAD_GATEWAY = b"<html><body>502 Bad Gateway</body></html>"
_numbers = count(1)

HAPPENED: dict[str, Fault] = {
    "its answer is lost": lose_answer,
    "its answer is cut": cut_answer,
    "its answer is cut between chunks": cut_chunks,
    "it is answered 500": answer_with(500, b'{"message":"oops"}', carried_out=True),
    "it is answered 502": answer_with(502, BAD_GATEWAY, {"Content-Type": "text/html"}, carried_out=True),
    "it is answered 503": answer_with(503, carried_out=True),
    "it is answered 504": answer_with(504, carried_out=True),
}
NEVER_HAPPENED: dict[str, Fault] = {
    "it is lost": lose_request,
    "it is cut": cut_request,
    "it is answered 502": answer_with(502, BAD_GATEWAY, {"Content-Type": "text/html"}),
    "it is answered 503": answer_with(503),
    "it is answered 429": answer_with(429, b'{"message":"slow down"}', {"Retry-After": "0"}),
    "it is answered 429 without a word when": answer_with(429),
}


@pytest.fixture(autouse=True)
def _the_vendors_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("UIPATH_FOLDER_KEY", "UIPATH_ROBOT_KEY", "UIPATH_URL", "UIPATH_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UIPATH_FOLDER_PATH", "Shared")
    monkeypatch.setenv("UIPATH_TELEMETRY_ENABLED", "false")
    monkeypatch.setattr(BaseService.request.retry, "sleep", lambda _: None)  # type: ignore[attr-defined]
    yield
    gc.collect()


@pytest.fixture
def uipath(tenant: Tenant) -> UiPath:
    """The vendor's library as a script makes it."""
    return UiPath(base_url=tenant.url, secret=tenant.key)


class Found:
    """What the remote side has, asked past the proxy."""

    def __init__(self, upstream: Administrator) -> None:
        self._upstream = upstream

    def jobs(self, mark: str) -> list[str]:
        """Return the keys of the jobs that were started with this mark in their arguments."""
        rows = self._list("Jobs", {"$top": 1000})
        return [row["Key"] for row in rows if mark in (row["InputArguments"] or "")]

    def items(self, mark: str) -> list[int]:
        """Return the numbers of the queue items that hold this mark."""
        rows = self._list("QueueItems", {"$top": 100, "$orderby": "Id desc"})
        return [row["Id"] for row in rows if row["SpecificContent"].get("Mark") == mark]

    def queues(self, name: str) -> list[int]:
        """Return the queues of this name."""
        return [row["Id"] for row in self._list("QueueDefinitions", {"$filter": f"Name eq '{name}'"})]

    def _list(self, entity_set: str, query: dict[str, str | int]) -> list[dict[str, Any]]:
        answer = self._upstream.orchestrator.get(
            f"/odata/{entity_set}", params=query, headers={"X-UIPATH-FolderPath": "Shared"}
        )
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["value"]
        return rows


@pytest.fixture
def found(upstream: Administrator) -> Found:
    return Found(upstream)


@pytest.fixture
def mark() -> str:
    """A word that marks what one test asked for."""
    return f"mark-{next(_numbers)}"


def start_job(uipath: UiPath, mark: str) -> str:
    return str(uipath.processes.invoke("InvoiceBot", {"InvoiceNumber": mark, "Amount": 1.5}).key)


def add_item(uipath: UiPath, mark: str) -> int:
    added: Any = uipath.queues.create_item(QueueItem(SpecificContent={"Mark": mark}), queue_name="Invoices")
    return int(added["Id"])


class TestTheVendorsClient:
    @pytest.mark.parametrize("fault", HAPPENED.values(), ids=HAPPENED.keys())
    def test_starts_a_job_once_that_was_started_though(
        self, fault: Fault, uipath: UiPath, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        proxy.on("POST", START_JOBS, fault)
        assert [start_job(uipath, mark)] == found.jobs(mark)
        assert proxy.count_upstream("POST", START_JOBS) == 1

    @pytest.mark.parametrize("fault", NEVER_HAPPENED.values(), ids=NEVER_HAPPENED.keys())
    def test_starts_a_job_once_that_was_not_started_because(
        self, fault: Fault, uipath: UiPath, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        proxy.on("POST", START_JOBS, fault)
        assert [start_job(uipath, mark)] == found.jobs(mark)
        assert proxy.count("POST", START_JOBS) == 2
        assert proxy.count_upstream("POST", START_JOBS) == 1

    @pytest.mark.parametrize("fault", HAPPENED.values(), ids=HAPPENED.keys())
    def test_adds_a_queue_item_once_that_was_added_though(
        self, fault: Fault, uipath: UiPath, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        proxy.on("POST", ADD_QUEUE_ITEM, fault)
        assert [add_item(uipath, mark)] == found.items(mark)
        assert proxy.count_upstream("POST", ADD_QUEUE_ITEM) == 1

    @pytest.mark.parametrize("why", ["it is lost", "it is answered 503", "it is answered 429"])
    def test_adds_a_queue_item_once_that_was_not_added_because(
        self, why: str, uipath: UiPath, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        proxy.on("POST", ADD_QUEUE_ITEM, NEVER_HAPPENED[why])
        assert [add_item(uipath, mark)] == found.items(mark)
        assert proxy.count_upstream("POST", ADD_QUEUE_ITEM) == 1

    @pytest.mark.parametrize(
        ("path", "do", "look"),
        [(START_JOBS, start_job, Found.jobs), (ADD_QUEUE_ITEM, add_item, Found.items)],
        ids=["a job", "a queue item"],
    )
    def test_makes_one_thing_though_the_upstream_is_silent_for_longer_than_it_may_be(
        self,
        path: str,
        do: Callable[[UiPath, str], Any],
        look: Callable[[Found, str], list[Any]],
        uipath: UiPath,
        proxy: FaultProxy,
        found: Found,
        mark: str,
    ) -> None:
        gate = Gate()
        proxy.on("POST", path, gate.hold_answer)
        assert [do(uipath, mark)] == look(found, mark)
        gate.opened.set()
        assert proxy.count_upstream("POST", path) == 1


@pytest.mark.parametrize(
    ("path", "service", "do", "look"),
    [(START_JOBS, "processes", start_job, Found.jobs), (ADD_QUEUE_ITEM, "queues", add_item, Found.items)],
    ids=["a job", "a queue item"],
)
class TestTheVendorsClientThatLosesPatience:
    """It waits for half a minute, here for a moment, leaves, and sends the same again."""

    PATIENCE = 0.7

    def test_makes_one_thing_though_it_left_before_it_was_answered(
        self,
        path: str,
        service: str,
        do: Callable[[UiPath, str], Any],
        look: Callable[[Found, str], list[Any]],
        uipath: UiPath,
        proxy: FaultProxy,
        found: Found,
        mark: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        impatient = getattr(uipath, service)
        impatient._client.timeout = self.PATIENCE
        monkeypatch.setattr(type(uipath), service, property(lambda _: impatient))
        gate = Gate()
        proxy.on("POST", path, gate.hold_answer)
        # The answer comes once the client has gone; what it sends then must not be done as well.
        with gate.opened_when(lambda: proxy.count("GET", "Reference%20eq") > 0):
            assert [do(uipath, mark)] == look(found, mark)
        assert proxy.count_upstream("POST", path) == 1

    def test_makes_one_thing_though_nothing_is_known_of_the_first_for_a_while(
        self,
        path: str,
        service: str,
        do: Callable[[UiPath, str], Any],
        look: Callable[[Found, str], list[Any]],
        uipath: UiPath,
        proxy: FaultProxy,
        found: Found,
        mark: str,
    ) -> None:
        proxy.on("POST", path, lose_answer)
        # The remote side is in trouble for longer than our door asks about the first one.
        proxy.on("GET", "Reference%20eq", answer_with(503), times=4)
        assert [do(uipath, mark)] == look(found, mark)
        assert proxy.count_upstream("POST", path) == 1


WRITES = {
    "a queue made": ("POST", "/odata/QueueDefinitions", {"Name": "Made once"}),
    "an asset made": ("POST", "/odata/Assets", {"Name": "MadeOnce", "ValueScope": "Global", "ValueType": "Text"}),
    "items added in bulk": (
        "POST",
        "/odata/Queues/UiPathODataSvc.BulkAddQueueItems",
        {"queueName": "Invoices", "commitType": "AllOrNothing", "queueItems": [{"SpecificContent": {"N": 1}}]},
    ),
    "a queue changed": ("PUT", "/odata/QueueDefinitions(999999)", {"Name": "Changed"}),
    "a queue removed": ("DELETE", "/odata/QueueDefinitions(999999)", None),
}


class TestEveryOtherWrite:
    @pytest.mark.parametrize(("method", "path", "body"), WRITES.values(), ids=WRITES.keys())
    @pytest.mark.parametrize("fault", [lose_answer, lose_request, cut_request, cut_answer])
    def test_is_sent_once_and_its_outcome_called_unknown(
        self, fault: Fault, method: str, path: str, body: dict[str, Any] | None, tenant: Tenant, proxy: FaultProxy
    ) -> None:
        with tenant.client() as client:
            # So that there is a connection already, which a request may be sent on in vain.
            assert client.get("/odata/Releases").status_code == 200
            proxy.on(method, path, fault, times=None)
            answer = client.request(method, path, json=body)
        assert answer.status_code == 502, answer.text
        assert answer.json()["stagedoor"]["code"] == "upstream_broke"
        assert "outcome is unknown" in answer.json()["stagedoor"]["hint"]
        assert proxy.count(method, path) == 1


class TestEveryOtherWriteWithAnIdempotencyKey:
    @pytest.mark.parametrize("fault", [lose_answer, cut_request, answer_with(503, carried_out=True)])
    def test_is_never_sent_again_while_its_outcome_is_unknown(
        self, fault: Fault, tenant: Tenant, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        proxy.on("POST", "/odata/QueueDefinitions", fault)
        with tenant.client(**{"Idempotency-Key": mark}) as client:
            first = client.post("/odata/QueueDefinitions", json={"Name": mark})
            again = [client.post("/odata/QueueDefinitions", json={"Name": mark}) for _ in range(2)]
        assert first.status_code in (502, 503)
        for answer in again:
            assert (answer.status_code, answer.json()["stagedoor"]["code"]) == (409, "outcome_unknown")
        assert proxy.count("POST", "/odata/QueueDefinitions") == 1
        assert len(found.queues(mark)) == proxy.count_upstream("POST", "/odata/QueueDefinitions")

    def test_is_answered_again_with_what_it_was_answered(
        self, tenant: Tenant, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        with tenant.client(**{"Idempotency-Key": mark}) as client:
            first, again = (client.post("/odata/QueueDefinitions", json={"Name": mark}) for _ in range(2))
            other = client.post("/odata/QueueDefinitions", json={"Name": f"{mark}-other"})
        assert first.status_code == 201
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["X-Stagedoor-Outcome"] == "kept"
        assert again.headers.get("OData-EntityId") == first.headers.get("OData-EntityId")
        assert (other.status_code, other.json()["stagedoor"]["code"]) == (422, "idempotency_key_reused")
        assert len(found.queues(mark)) == proxy.count("POST", "/odata/QueueDefinitions") == 1

    def test_is_sent_once_the_remote_side_can_be_asked_again(
        self, tenant: Tenant, proxy: FaultProxy, found: Found, mark: str
    ) -> None:
        proxy.on("POST", "/odata/QueueDefinitions", answer_with(429, headers={"Retry-After": "0"}))
        with tenant.client(**{"Idempotency-Key": mark}) as client:
            answers = [client.post("/odata/QueueDefinitions", json={"Name": mark}).status_code for _ in range(3)]
        assert answers == [429, 201, 201]
        assert len(found.queues(mark)) == 1


def test_a_request_with_an_idempotency_key_is_done_once_however_often_it_is_sent(
    tenant: Tenant, proxy: FaultProxy, found: Found, mark: str
) -> None:
    order = {"itemData": {"Name": "Invoices", "SpecificContent": {"Mark": mark}}}

    def add(client: httpx2.Client) -> httpx2.Response:
        return client.post(f"/odata/Queues/{ADD_QUEUE_ITEM}", json=order)

    with tenant.client(**{"Idempotency-Key": mark}) as client:
        proxy.on("POST", ADD_QUEUE_ITEM, lose_answer)
        # The look-up that would follow is refused too, so that the outcome stays unknown.
        look_up = proxy.on("GET", "QueueItems", answer_with(503), times=None)
        assert add(client).status_code == 502
        look_up.end()
        again = [add(client) for _ in range(3)]
    assert [answer.status_code for answer in again] == [201] * 3
    assert {answer.json()["Id"] for answer in again} == set(found.items(mark))
    assert proxy.count("POST", ADD_QUEUE_ITEM) == 1
