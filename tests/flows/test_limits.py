"""Limits over the wire: two workers, and an upstream that says what a test tells it to say."""

import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.flows.test_workers import CONNECTIONS_TRIED_MAX, WORKERS, connection_to_each, pid_behind

BUDGET = 6
SECONDS_MAX = 30
FOLDERS = "/odata/Folders"
JOBS = "/odata/Jobs"


class Upstream(ThreadingHTTPServer):
    """A remote Orchestrator. It answers at once unless it is told to wait, and 200 unless it is told otherwise."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what was asked, and answer at once."""
        self.asked: list[str] = []
        self.refusal: dict[str, str] | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def url(self, name: str) -> str:
        """Return the address of a tenant of its own, with a budget that no other test has spent."""
        return f"http://127.0.0.1:{self.server_port}/{name}"


class _Answering(BaseHTTPRequestHandler):
    server: Upstream
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.may_answer.wait(SECONDS_MAX)
        body, refusal = b'{"value":[]}', self.server.refusal
        self.send_response(200 if refusal is None else 429)
        for name, value in (refusal or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the base gives it
        """Keep still."""


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.may_answer.set()
        server.shutdown()


@pytest.fixture(scope="module")
def limited_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    environment = {"STAGEDOOR_UPSTREAM_LISTS_PER_MINUTE": str(BUDGET)}
    data_dir = tmp_path_factory.mktemp("limits") / "data"
    with served(data_dir, "--workers", str(WORKERS), environment=environment) as running:
        yield running


@pytest.fixture(scope="module")
def admin(limited_house: Served) -> Iterator[Administrator]:
    with administrator_of(limited_house) as signed_in:
        yield signed_in


@pytest.fixture
def upstream(request: pytest.FixtureRequest, far: Upstream, admin: Administrator) -> Upstream:
    """The upstream, with a tenant of this test's own behind ``acme/dev``."""
    far.begin_anew()
    tenant_id = admin.management.get("/tenants").json()["items"][0]["id"]
    order = {"remote_base_url": far.url(request.node.name), "token": "upstream-token"}
    assert admin.management.put(f"/tenants/{tenant_id}/destination", json=order).status_code == 200
    return far


def make_key(admin: Administrator, *allow: str, **limits: Any) -> str:
    order = {"name": "limited", "tenant": "acme/dev", "allow": list(allow), **limits}
    return str(admin.make("/keys", order)["key"])


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def asking(house: Served, count: int, path: str, key: str) -> Iterator[list["Future[httpx2.Response]"]]:
    """Ask so many times side by side, on connections of their own."""

    def ask() -> httpx2.Response:
        return httpx2.get(house.orchestrator_url + path, headers=bearer(key), timeout=SECONDS_MAX)

    with ThreadPoolExecutor(count) as pool:
        yield [pool.submit(ask) for _ in range(count)]


class TestAKey:
    @pytest.mark.parametrize(
        ("limits", "most"), [({"daily_quota": 25}, 25), ({"rate": "1/h", "burst": 25}, 25)], ids=["quota", "rate"]
    )
    def test_gets_over_both_workers_exactly_what_it_may_have(
        self, limited_house: Served, admin: Administrator, upstream: Upstream, limits: dict[str, Any], most: int
    ) -> None:
        key = make_key(admin, "Folders_Get", **limits)
        with connection_to_each(limited_house) as connections, ThreadPoolExecutor(WORKERS) as pool:

            def hammer(client: httpx2.Client) -> list[int]:
                return [client.get(FOLDERS, headers=bearer(key)).status_code for _ in range(most)]

            statuses = Counter(status for found in pool.map(hammer, connections.values()) for status in found)
        assert statuses == {200: most, 429: most}
        assert len(upstream.asked) == most

    def test_is_told_in_whole_seconds_when_to_come_again_and_the_audit_says_why(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        key = make_key(admin, "Folders_Get", rate="1/h")
        address = limited_house.orchestrator_url + FOLDERS
        assert httpx2.get(address, headers=bearer(key)).status_code == 200
        refused = httpx2.get(address, headers=bearer(key))
        assert refused.status_code == 429
        assert 3500 < int(refused.headers["Retry-After"]) <= 3600
        assert refused.json()["stagedoor"]["code"] == "too_many_requests"
        assert refused.headers["RateLimit-Policy"] == '"rate";q=1;w=3600'

        def reason() -> object:
            rows = admin.management.get("/audit", params={"limit": 50}).json()["items"]
            found = [row for row in rows if row["request_id"] == refused.headers["X-Request-Id"]]
            return found and (found[0]["verdict"], found[0]["reason"], found[0]["status"])

        assert eventually(reason, bool) == ("denied", "too_many_requests", 429)

    def test_is_held_to_what_its_limits_were_changed_to_by_every_worker(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        made = admin.make("/keys", {"name": "limited", "tenant": "acme/dev", "allow": ["Folders_Get"]})

        def asked() -> list[int]:
            return [client.get(FOLDERS, headers=bearer(made["key"])).status_code for client in connections.values()]

        with connection_to_each(limited_house) as connections:
            assert asked() == [200] * WORKERS
            assert admin.management.patch(f"/keys/{made['id']}", json={"daily_quota": 1}).status_code == 200
            # Before the answer to the change was out, every worker knew.
            assert sorted(asked()) == [200, 429]
            assert asked() == [429] * WORKERS
            assert admin.management.patch(f"/keys/{made['id']}", json={"daily_quota": None}).status_code == 200
            assert asked() == [200] * WORKERS

    def test_has_only_so_many_under_way_and_gets_them_back_when_a_worker_is_killed(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        key = make_key(admin, "Folders_Get", concurrency=2)
        upstream.may_answer.clear()
        with connection_to_each(limited_house) as connections, ThreadPoolExecutor(2) as pool:
            (doomed, client), (_, survivor) = connections.items()
            with another_connection_to(doomed, limited_house) as second:
                held = [pool.submit(one.get, FOLDERS, headers=bearer(key)) for one in (client, second)]
                eventually(lambda: len(upstream.asked), lambda count: count == 2)
                refused = survivor.get(FOLDERS, headers=bearer(key))
                assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
                assert refused.json()["stagedoor"]["code"] == "too_many_at_once"
                os.kill(doomed, signal.SIGKILL)
                for one in held:
                    assert isinstance(one.exception(SECONDS_MAX), httpx2.TransportError)
                upstream.may_answer.set()
                assert survivor.get(FOLDERS, headers=bearer(key)).status_code == 200


@contextmanager
def another_connection_to(worker: int, house: Served) -> Iterator[httpx2.Client]:
    """Give one more kept-alive connection to a worker."""
    for _ in range(CONNECTIONS_TRIED_MAX):
        with httpx2.Client(base_url=house.orchestrator_url, limits=httpx2.Limits(max_connections=1)) as client:
            if pid_behind(client, house) == worker:
                yield client
                return
    raise AssertionError("the worker was never met again")


class TestAnUpstreamTenant:
    def test_is_sent_no_more_in_a_minute_than_it_allows_and_the_rest_is_told_when_to_come(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        key = make_key(admin, "Jobs_Get")
        with asking(limited_house, 3 * BUDGET, JOBS, key) as asked:
            answers = [one.result(SECONDS_MAX) for one in asked]
        assert Counter(answer.status_code for answer in answers) == {200: BUDGET, 429: 2 * BUDGET}
        assert len(upstream.asked) == BUDGET
        for answer in answers:
            if answer.status_code == 429:
                assert 1 <= int(answer.headers["Retry-After"]) <= 60
                assert answer.json()["stagedoor"]["code"] == "upstream_budget_spent"
        # What the vendor does not count is not counted.
        folders = httpx2.get(
            limited_house.orchestrator_url + FOLDERS, headers=bearer(make_key(admin, "Folders_Get")), timeout=30
        )
        assert folders.status_code == 200

    @pytest.mark.parametrize("as_date", [False, True])
    def test_that_says_no_is_believed_by_every_worker_until_then(
        self, limited_house: Served, admin: Administrator, upstream: Upstream, as_date: bool
    ) -> None:
        key = make_key(admin, "Jobs_Get")
        upstream.refusal = {"Retry-After": formatdate(time() + 40, usegmt=True) if as_date else "40"}
        with connection_to_each(limited_house) as connections:
            first, second = connections.values()
            passed_on = first.get(JOBS, headers=bearer(key))
            assert passed_on.status_code == 429
            assert passed_on.json() == {"value": []}
            assert 35 <= int(passed_on.headers["Retry-After"]) <= 40
            upstream.refusal = None
            for client in (first, second):
                refused = client.get(JOBS, headers=bearer(key))
                assert refused.status_code == 429
                assert 30 <= int(refused.headers["Retry-After"]) <= 40
        assert len(upstream.asked) == 1

    def test_that_says_no_for_a_moment_is_waited_for_and_the_answer_says_so(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        key = make_key(admin, "Jobs_Get")
        address = limited_house.orchestrator_url + JOBS
        upstream.refusal = {"Retry-After": "2"}
        assert httpx2.get(address, headers=bearer(key)).status_code == 429
        upstream.refusal = None
        begun = monotonic()
        with asking(limited_house, 3, JOBS, key) as asked:
            answers = [one.result(SECONDS_MAX) for one in asked]
        assert monotonic() - begun > 1
        for answer in answers:
            assert answer.status_code == 200
            milliseconds, _, reason = answer.headers["X-Stagedoor-Waited"].partition("; ")
            assert 500 < int(milliseconds) < 5000
            assert reason == "reason=fair-share"
        assert "X-Stagedoor-Waited" not in httpx2.get(address, headers=bearer(key)).headers

    def test_is_not_asked_for_who_hung_up_while_waiting(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        key = make_key(admin, "Jobs_Get")
        upstream.refusal = {"Retry-After": "3"}
        address = urlsplit(limited_house.orchestrator_url)
        assert httpx2.get(limited_house.orchestrator_url + JOBS, headers=bearer(key)).status_code == 429
        upstream.refusal = None
        with socket.create_connection((str(address.hostname), address.port or 80)) as caller:
            head = f"GET {address.path}{JOBS}?$top=77 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
            caller.sendall(head.encode())

        def left() -> object:
            rows = admin.management.get("/audit", params={"limit": 50}).json()["items"]
            return [row for row in rows if row["reason"] == "caller_left" and row["credential"]["id"] in key]

        eventually(left, bool)
        with asking(limited_house, 1, JOBS, key) as asked:
            assert asked[0].result(SECONDS_MAX).status_code == 200
        assert not [path for path in upstream.asked if "77" in path]

    def test_is_shared_by_weight_among_hungry_keys(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        heavy, light = make_key(admin, "Jobs_Get", weight=2), make_key(admin, "Jobs_Get")
        upstream.refusal = {"Retry-After": "4"}
        assert httpx2.get(limited_house.orchestrator_url + JOBS, headers=bearer(heavy)).status_code == 429
        upstream.refusal = None
        # All are waiting when the upstream opens again; one of its minute is the request that it refused.
        with (
            asking(limited_house, BUDGET, JOBS, light) as of_light,
            asking(limited_house, BUDGET, JOBS, heavy) as of_heavy,
        ):
            got_light = sum(one.result(SECONDS_MAX).status_code == 200 for one in of_light)
            got_heavy = sum(one.result(SECONDS_MAX).status_code == 200 for one in of_heavy)
        assert got_light + got_heavy == BUDGET - 1
        assert got_heavy in (3, 4)

    def test_metrics_tell_how_often_and_for_how_long(
        self, limited_house: Served, admin: Administrator, upstream: Upstream
    ) -> None:
        key = make_key(admin, "Jobs_Get")
        with asking(limited_house, 4 * BUDGET, JOBS, key) as asked:
            for one in asked:
                one.result(SECONDS_MAX)
        with connection_to_each(limited_house) as connections:
            texts = [client.get(f"{limited_house.base_url}/metrics").text for client in connections.values()]
        assert any('stagedoor_limited_requests_total{limit="fair_share",outcome="refused"}' in text for text in texts)
        assert all("stagedoor_fair_share_wait_seconds_bucket" in text for text in texts)


def test_a_key_without_limits_leaves_nothing_behind(own_data_dir: Path) -> None:
    with served(own_data_dir) as house:
        address = house.orchestrator_url + FOLDERS
        for _ in range(3):
            httpx2.get(address, headers=bearer(house.sample_key))
        assert not (own_data_dir / "limits").exists()
