"""Workers and machines that share one PostgreSQL database: what one of them knows all know."""

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.postgresql import PostgreSQL
from tests.factories.served import Served
from tests.factories.signing_in import tokens_for
from tests.factories.takers import (
    make_queue,
    verify_each_item_is_given_to_one_taker,
    verify_one_of_many_who_add_a_reference_succeeds,
)
from tests.flows.postgresql.conftest import WORKERS, served_on
from tests.flows.test_durability import WRITERS, killed_references, write_until_killed
from tests.flows.test_workers import connection_to_each, pids_if_all

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.kit.private_file import write_private

SECOND = 1.0
TRIES = 3
"""Other tests run on the same cores, and any of them may keep a machine from its turn: the quickest try counts."""
ADD_QUEUE_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
START_TRANSACTION = "/odata/Queues/UiPathODataSvc.StartTransaction"
ITEMS = 24


def test_what_one_worker_is_told_the_other_knows_before_the_next_request(
    house: Served, administrator: Administrator
) -> None:
    order = {"name": "short-lived", "tenant": "acme/dev", "allow": ["Folders_Get"]}
    with connection_to_each(house) as connections:
        for _ in range(10):
            made = administrator.make("/keys", order)
            bearer = {"Authorization": f"Bearer {made['key']}"}
            usable = [client.get("/odata/Folders", headers=bearer).status_code for client in connections.values()]
            assert usable == [200] * WORKERS
            assert administrator.management.delete(f"/keys/{made['id']}").is_success
            ended = [client.get("/odata/Folders", headers=bearer).status_code for client in connections.values()]
            assert ended == [401] * WORKERS


def test_each_item_is_given_to_one_of_many_takers_though_a_worker_is_killed(
    house: Served, administrator: Administrator
) -> None:
    queue = make_queue(house, administrator, "Taken by many")
    verify_each_item_is_given_to_one_taker(queue, lambda: pids_if_all(house))


def test_of_many_who_add_one_reference_one_succeeds(house: Served, administrator: Administrator) -> None:
    verify_one_of_many_who_add_a_reference_succeeds(make_queue(house, administrator, "Raced for"), references=3)


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, postgresql: PostgreSQL) -> None:
    database_url = postgresql.make_database()
    with served_on(database_url, tmp_path / "data") as house:
        with administrator_of(house) as administrator:
            key = administrator.make_key("survivor", ["tag:Queues", "QueueItems_Get"], folders=["Shared"])
        acknowledged = write_until_killed(house, key)
    assert acknowledged
    with served_on(database_url, tmp_path / "data") as again:
        stored = killed_references(again, key)
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored)) <= len(acknowledged) + WRITERS


@pytest.fixture(scope="module")
def at_the_first(machines: tuple[Served, Served]) -> Iterator[Administrator]:
    """The administrator, signed in at the first of two machines."""
    with administrator_of(machines[0]) as signed_in:
        yield signed_in


