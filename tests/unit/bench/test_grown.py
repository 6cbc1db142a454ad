"""A Stagedoor that is filled in bulk is one that its own rooms work on."""

from collections.abc import Iterator

import pytest
from bench.grown import Grown, grown_house
from bench.progress import Progress
from bench.rows.growth import QUESTIONS, Question
from bench.run import QUICK, Run

COUNT = 1_000


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    with grown_house(Run(tmp_path_factory.mktemp("grown"), Progress(), QUICK), COUNT) as grown:
        yield grown


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.name for question in QUESTIONS])
def test_each_list_finds_something(grown: Grown, question: Question) -> None:
    assert grown.ask(question.operation_id, question.query(COUNT)).content["value"]


def test_what_was_filled_in_is_counted_beside_the_row_that_it_was_copied_from(grown: Grown) -> None:
    counted = {"$count": "true", "$top": "1"}
    assert grown.ask("Jobs_Get", counted).content["@odata.count"] == COUNT + 1
    assert grown.ask("QueueItems_Get", counted).content["@odata.count"] == COUNT + 1


def test_a_filled_in_item_can_be_taken(grown: Grown) -> None:
    order = {"transactionData": {"Name": "Invoices"}}
    keys = {grown.ask("Queues_StartTransaction", body=order).content["Reference"] for _ in range(3)}
    assert len(keys) == 3


def test_no_index_is_lost_in_filling(grown: Grown) -> None:
    with grown.house.database.engine.connect() as connection:
        indexes = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars().all()
    assert {"ix_jobs_folder_state_created", "ix_queue_items_next", "ix_queue_items_queue_ended"} <= set(indexes)
