"""Two workers share what keys have used; each ``MachineAccounts`` here is a worker of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagedoor.access.limits import machine_accounts
from stagedoor.access.limits.key_limits import DAY, SECOND, Limit
from stagedoor.access.limits.machine_accounts import MachineAccounts
from stagedoor.access.limits.places import PLACES
from stagedoor.access.limits.shared_file import SharedFile
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.passage import KeyLimits

NOON = 20_000 * DAY + DAY // 2
Worker = Callable[[], MachineAccounts]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    opened: list[MachineAccounts] = []

    def start() -> MachineAccounts:
        opened.append(MachineAccounts(tmp_path / "limits"))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def granted(worker: MachineAccounts, key_id: str, limits: KeyLimits, now: int) -> bool:
    return worker.claim(key_id, limits, now).granted == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=st.lists(st.tuples(st.booleans(), st.integers(0, SECOND // 2)), max_size=60), key=st.uuids())
def test_two_workers_let_through_exactly_what_one_would(
    tmp_path: Path, asks: list[tuple[bool, int]], key: object
) -> None:
    limits, now, passed = KeyLimits(5, 1, 3, daily_quota=20), NOON, []
    workers = {True: MachineAccounts(tmp_path / "limits"), False: MachineAccounts(tmp_path / "limits")}
    alone = MachineAccounts(tmp_path / "limits")
    for which, pause in asks:
        now += pause
        is_granted = granted(workers[which], f"shared-{key}", limits, now)
        assert is_granted == granted(alone, f"alone-{key}", limits, now)
        if is_granted:
            passed.append(now)
    for one in (*workers.values(), alone):
        one.close()
    assert len(passed) <= 20
    for start in passed:
        assert sum(start <= at < start + SECOND for at in passed) <= 3 + 5


def test_what_was_used_outlives_a_restart(worker: Worker) -> None:
    first = worker()
    assert granted(first, "k", KeyLimits(daily_quota=1), NOON)
    first.close()
    assert worker().claim("k", KeyLimits(daily_quota=1), NOON).limit is Limit.DAILY_QUOTA


def test_each_key_has_its_own_account(worker: Worker) -> None:
    one = worker()
    for number in range(200):
        assert granted(one, f"k{number}", KeyLimits(1, 60, 1), NOON)
    assert not granted(one, "k17", KeyLimits(1, 60, 1), NOON)


def test_workers_together_never_have_more_under_way_than_may_be(worker: Worker) -> None:
    first, second = worker(), worker()
    assert [first.enter("k", 3, NOON), second.enter("k", 3, NOON), first.enter("k", 3, NOON)] == [True] * 3
    assert not second.enter("k", 3, NOON)
    first.leave("k")
    assert second.enter("k", 3, NOON)
    assert not first.enter("k", 3, NOON)


KILLED = """
import sys
from pathlib import Path
from stagedoor.access.limits.machine_accounts import MachineAccounts
accounts = MachineAccounts(Path(sys.argv[1]))
print(accounts.enter("k", 2, 1), accounts.enter("k", 2, 1), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("is_replaced", [False, True])
def test_what_a_killed_worker_had_under_way_is_free_at_once(worker: Worker, tmp_path: Path, is_replaced: bool) -> None:
    survivor = worker()
    if not is_replaced:
        # It has a place already when the other is killed; else it takes the place of the dead.
        survivor.enter("other", 1, NOON)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "limits")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True True\n"
        if not is_replaced:
            assert not survivor.enter("k", 2, NOON)
        os.kill(process.pid, signal.SIGKILL)
    assert [survivor.enter("k", 2, NOON) for _ in range(3)] == [True, True, False]


def test_a_slot_is_used_again_once_its_key_has_nothing_to_remember(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_accounts, "USES", 4)
    monkeypatch.setattr(machine_accounts, "PERMITS", 4)
    one, limits = worker(), KeyLimits(1, 1, 1)
    for number in range(4):
        assert granted(one, f"k{number}", limits, NOON)
        assert one.enter(f"k{number}", 1, NOON)
    with pytest.raises(StoreUnavailable):
        granted(one, "k9", limits, NOON)
    with pytest.raises(StoreUnavailable):
        one.enter("k9", 1, NOON)
    one.leave("k2")
    assert one.enter("k9", 1, NOON)
    assert granted(one, "k9", limits, NOON + SECOND)
    # One of the four had to give way, and begins anew.
    assert all(granted(one, f"k{number}", limits, NOON + 3 * SECOND * number + SECOND * 3) for number in range(4))


