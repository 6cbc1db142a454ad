"""Several processes answer on one port: what one of them knows all know, and none of them is missed when it ends."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.factories.takers import (
    make_queue,
    verify_each_item_is_given_to_one_taker,
    verify_one_of_many_who_add_a_reference_succeeds,
)

ADD_QUEUE_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
WORKERS = 2
CALLERS = 8
CONNECTIONS_TRIED_MAX = 400
BEFORE_THE_SIGNAL = 200
ANSWER_SECONDS_MAX = 20
_PID = re.compile(r'^stagedoor_worker\{pid="(\d+)"\} 1\.0$', re.MULTILINE)


def pid_behind(client: httpx2.Client, house: Served) -> int:
    """Return the process that answers on the connection of a client."""
    found = _PID.search(client.get(f"{house.base_url}/metrics").text)
    assert found
    return int(found.group(1))


@contextmanager
def connection_to_each(house: Served) -> Iterator[dict[int, httpx2.Client]]:
    """Give one kept-alive connection to each worker."""
    with ExitStack() as open_ones:
        found: dict[int, httpx2.Client] = {}
        for _ in range(CONNECTIONS_TRIED_MAX):
            client = open_ones.enter_context(
                httpx2.Client(base_url=house.orchestrator_url, limits=httpx2.Limits(max_connections=1))
            )
            found.setdefault(pid_behind(client, house), client)
            if len(found) == WORKERS:
                break
        assert len(found) == WORKERS, f"one of the workers was never met: {sorted(found)}"
        yield found


def pids(house: Served) -> set[int]:
    with connection_to_each(house) as found:
        return set(found)


@pytest.fixture
def house(own_data_dir: Path) -> Iterator[Served]:
    with served(own_data_dir, "--workers", str(WORKERS)) as running:
        yield running


@dataclass
class Load:
    """Callers that go on adding queue items, each on a connection that is kept alive."""

    house: Served
    answered: list[str] = field(default_factory=list)
    failed: list[tuple[float, str]] = field(default_factory=list)
    """When a request that came to nothing was begun, and what came of it."""
    over: Event = field(default_factory=Event)

    def call(self, caller: int, *, until_refused: bool) -> None:
        headers = {"Authorization": f"Bearer {self.house.sample_key}"}
        with httpx2.Client(base_url=self.house.orchestrator_url, headers=headers, timeout=ANSWER_SECONDS_MAX) as client:
            number = 0
            while not self.over.is_set():
                reference = f"worked-{caller}-{number}"
                number += 1
                item = {"itemData": {"Name": "Invoices", "Reference": reference, "SpecificContent": {"N": number}}}
                begun = monotonic()
                try:
                    answer = client.post(ADD_QUEUE_ITEM, json=item)
                except httpx2.TransportError as failure:
                    self.failed.append((begun, repr(failure)))
                    if until_refused:
                        return
                    continue
                if answer.status_code == 201:
                    self.answered.append(reference)
                else:
                    self.failed.append((begun, f"{answer.status_code} {answer.text}"))


@contextmanager
def load_on(house: Served, *, until_refused: bool = False) -> Iterator[Load]:
    """Load the server inside the block, from before its begin."""
    load = Load(house)
    with ThreadPoolExecutor(CALLERS) as pool:
        callers: list[Future[None]] = [
            pool.submit(load.call, caller, until_refused=until_refused) for caller in range(CALLERS)
        ]
        try:
            eventually(lambda: len(load.answered), lambda count: count >= BEFORE_THE_SIGNAL)
            yield load
        finally:
            load.over.set()
        for caller in callers:
            caller.result(ANSWER_SECONDS_MAX)


def stored_references(house: Served) -> list[str]:
    with administrator_of(house) as administrator:
        query: dict[str, str | int] = {"$select": "Reference", "$filter": "startswith(Reference, 'worked-')"}
        stored: list[str] = []

        def next_page() -> list[dict[str, str]]:
            answer = administrator.orchestrator.get(
                "/odata/QueueItems",
                params=query | {"$top": 100, "$skip": len(stored)},
                headers={"X-UIPATH-FolderPath": "Shared"},
            )
            page: list[dict[str, str]] = answer.json()["value"]
            return page

        while page := next_page():
            stored += [item["Reference"] for item in page]
        return stored


def test_what_one_worker_is_told_every_worker_knows_before_the_next_request(house: Served) -> None:
    with administrator_of(house) as administrator, connection_to_each(house) as connections:
        order = {"name": "short-lived", "tenant": "acme/dev", "allow": ["Folders_Get"]}
        for _ in range(20):
            made = administrator.make("/keys", order)
            bearer = {"Authorization": f"Bearer {made['key']}"}
            usable = [client.get("/odata/Folders", headers=bearer).status_code for client in connections.values()]
            assert usable == [200] * WORKERS
            assert administrator.management.delete(f"/keys/{made['id']}").is_success
            ended = [client.get("/odata/Folders", headers=bearer).status_code for client in connections.values()]
            assert ended == [401] * WORKERS


def test_a_write_with_an_idempotency_key_is_done_once_whichever_workers_it_comes_to(house: Served) -> None:
    item = {"itemData": {"Name": "Invoices", "SpecificContent": {"Mark": "keyed"}}}
    headers = {"Authorization": f"Bearer {house.sample_key}", "Idempotency-Key": "keyed"}
    with connection_to_each(house) as connections, ThreadPoolExecutor(CALLERS) as pool:
        clients = list(connections.values()) * CALLERS

        def add(client: httpx2.Client) -> httpx2.Response:
            return client.post(ADD_QUEUE_ITEM, json=item, headers=headers, timeout=ANSWER_SECONDS_MAX)

        answers = list(pool.map(add, clients))
        other = clients[0].post(ADD_QUEUE_ITEM, json={"itemData": {"Name": "Invoices"}}, headers=headers)
    assert [answer.status_code for answer in answers] == [201] * len(clients), [answer.text for answer in answers]
    assert len({answer.json()["Id"] for answer in answers}) == 1
    assert (other.status_code, other.json()["stagedoor"]["code"]) == (422, "idempotency_key_reused")


def test_a_worker_that_is_killed_is_replaced_and_nothing_acknowledged_is_lost(house: Served) -> None:
    before = pids(house)
    with load_on(house) as load:
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        after = eventually(lambda: pids_if_all(house), lambda found: len(found - before) == 1)
        assert after & before == before - {killed}
        more = len(load.answered) + BEFORE_THE_SIGNAL
        eventually(lambda: len(load.answered), lambda count: count >= more)
    # Requests that the killed one had taken were cut off; that is what the load may have seen, and nothing else.
    assert all("Error" in what and "201" not in what for _, what in load.failed), load.failed
    stored = stored_references(house)
    assert set(load.answered) <= set(stored)
    assert len(stored) == len(set(stored))
    assert '"worker_died"' in house.log()
    assert '"worker_replaced"' in house.log()


def test_each_item_is_given_to_one_of_many_takers_though_a_worker_is_killed(house: Served) -> None:
    with administrator_of(house) as administrator:
        queue = make_queue(house, administrator, "Taken by many")
        verify_one_of_many_who_add_a_reference_succeeds(make_queue(house, administrator, "Raced for"), references=2)
    verify_each_item_is_given_to_one_taker(queue, lambda: pids_if_all(house))


def are_others(former: set[int], found: set[int]) -> bool:
    return len(found) == WORKERS and not found & former


def pids_if_all(house: Served) -> set[int]:
    try:
        return pids(house)
    except (AssertionError, httpx2.TransportError):
        return set()


def test_new_workers_take_over_without_a_dropped_request(house: Served) -> None:
    before = pids(house)
    with load_on(house) as load:
        for _ in range(2):
            house.process.send_signal(signal.SIGHUP)
            before = eventually(lambda: pids_if_all(house), partial(are_others, before))
        # Until the former ones are gone too.
        eventually(lambda: house.log().count('"workers_changed"'), lambda count: count == 2)
        more = len(load.answered) + BEFORE_THE_SIGNAL
        eventually(lambda: len(load.answered), lambda count: count >= more)
    assert load.failed == []
    assert len(load.answered) >= 2 * BEFORE_THE_SIGNAL
    stored = stored_references(house)
    assert sorted(stored) == sorted(load.answered)
    assert '"worker_died"' not in house.log()


def test_new_workers_that_do_not_come_up_leave_the_old_ones_at_work(house: Served) -> None:
    master_key = house.data_dir / "master.key"
    kept = master_key.read_text()
    before = pids(house)
    master_key.write_text("no key at all")
    house.process.send_signal(signal.SIGHUP)
    eventually(house.log, lambda log: '"workers_not_changed"' in log)
    assert pids(house) == before
    master_key.write_text(kept)
    house.process.send_signal(signal.SIGHUP)
    eventually(lambda: pids_if_all(house), partial(are_others, before))


def test_a_replacement_that_does_not_come_up_is_tried_again(house: Served) -> None:
    master_key = house.data_dir / "master.key"
    kept = master_key.read_text()
    before = pids(house)
    master_key.write_text("no key at all")
    os.kill(min(before), signal.SIGKILL)
    eventually(house.log, lambda log: log.count('"worker_not_replaced"') >= 2)
    assert httpx2.get(f"{house.base_url}/readyz").status_code == 200
    master_key.write_text(kept)
    after = eventually(lambda: pids_if_all(house), lambda found: len(found) == WORKERS)
    assert after & before == {max(before)}


@pytest.mark.parametrize("workers", [1, WORKERS])
def test_what_was_sent_before_the_signal_to_stop_is_answered(own_data_dir: Path, workers: int) -> None:
    with served(own_data_dir, "--workers", str(workers)) as house:
        with load_on(house, until_refused=True) as load:
            signalled = monotonic()
            house.process.send_signal(signal.SIGTERM)
            house.process.wait(ANSWER_SECONDS_MAX)
        assert [what for begun, what in load.failed if begun <= signalled] == []
        # Afterwards nobody is let in any more, but nobody who got in is left without an answer.
        assert all(what.startswith("Connect") for _, what in load.failed), load.failed
        assert house.process.returncode == 0
    with served(own_data_dir, "--port", str(urlsplit(house.base_url).port)) as again:
        assert sorted(stored_references(again)) == sorted(load.answered)


@pytest.mark.parametrize("workers", [1, WORKERS])
def test_a_request_that_arrives_on_an_open_connection_during_the_drain_is_answered(
    own_data_dir: Path, workers: int
) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: stagedoor\r\n\r\n"
    with served(own_data_dir, "--workers", str(workers)) as house:
        address = urlsplit(house.base_url)
        with ExitStack() as open_ones:
            first, second, idle = (
                open_ones.enter_context(
                    socket.create_connection((str(address.hostname), address.port or 0), ANSWER_SECONDS_MAX)
                )
                for _ in range(3)
            )
            for connection in (first, second, idle):
                connection.sendall(request)
                read_one(connection)
            first.sendall(request[:20])
            house.process.send_signal(signal.SIGTERM)
            eventually(lambda: is_listening(house), lambda it_is: not it_is)
            first.sendall(request[20:])
            second.sendall(request)
            for connection in (first, second):
                answer = read_to_the_end(connection)
                assert answer.startswith(b"HTTP/1.1 200")
                assert b"connection: close" in answer
            assert read_to_the_end(idle) == b""
        house.process.wait(ANSWER_SECONDS_MAX)
        assert house.process.returncode == 0


@pytest.mark.parametrize(("workers", "is_started_first"), [(1, True), (WORKERS, False)])
def test_a_server_that_is_handed_its_socket_is_restarted_without_a_dropped_request(
    own_data_dir: Path, workers: int, is_started_first: bool
) -> None:
    options = ("--workers", str(workers))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, ExitStack() as servers:
        former = servers.enter_context(served(own_data_dir, *options, listener=listener))
        assert urlsplit(former.base_url).port == listener.getsockname()[1]
        with load_on(former) as load:
            if is_started_first:
                servers.enter_context(served(own_data_dir, *options, listener=listener))
            former.process.send_signal(signal.SIGTERM)
            former.process.wait(ANSWER_SECONDS_MAX)
            if not is_started_first:
                servers.enter_context(served(own_data_dir, *options, listener=listener))
            more = len(load.answered) + BEFORE_THE_SIGNAL
            eventually(lambda: len(load.answered), lambda count: count >= more)
        assert load.failed == []
        assert former.process.returncode == 0
        assert sorted(stored_references(former)) == sorted(load.answered)


def is_listening(house: Served) -> bool:
    address = urlsplit(house.base_url)
    try:
        with socket.create_connection((str(address.hostname), address.port or 0), 1):
            return True
    except ConnectionRefusedError:
        return False


def read_one(connection: socket.socket) -> None:
    received = b""
    while not received.endswith(b'{"status":"ok"}'):
        piece = connection.recv(65536)
        assert piece, received
        received += piece


def read_to_the_end(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def test_workers_end_with_their_supervisor_whatever_ends_it(house: Served) -> None:
    former = pids(house)
    house.process.kill()
    house.process.wait(ANSWER_SECONDS_MAX)
    eventually(lambda: [pid for pid in former if is_alive(pid)], lambda alive: alive == [])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_store_that_cannot_be_served_is_told_by_its_own_reason(own_data_dir: Path) -> None:
    own_data_dir.mkdir()
    (own_data_dir / "stagedoor.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(AssertionError, match="store cannot take this"), served(own_data_dir, "--workers", "2"):
        pass


class Upstream(ThreadingHTTPServer):
    """A remote Orchestrator that answers when it is let."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked = Event()
        self.may_answer = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Upstream
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.set()
        self.server.may_answer.wait(ANSWER_SECONDS_MAX)
        body = b'{"value":[]}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the base gives it
        """Keep still."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        yield server
        server.may_answer.set()
        server.shutdown()


def send_far(administrator: Administrator, upstream: Upstream) -> None:
    """Let the tenant be one of the remote Orchestrator."""
    tenant_id = administrator.management.get("/tenants").json()["items"][0]["id"]
    order = {"remote_base_url": upstream.url, "token": "upstream-token"}
    assert administrator.management.put(f"/tenants/{tenant_id}/destination", json=order).status_code == 200


def test_what_is_carried_to_a_remote_orchestrator_is_judged_by_what_every_worker_knows(
    house: Served, upstream: Upstream
) -> None:
    upstream.may_answer.set()
    with administrator_of(house) as administrator, connection_to_each(house) as connections:
        send_far(administrator, upstream)
        for _ in range(10):
            made = administrator.make("/keys", {"name": "short-lived", "tenant": "acme/dev", "allow": ["Folders_Get"]})
            bearer = {"Authorization": f"Bearer {made['key']}"}
            usable = [client.get("/odata/Folders", headers=bearer).status_code for client in connections.values()]
            assert usable == [200] * WORKERS
            assert administrator.management.delete(f"/keys/{made['id']}").is_success
            ended = [client.get("/odata/Folders", headers=bearer).status_code for client in connections.values()]
            assert ended == [401] * WORKERS


@pytest.mark.parametrize("workers", [1, WORKERS])
def test_what_waits_for_a_remote_orchestrator_is_answered_before_the_server_stops(
    own_data_dir: Path, upstream: Upstream, workers: int
) -> None:
    with served(own_data_dir, "--workers", str(workers)) as house, administrator_of(house) as administrator:
        send_far(administrator, upstream)
        key = administrator.make_key("patient", ["Folders_Get"])
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(
                httpx2.get,
                f"{house.orchestrator_url}/odata/Folders",
                headers={"Authorization": f"Bearer {key}"},
                timeout=ANSWER_SECONDS_MAX,
            )
            assert upstream.asked.wait(ANSWER_SECONDS_MAX)
            house.process.send_signal(signal.SIGTERM)
            eventually(lambda: is_listening(house), lambda it_is: not it_is)
            upstream.may_answer.set()
            answer = waiting.result(ANSWER_SECONDS_MAX)
        assert (answer.status_code, answer.json()) == (200, {"value": []})
        house.process.wait(ANSWER_SECONDS_MAX)
        assert house.process.returncode == 0
