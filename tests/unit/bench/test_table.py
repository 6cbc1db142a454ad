"""How figures are shown."""

import json

import pytest
from bench.figures import Figure, at_most
from bench.table import draw_table, short, to_json

FIGURES = [
    Figure(row="gateway", name="through", samples=[1234.0, 1000.0, 2000.0], unit="req/s"),
    Figure(row="gateway", name="added", samples=[0.456], unit="ms", budget=at_most(0.3)),
    Figure(row="memory", name="serving", samples=[150.0], unit="MB", budget=at_most(150)),
]


def test_each_figure_has_a_line_and_each_row_its_name_once() -> None:
    lines = draw_table(FIGURES).splitlines()
    assert len(lines) == 2 + len(FIGURES)
    assert [line.split()[0] for line in lines[2:]] == ["gateway", "added", "memory"]


def test_a_line_shows_median_spread_budget_ratio_and_outcome() -> None:
    _, _, through, added, serving = draw_table(FIGURES).splitlines()
    assert through.endswith(" 1,000 … 2,000")
    assert "1,234 req/s" in through
    assert added.split()[1:] == ["0.46", "ms", "≤", "0.30", "ms", "1.52", "MISSED"]
    assert serving.endswith("1.00  met")


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.123, "0.12"), (12.34, "12.3"), (-12.34, "-12.3"), (12345.6, "12,346")]
)
def test_numbers_keep_three_digits_that_mean_something(value: float, text: str) -> None:
    assert short(value) == text


def test_json_holds_every_sample() -> None:
    written = json.loads(to_json(FIGURES, machine="2 cores", measured_at="2026-03-02T09:00:00+00:00"))
    assert written["machine"] == "2 cores"
    first, second, _ = written["figures"]
    assert first["samples"] == [1234.0, 1000.0, 2000.0]
    assert first["budget"] is first["ratio"] is first["outcome"] is None
    assert second["budget"] == {"bound": "≤", "limit": 0.3}
    assert second["outcome"] == "MISSED"
