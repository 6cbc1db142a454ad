"""A visit's parts: a step that needs one gets it, or the chain is broken and says so."""

import pytest

from stagedoor.door.visit import known


def test_a_part_that_was_filled_in_is_returned_even_where_it_is_empty() -> None:
    assert known("") == ""


def test_a_step_before_the_one_it_relies_on_ends_the_request() -> None:
    with pytest.raises(RuntimeError, match="relies on"):
        known(None)
