"""The figures as a table for people and as JSON for scripts."""

import json
from collections.abc import Sequence

from bench.figures import Figure

HEADINGS = ("Row", "What", "Median", "Lowest … highest", "Budget", "Ratio", "")


def draw_table(figures: Sequence[Figure]) -> str:
    """Return the table, one line a figure, columns aligned; the row's name stands at its first figure alone."""
    lines: list[tuple[str, ...]] = [HEADINGS]
    previous_row = None
    for figure in figures:
        lines.append(_cells(figure, shows_row=figure.row != previous_row))
        previous_row = figure.row
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    ruled = [lines[0], tuple("─" * width for width in widths), *lines[1:]]
    return "\n".join(
        "  ".join(_aligned(cell, widths[column], column) for column, cell in enumerate(line)).rstrip() for line in ruled
    )


def to_json(figures: Sequence[Figure], *, machine: str, measured_at: str) -> str:
    """Return everything that was measured, with the samples of each round."""
    return json.dumps(
        {
            "machine": machine,
            "measured_at": measured_at,
            "figures": [
                {
                    "row": figure.row,
                    "name": figure.name,
                    "median": figure.value,
                    "samples": list(figure.samples),
                    "unit": figure.unit,
                    "budget": None
                    if figure.budget is None
                    else {"bound": figure.budget.bound.value, "limit": figure.budget.limit},
                    "ratio": figure.ratio,
                    "outcome": figure.outcome or None,
                }
                for figure in figures
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _cells(figure: Figure, *, shows_row: bool) -> tuple[str, ...]:
    spread = f"{short(min(figure.samples))} … {short(max(figure.samples))}" if len(figure.samples) > 1 else ""
    budget = "" if figure.budget is None else f"{figure.budget.bound} {short(figure.budget.limit)} {figure.unit}"
    return (
        figure.row if shows_row else "",
        figure.name,
        f"{short(figure.value)} {figure.unit}".rstrip(),
        spread,
        budget.rstrip(),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.outcome,
    )


def short(value: float) -> str:
    """Return a number with as many digits as mean something: three, and all of those before the point."""
    if value == 0:
        return "0"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in (0, 1, len(HEADINGS) - 1) else cell.rjust(width)