class TestTwoMachines:
    def test_a_key_revoked_at_one_machine_is_refused_at_the_other_within_a_second(
        self, machines: tuple[Served, Served], at_the_first: Administrator
    ) -> None:
        other = machines[1]
        order = {"name": "short-lived", "tenant": "acme/dev", "allow": ["Folders_Get"]}
        seconds = []
        for _ in range(TRIES):
            made = at_the_first.make("/keys", order)
            with httpx2.Client(headers={"Authorization": f"Bearer {made['key']}"}) as client:

                def status(client: httpx2.Client = client) -> int:
                    return client.get(f"{other.orchestrator_url}/odata/Folders").status_code

                eventually(status, lambda seen: seen == 200)
                assert at_the_first.management.delete(f"/keys/{made['id']}").is_success
                revoked = monotonic()
                eventually(status, lambda seen: seen == 401)
                seconds.append(monotonic() - revoked)
        assert min(seconds) <= SECOND

    def test_a_token_revoked_at_one_machine_is_refused_at_the_other_within_a_second(
        self, machines: tuple[Served, Served]
    ) -> None:
        one, other = machines
        seconds = []
        for _ in range(TRIES):
            tokens = tokens_for(one.base_url, one.admin_username, one.admin_password)
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

            def status(bearer: dict[str, str] = bearer) -> int:
                return httpx2.get(f"{other.orchestrator_url}/odata/Folders", headers=bearer).status_code

            assert status() == 200
            form = {"token": tokens["refresh_token"], "client_id": STAGEDOOR_CLI}
            assert httpx2.post(f"{one.base_url}/identity_/connect/revocation", data=form).status_code == 200
            revoked = monotonic()
            eventually(status, lambda seen: seen == 401)
            seconds.append(monotonic() - revoked)
        assert min(seconds) <= SECOND

    def test_each_queue_item_is_given_to_one_taker_whichever_machine_it_asks(
        self, machines: tuple[Served, Served], at_the_first: Administrator
    ) -> None:
        at_the_first.create("QueueDefinitions", {"Name": "Shared work"}, folder="Shared")
        with ThreadPoolExecutor(8) as pool:
            bearer = {"Authorization": f"Bearer {at_the_first.make_key('takers', ['tag:Queues'])}"}
            headers = bearer | {"X-UIPATH-FolderPath": "Shared"}

            def ask(number: int, action: str, order: object) -> httpx2.Response:
                machine = machines[number % len(machines)]
                return httpx2.post(machine.orchestrator_url + action, json=order, headers=headers)

            def add(number: int) -> int:
                item = {"Name": "Shared work", "SpecificContent": {"N": number}}
                answer = ask(number, ADD_QUEUE_ITEM, {"itemData": item})
                assert answer.status_code == 201, answer.text
                return int(answer.json()["Id"])

            def take(number: int) -> int | None:
                order = {"transactionData": {"Name": "Shared work", "RobotIdentifier": None}}
                answer = ask(number, START_TRANSACTION, order)
                assert answer.status_code in (200, 204), answer.text
                return int(answer.json()["Id"]) if answer.status_code == 200 else None

            eventually(lambda: ask(1, START_TRANSACTION, {}).status_code, lambda seen: seen != 401)
            added = list(pool.map(add, range(ITEMS)))
            taken = Counter(pool.map(take, range(ITEMS + 4)))
        assert taken == Counter(added) + Counter({None: 4})


def test_machines_that_start_at_once_on_an_empty_database_make_it_once(tmp_path: Path, postgresql: PostgreSQL) -> None:
    database_url = postgresql.make_database()
    master_key = secrets.token_hex(32)
    directories = [tmp_path / name for name in ("first", "second")]
    for directory in directories:
        directory.mkdir()
        write_private(directory / "master.key", master_key)
    with ExitStack() as running, ThreadPoolExecutor(2) as pool:

        def start(directory: Path) -> Served:
            return running.enter_context(served_on(database_url, directory, "--empty"))

        machines = list(pool.map(start, directories))
        # One of them made the administrator, and it alone knows the password that was drawn.
        [maker] = [machine for machine in machines if machine.admin_password]
        with administrator_of(maker) as administrator:
            assert len(administrator.management.get("/tenants").json()["items"]) == 1


def test_a_database_that_goes_away_is_said_and_used_again_once_it_is_back(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    database_url = postgresql.make_database()
    with served_on(database_url, tmp_path / "data") as house:
        headers = {"Authorization": f"Bearer {house.sample_key}"}
        item = {"itemData": {"Name": "Invoices", "SpecificContent": {"N": 1}}}

        def add() -> int:
            return httpx2.post(house.orchestrator_url + ADD_QUEUE_ITEM, json=item, headers=headers).status_code

        assert add() == 201
        with postgresql.away(database_url):
            assert add() == 503
            assert httpx2.get(f"{house.base_url}/readyz").status_code == 503
            assert httpx2.get(f"{house.base_url}/healthz").status_code == 200
        assert eventually(add, lambda status: status != 503) == 201
        assert httpx2.get(f"{house.base_url}/readyz").status_code == 200
