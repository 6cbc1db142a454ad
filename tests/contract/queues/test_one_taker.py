"""A queue item is given to exactly one taker, on every store that Stagedoor runs on.

Real transactions from many threads, on a SQLite file and on PostgreSQL.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from stagedoor.kit.chance import SeededChance, SystemChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.orchestrator.errors import AlreadyExists
from stagedoor.orchestrator.folders import service as folders
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.queue_definitions import service as queue_definitions
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.schemas import QueueValues
from stagedoor.orchestrator.queue_items.overdue import settle_items
from stagedoor.orchestrator.queue_items.schemas import NewItem
from stagedoor.orchestrator.queues import service
from stagedoor.orchestrator.queues.schemas import CommitType, TakeRequest

TENANT_ID = "00000000-0000-4000-8000-0000000000d1"
THREADS = 64
VAULT = Vault(bytes(32))
CLOCK = HeldClock(datetime(2030, 1, 31, 8, 0, tzinfo=UTC))
TAKE = TakeRequest(queue_name="Invoices", robot_key=None, reference=None, reference_is_prefix=False, new_item=None)


@pytest.fixture
def queue(database: Database) -> QueueDefinition:
    with database.write() as session:
        folder = folders.create_folder(
            session,
            TENANT_ID,
            folders.NewFolder(display_name="Shared", parent_id=None),
            reach=EVERYWHERE,
            clock=CLOCK,
            chance=SeededChance(1),
        )
        values = QueueValues(
            name="Invoices",
            description=None,
            max_number_of_retries=None,
            accept_automatically_retry=None,
            retry_abandoned_items=None,
            enforce_unique_reference=True,
            sla_in_minutes=None,
            risk_sla_in_minutes=None,
            release_id=None,
            tags=None,
        )
        return queue_definitions.create_queue(
            session, TENANT_ID, folder.id, values, clock=CLOCK, chance=SeededChance(1)
        )


def fill(database: Database, queue: QueueDefinition, count: int, **data: object) -> None:
    items = [NewItem(**data) for _ in range(count)]  # type: ignore[arg-type]  # the dataclass checks the names
    with database.write() as session:
        service.add_items(
            session,
            queue,
            items,
            CommitType.PROCESS_ALL_INDEPENDENTLY,
            clock=CLOCK,
            chance=SystemChance(),
            vault=VAULT,
        )


def take(session: Session, queue: QueueDefinition) -> int | None:
    item = service.start_transaction(session, queue, TAKE, clock=CLOCK, chance=SystemChance(), vault=VAULT)
    return None if item is None else item.id


def at_once(work: Callable[[int], list[int]]) -> list[int]:
    """Run the work on many threads that start together, and return all that they give."""
    gate = threading.Barrier(THREADS)

    def start(number: int) -> list[int]:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return [taken for share in threads.map(start, range(THREADS)) for taken in share]


def test_each_item_is_given_to_exactly_one_of_many_takers(database: Database, queue: QueueDefinition) -> None:
    fill(database, queue, 256)

    def take_until_empty(_: int) -> list[int]:
        taken: list[int] = []
        while True:
            with database.write() as session:
                item = take(session, queue)
            if item is None:
                return taken
            taken.append(item)

    taken = at_once(take_until_empty)
    assert len(taken) == 256
    assert set(Counter(taken).values()) == {1}


def test_no_taker_goes_away_empty_while_there_are_items(database: Database, queue: QueueDefinition) -> None:
    fill(database, queue, THREADS)

    def take_one(_: int) -> list[int]:
        with database.write() as session:
            item = take(session, queue)
            return [] if item is None else [item]

    assert len(set(at_once(take_one))) == THREADS


def test_takers_that_die_lose_nothing(database: Database, queue: QueueDefinition) -> None:
    fill(database, queue, 96)

    class Killed(Exception):
        pass

    def die() -> None:
        raise Killed

    def take_and_perhaps_die(number: int) -> list[int]:
        taken: list[int] = []
        for attempt in range(3):
            dies = (number + attempt) % 2 == 0
            try:
                with database.write() as session:
                    item = take(session, queue)
                    if dies:
                        die()
            except Killed:
                continue
            if item is not None:
                taken.append(item)
        return taken

    taken = at_once(take_and_perhaps_die)
    assert set(Counter(taken).values()) == {1}
    with database.write() as session:
        while (item := take(session, queue)) is not None:
            taken.append(item)
    assert len(taken) == 96
    assert set(Counter(taken).values()) == {1}


def test_of_many_who_add_one_reference_one_succeeds(database: Database, queue: QueueDefinition) -> None:
    def add(_: int) -> list[int]:
        try:
            with database.write() as session:
                new = NewItem(reference="R")
                return [service.add_item(session, queue, new, clock=CLOCK, chance=SystemChance(), vault=VAULT).id]
        except AlreadyExists:
            return []

    assert len(at_once(add)) == 1


def test_the_next_item_is_found_by_its_index(database: Database, queue: QueueDefinition) -> None:
    if not database.is_sqlite:
        return  # What follows reads SQLite's plan; PostgreSQL's depends on how much it has seen.
    fill(database, queue, 3)
    statements: list[str] = []
    with database.write() as session:
        connection = session.connection().connection.driver_connection
        connection.set_trace_callback(statements.append)
        settle_items(session, TENANT_ID, clock=CLOCK, chance=SystemChance(), vault=VAULT)
        take(session, queue)
        connection.set_trace_callback(None)
        looked = [statement for statement in statements if "queue_items" in statement]
        assert len(looked) == 3, "one looks for deferred items, one for abandoned ones, one takes"
        plans = [" | ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")) for each in looked]
    for plan, index in zip(plans, ("waiting", "abandonable", "next"), strict=True):
        assert f"ix_queue_items_{index}" in plan
    assert all("SCAN" not in plan and "TEMP B-TREE FOR ORDER BY" not in plan for plan in plans)


def test_deferred_items_are_taken_by_one_taker_each_once_due(database: Database, queue: QueueDefinition) -> None:
    fill(database, queue, 64, defer_date=CLOCK.now() + timedelta(minutes=5))
    later = HeldClock(CLOCK.now() + timedelta(minutes=5))

    def take_one(_: int) -> list[int]:
        with database.write() as session:
            settle_items(session, TENANT_ID, clock=later, chance=SystemChance(), vault=VAULT)
        with database.write() as session:
            item = service.start_transaction(session, queue, TAKE, clock=later, chance=SystemChance(), vault=VAULT)
            return [] if item is None else [item.id]

    taken = at_once(take_one)
    assert len(taken) == 64
    assert set(Counter(taken).values()) == {1}
