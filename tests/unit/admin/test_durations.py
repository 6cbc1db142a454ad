from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.admin.durations import LONGEST, read_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("90d", timedelta(days=90)),
        ("2w", timedelta(weeks=2)),
        ("0d", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "90", "d", "-1d", "1.5h", "1 d", "1D", "1y", "٣d", "1d\n", "3661d", "999999w", "9999999s"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        read_duration(text)


@given(st.text(max_size=12))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    try:
        duration = read_duration(text)
    except ValueError:
        return
    assert timedelta(0) <= duration <= LONGEST
