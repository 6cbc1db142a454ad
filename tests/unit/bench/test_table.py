"""How figures are shown."""

import json

import pytest
from bench.figures import Figure, Missing, at_most
from bench.table import as_markdown, draw_tables, make_grids, short, to_json

FIGURES = [
    Figure(row="gateway", name="through", samples=[1234.0, 1000.0, 2000.0], unit="req/s"),
    Figure(row="gateway", name="added", samples=[0.456], unit="ms", budget=at_most(0.3)),
    Figure(row="memory", name="serving", samples=[150.0], unit="MB", budget=at_most(150)),
]


def test_each_figure_has_a_line_and_each_row_its_name_once() -> None:
    lines = draw_tables(FIGURES).splitlines()
    assert len(lines) == 2 + len(FIGURES)
    assert [line.split()[0] for line in lines[2:]] == ["gateway", "added", "memory"]


def test_a_line_shows_median_spread_budget_ratio_and_outcome() -> None:
    _, _, through, added, serving = draw_tables(FIGURES).splitlines()
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


def compared(subject: str, column: str, value: float, place: str = "") -> Figure:
    return Figure(row="peers", name="", samples=[value], unit="", subject=subject, column=column, place=place)


COMPARED = [
    compared("direct", "requests/s at", 60_000.0, "16"),
    compared("nginx", "requests/s at", 5000.0, "1"),
    compared("nginx", "requests/s at", 36_000.0, "16"),
    compared("nginx", "CPU", 26.0),
    compared("nginx", "of direct", 0.6),
    compared("direct", "of direct", 1.0),
    Missing(row="peers", subject="Caddy", reason="not installed here"),
]


def test_what_is_compared_has_a_line_a_subject_and_figures_of_a_column_beside_each_other() -> None:
    (grid,) = make_grids(COMPARED)
    assert grid.headings == ("Peers", "requests/s at 1 / 16", "CPU", "of direct")
    assert grid.lines == [
        ("direct", "– / 60,000", "–", "1.00"),
        ("nginx", "5,000 / 36,000", "26.0", "0.60"),
    ]


def test_what_is_missing_is_named_under_the_comparison() -> None:
    assert draw_tables(COMPARED).endswith("\nMissing: Caddy (not installed here).")
    (grid,) = make_grids(COMPARED)
    assert as_markdown(grid).splitlines() == [
        "| Peers | requests/s at 1 / 16 | CPU | of direct |",
        "| --- | --: | --: | --: |",
        "| direct | – / 60,000 | – | 1.00 |",
        "| nginx | 5,000 / 36,000 | 26.0 | 0.60 |",
        "",
        "Missing: Caddy (not installed here).",
    ]
    written = json.loads(to_json(COMPARED, machine="2 cores", measured_at="now"))
    assert written["missing"] == [{"row": "peers", "subject": "Caddy", "reason": "not installed here"}]
