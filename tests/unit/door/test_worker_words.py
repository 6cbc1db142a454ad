"""What supervisor and worker say to each other comes through, whatever the other's version adds."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stagedoor.admin.started import FirstStart
from stagedoor.door.worker_words import (
    WorkerFailed,
    WorkerOrder,
    failure_line,
    find_master_key,
    master_key_line,
    read_answer,
    ready_line,
)
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.secret import Secret

ORDER = WorkerOrder(data_dir="/srv", host="::1", port=8120, empty=True, listener=7, marks=5, place=3, workers=2)
FULL = FirstStart(
    organization="acme",
    tenant="dev",
    folder="Shared",
    admin_password=Secret("opens the house"),
    sample_key=Secret("sd_sample"),
    sample_key_words=("list assets", "start jobs"),
    legacy_username="legacy.script",
    legacy_password=Secret("opened it once"),
    legacy_window_until=datetime(2027, 2, 1, 12, 30, tzinfo=UTC),
)


def test_an_order_is_read_as_it_was_given() -> None:
    line = ORDER.to_line()
    assert line.count(b"\n") == 1
    assert WorkerOrder.of_line(line) == ORDER


def test_an_order_hands_over_a_master_key_and_does_not_print_it() -> None:
    order = replace(ORDER, master_key=Secret("5a" * 32), master_key_file=None)
    assert WorkerOrder.of_line(order.to_line()) == order
    assert "5a5a" not in repr(order)
    assert WorkerOrder.of_line(ORDER.to_line()).master_key is None


def test_a_worker_tells_of_a_new_master_key() -> None:
    assert find_master_key(master_key_line(Secret("5a" * 32))) == Secret("5a" * 32)
    assert find_master_key(failure_line(StoreUnavailable())) is None


def test_a_newer_supervisor_may_say_more_and_an_older_one_less() -> None:
    said = json.loads(ORDER.to_line())
    del said["workers"]
    said["of_tomorrow"] = True
    assert WorkerOrder.of_line(json.dumps(said).encode()).workers == 1


@pytest.mark.parametrize("made", [FULL, FirstStart(organization="acme", tenant="dev")])
def test_what_the_first_start_made_is_told_whole(made: FirstStart) -> None:
    read = read_answer(ready_line(made))
    for name in FirstStart.__dataclass_fields__:
        told, meant = getattr(read, name), getattr(made, name)
        if isinstance(meant, Secret):
            told, meant = told.reveal(), meant.reveal()
        assert told == meant, name


def test_a_worker_that_fails_says_why_and_one_that_dies_says_nothing() -> None:
    with pytest.raises(WorkerFailed) as told:
        read_answer(failure_line(StoreUnavailable(internal="not for everybody")))
    assert told.value.public == StoreUnavailable.public
    assert told.value.hint == StoreUnavailable.hint
    with pytest.raises(WorkerFailed) as silent:
        read_answer(b"")
    assert silent.value.public == WorkerFailed.public


def test_what_is_not_for_callers_is_not_told() -> None:
    assert b"not for everybody" not in failure_line(StoreUnavailable(internal="not for everybody"))
