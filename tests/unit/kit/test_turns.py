"""Turns are taken one after the other, and nobody takes two while another waits."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.factories.patience import eventually

from stagedoor.kit.turns import TurnNotTaken, Turns


def test_a_turn_is_not_taken_while_another_has_it(tmp_path: Path) -> None:
    one, other = Turns(tmp_path / "store"), Turns(tmp_path / "store")
    with one.take(seconds_max=0), pytest.raises(TurnNotTaken), other.take(seconds_max=0):
        pass
    with other.take(seconds_max=0):
        pass
    one.close()
    other.close()


def test_whoever_had_the_last_turn_waits_for_the_one_at_the_head_of_the_line(tmp_path: Path) -> None:
    one, other = Turns(tmp_path / "store"), Turns(tmp_path / "store")
    had: list[str] = []

    def take_when_free() -> None:
        with other.take(seconds_max=20):
            had.append("other")

    with ThreadPoolExecutor(1) as pool:
        with one.take(seconds_max=0):
            waiting = pool.submit(take_when_free)
            eventually(lambda: is_anybody_in_line(tmp_path), lambda somebody_is: somebody_is)
        with one.take(seconds_max=20):
            had.append("one")
        waiting.result(20)
    assert had == ["other", "one"]
    one.close()
    other.close()


def is_anybody_in_line(directory: Path) -> bool:
    third = Turns(directory / "store")
    try:
        # Somebody who has the turn already leaves the line free, so that only one who waits keeps it.
        fcntl.flock(third._line, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        third.close()
    return False


def test_a_process_that_dies_leaves_its_turn(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with Turns(tmp_path / "store").take(seconds_max=0):
            os._exit(0)
    os.waitpid(child, 0)
    mine = Turns(tmp_path / "store")
    with mine.take(seconds_max=0):
        pass
    mine.close()


def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    Turns(tmp_path / "store").close()
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {
        "store-line": 0o600,
        "store-turn": 0o600,
    }