def test_more_processes_than_places_are_refused(worker: Worker) -> None:
    for _ in range(PLACES):
        worker().enter("k", 10_000, NOON)
    with pytest.raises(StoreUnavailable):
        worker().enter("k", 10_000, NOON)


def test_a_worker_that_is_stopped_with_the_lock_in_hand_lets_nothing_through(worker: Worker, tmp_path: Path) -> None:
    one = worker()
    assert one.enter("k", 1, NOON)
    held = SharedFile(tmp_path / "limits" / "keys-1", machine_accounts.SIZE)
    with held:
        with pytest.raises(StoreUnavailable):
            granted(one, "k", KeyLimits(1), NOON)
        # What ends meanwhile is remembered.
        one.leave("k")
    held.close()
    assert one.enter("k", 1, NOON)


class TestOneThatExpectsNobody:
    def test_is_asked_to_give_way_by_another_one_that_comes(self, tmp_path: Path) -> None:
        first = MachineAccounts(tmp_path / "limits", expects_nobody=True)
        assert first.enter("k", 2, NOON)
        second = MachineAccounts(tmp_path / "limits")
        entered: list[bool] = []
        coming = threading.Thread(target=lambda: entered.extend(second.enter("k", 2, NOON) for _ in range(2)))
        coming.start()
        while coming.is_alive():
            # As the upkeep does.
            first.give_way()
        assert entered == [True, False]
        assert not first.enter("k", 2, NOON)
        # From now on both take the lock and give it back.
        second.leave("k")
        assert [first.enter("k", 2, NOON), second.enter("k", 2, NOON)] == [True, False]
        first.close()
        second.close()

    def test_gives_way_at_its_next_request_too(self, tmp_path: Path) -> None:
        first = MachineAccounts(tmp_path / "limits", expects_nobody=True)
        assert granted(first, "k", KeyLimits(daily_quota=10**9), NOON)
        second = MachineAccounts(tmp_path / "limits")
        came: list[bool] = []
        coming = threading.Thread(target=lambda: came.append(granted(second, "k", KeyLimits(daily_quota=10**9), NOON)))
        coming.start()
        while coming.is_alive():
            granted(first, "k", KeyLimits(daily_quota=10**9), NOON)
        assert came == [True]
        first.close()
        second.close()

    def test_is_refused_nothing_by_what_another_one_left_behind(self, tmp_path: Path) -> None:
        first = MachineAccounts(tmp_path / "limits", expects_nobody=True)
        assert first.enter("k", 1, NOON)
        first.close()
        second = MachineAccounts(tmp_path / "limits", expects_nobody=True)
        assert [second.enter("k", 1, NOON), second.enter("k", 1, NOON)] == [True, False]
        second.close()


def test_who_finds_the_lock_taken_for_a_moment_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    first, second = SharedFile(path, 16), SharedFile(path, 16)
    entered = threading.Event()

    def wait_and_write() -> None:
        with second:
            second.memory[0] = 1
            entered.set()

    with first:
        waiting = threading.Thread(target=wait_and_write)
        waiting.start()
        assert not entered.wait(0.05)
    waiting.join(5)
    assert first.memory[0] == 1
    first.close()
    second.close()


def test_what_a_worker_remembers_of_slots_is_bounded(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_accounts, "PERMITS", 2)
    one = worker()
    for number in range(9):
        assert one.enter(f"k{number}", 1, NOON)
        one.leave(f"k{number}")
    assert len(one._permit_slots) <= 3


def test_a_disk_without_room_is_said_and_nothing_is_let_through(tmp_path: Path) -> None:
    (tmp_path / "limits").mkdir()
    (tmp_path / "limits" / "keys-1").symlink_to("/dev/full")
    with pytest.raises(StoreUnavailable):
        MachineAccounts(tmp_path / "limits").claim("k", KeyLimits(1), NOON)
