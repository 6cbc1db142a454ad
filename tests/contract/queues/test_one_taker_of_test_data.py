"""A row of test data is given to exactly one taker, on every store that Stagedoor runs on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from stagedoor.kit.chance import SeededChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.db import Database
from stagedoor.orchestrator.folders.service import NewFolder, create_folder
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.test_data_queues import service
from stagedoor.orchestrator.test_data_queues.schemas import DataQueueValues
from stagedoor.passage import FolderPlace

TENANT_ID = "00000000-0000-4000-8000-0000000000d1"
THREADS = 32
CLOCK = HeldClock(datetime(2030, 1, 31, 8, 0, tzinfo=UTC))


def test_each_row_is_given_to_exactly_one_of_many_takers_some_of_whom_die(database: Database) -> None:
    with database.write() as session:
        folder = create_folder(
            session, TENANT_ID, NewFolder(display_name="Shared"), reach=EVERYWHERE, clock=CLOCK, chance=SeededChance(1)
        )
        place = FolderPlace(id=folder.id, key=folder.key, path="Shared", lineage=(folder.key,))
        keeper = service.Keeper(tenant_id=TENANT_ID, folder=place, user_number=None, clock=CLOCK)
        values = DataQueueValues(name="People", description=None, content_json_schema="{}")
        queue = service.create_queue(session, values, keeper)
        service.add_items(session, queue, ['{"n":1}'] * 128)
    gate = threading.Barrier(THREADS)

    class Killed(Exception):
        pass

    def die() -> None:
        raise Killed

    def take_until_empty(number: int) -> list[int]:
        gate.wait()
        taken: list[int] = []
        for attempt in range(1000):
            try:
                with database.write() as session:
                    item = service.find_next_item(session, queue, set_consumed=True)
                    if attempt == 0 and number % 2:
                        die()
            except Killed:
                continue
            if item is None:
                break
            taken.append(item.id)
        return taken

    with ThreadPoolExecutor(THREADS) as threads:
        taken = [each for share in threads.map(take_until_empty, range(THREADS)) for each in share]
    assert len(taken) == len(set(taken)) == 128
