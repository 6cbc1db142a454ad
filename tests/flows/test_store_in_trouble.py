"""A locked database and a full disk: refused as a whole with 503, in the dialect of each path, nothing half done."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.factories.signing_in import tokens_for

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI

BULK_ADD = "/odata/Queues/UiPathODataSvc.BulkAddQueueItems"
SECONDS_MAX = 30

Trouble = Callable[[Served], Any]


@contextmanager
def locked_by_another_process(house: Served) -> Iterator[None]:
    """Hold the database's write lock, as a backup or a forgotten shell does."""
    with closing(sqlite3.connect(house.data_dir / "stagedoor.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full_disk(house: Served) -> Iterator[None]:
    """Let no file of the server grow by a byte."""
    _, hard = resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))


class Visitor:
    """Somebody who changes something on each surface of a server."""

    def __init__(self, house: Served, administrator: Administrator) -> None:
        self.house = house
        self.administrator = administrator
        self.key = administrator.make_key("visitor", ["tag:Queues", "QueueItems_Get"], folders=["Shared"])
        tokens = tokens_for(house.base_url, house.admin_username, house.admin_password)
        self.refresh_token = tokens["refresh_token"]

    def add_items(self) -> httpx2.Response:
        item: dict[str, Any] = {"Name": "Invoices", "SpecificContent": {"N": 1}}
        items = [item | {"Reference": f"trouble-{number}"} for number in range(20)]
        body = {"queueName": "Invoices", "commitType": "AllOrNothing", "queueItems": items}
        return self._call("POST", BULK_ADD, json=body)

    def items(self) -> list[str]:
        query = {"$filter": "startswith(Reference, 'trouble-')", "$select": "Reference"}
        answer = self._call("GET", "/odata/QueueItems", params=query)
        assert answer.status_code == 200, answer.text
        return [item["Reference"] for item in answer.json()["value"]]

    def make_key(self) -> httpx2.Response:
        order = {"name": "trouble", "tenant": "acme/dev", "allow": ["Jobs_Get"]}
        return self.administrator.management.post("/keys", json=order, timeout=SECONDS_MAX)

    def key_names(self) -> list[str]:
        return [key["name"] for key in self.administrator.management.get("/keys").json()["items"]]

    def refresh(self) -> httpx2.Response:
        form = {"grant_type": "refresh_token", "client_id": STAGEDOOR_CLI, "refresh_token": self.refresh_token}
        return httpx2.post(f"{self.house.base_url}/identity_/connect/token", data=form, timeout=SECONDS_MAX)

    def is_ready(self) -> bool:
        return httpx2.get(f"{self.house.base_url}/readyz", timeout=SECONDS_MAX).status_code == 200

    def _call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        url = f"{self.house.orchestrator_url}{path}"
        return httpx2.request(method, url, headers=headers, timeout=SECONDS_MAX, **options)


@pytest.mark.parametrize("trouble", [locked_by_another_process, full_disk])
def test_nothing_is_half_done_and_all_works_afterwards(tmp_path: Path, trouble: Trouble) -> None:
    with served(tmp_path / "data") as house, administrator_of(house) as administrator:
        visitor = Visitor(house, administrator)
        with trouble(house):
            with ThreadPoolExecutor(3) as pool:
                asked = [pool.submit(ask) for ask in (visitor.add_items, visitor.make_key, visitor.refresh)]
                items, key, refresh = [answer.result(SECONDS_MAX) for answer in asked]
            for answer in (items, key, refresh):
                assert answer.status_code == 503, answer.text
                assert answer.headers["Retry-After"].isdigit()
            assert items.json()["message"]
            assert items.json()["stagedoor"]["code"] in ("store_unavailable", "audit_unavailable")
            assert key.headers["content-type"] == "application/problem+json"
            assert key.json()["code"] in ("store_unavailable", "audit_unavailable")
            assert refresh.json()["error"] == "temporarily_unavailable"
            # Once the audit cannot be written no change is let in any more, while reading goes on.
            closed = eventually(visitor.add_items, lambda answer: "audit_unavailable" in answer.text)
            assert closed.status_code == 503
            assert visitor.items() == []
            assert not visitor.is_ready()
        eventually(visitor.is_ready, bool)
        assert visitor.items() == []
        assert "trouble" not in visitor.key_names()
        assert visitor.add_items().status_code in (200, 201)
        assert len(visitor.items()) == 20
        assert visitor.make_key().status_code == 201
        # The refresh that failed has used up nothing.
        assert visitor.refresh().status_code == 200
        _expect_rows_of_what_was_refused(administrator, items, key)


def _expect_rows_of_what_was_refused(administrator: Administrator, *answers: httpx2.Response) -> None:
    rows = administrator.management.get("/audit", params={"limit": 500}).json()["items"]
    by_request = {row["request_id"]: row for row in rows if row["status"] is not None}
    for answer in answers:
        row = by_request[answer.headers["x-request-id"]]
        assert row["status"] == 503
        assert row["reason"] in ("store_unavailable", "audit_unavailable")


def test_a_server_does_not_start_on_a_file_that_is_no_store(tmp_path: Path) -> None:
    store = tmp_path / "data" / "stagedoor.db"
    store.parent.mkdir()
    store.write_bytes(b"this is no database" * 1000)
    with pytest.raises(AssertionError, match="did not come up") as refused, served(tmp_path / "data"):
        pass
    assert "Traceback" not in str(refused.value)
    assert "Stagedoor's store cannot take this right now" in str(refused.value)
    assert store.read_bytes().startswith(b"this is no database")
