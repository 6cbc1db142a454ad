"""The garbage collector while a server starts."""

import gc
from collections.abc import Iterator

import pytest

from stagedoor.kit.collector import collector_resting


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_collector_rests_until_it_is_woken() -> None:
    with collector_resting() as wake:
        assert not gc.isenabled()
        wake()
        assert gc.isenabled()


def test_what_was_loaded_is_not_looked_through_again() -> None:
    frozen_before = gc.get_freeze_count()
    with collector_resting() as wake:
        wake()
        assert gc.get_freeze_count() > frozen_before + 1000


def test_it_looks_seldom_while_requests_are_served_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with collector_resting() as wake:
        wake()
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before


def test_the_collector_works_again_after_a_start_that_failed() -> None:
    with pytest.raises(RuntimeError), collector_resting():
        raise RuntimeError
    assert gc.isenabled()
