"""What was found, as tables for people and as JSON for scripts.

Figures stand in a list, one a line. Those that have a subject stand in a comparison: a line for each subject, a column
for each thing that was measured, and the figures of one column beside each other.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bench.figures import Figure, Finding, Missing

HEADINGS = ("Row", "What", "Median", "Lowest … highest", "Budget", "Ratio", "")
LIST_LEFT = frozenset({0, 1, len(HEADINGS) - 1})
COMPARISON_LEFT = frozenset({0})
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Grid:
    """Headings and lines of cells. ``left`` are the columns that hold words."""

    headings: Sequence[str]
    lines: Sequence[Sequence[str]]
    left: frozenset[int]
    remarks: Sequence[str] = ()


def draw_tables(findings: Sequence[Finding]) -> str:
    """Return everything as text for a terminal."""
    return "\n\n".join(as_text(grid) for grid in make_grids(findings))


def make_grids(findings: Sequence[Finding]) -> list[Grid]:
    """Return the list of figures, and a comparison for each row that has subjects."""
    listed = [finding for finding in findings if isinstance(finding, Figure) and not finding.subject]
    compared_rows = dict.fromkeys(finding.row for finding in findings if finding.subject)
    grids = [_list_grid(listed)] if listed else []
    return grids + [
        _comparison_grid([one for one in findings if one.row == row and one.subject]) for row in compared_rows
    ]


def as_text(grid: Grid) -> str:
    """Return a grid with its columns aligned."""
    lines = [list(grid.headings), *(list(line) for line in grid.lines)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(grid.headings))]
    ruled = [lines[0], ["─" * width for width in widths], *lines[1:]]
    aligned = (
        "  ".join(
            cell.ljust(widths[column]) if column in grid.left else cell.rjust(widths[column])
            for column, cell in enumerate(line)
        ).rstrip()
        for line in ruled
    )
    return "\n".join([*aligned, *grid.remarks])


def as_markdown(grid: Grid) -> str:
    """Return a grid as a table of Markdown."""
    rule = ("---" if column in grid.left else "--:" for column in range(len(grid.headings)))
    lines = (grid.headings, tuple(rule), *grid.lines)
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return "\n".join([table, *(f"\n{remark}" for remark in grid.remarks)])


def to_json(findings: Sequence[Finding], *, machine: str, measured_at: str) -> str:
    """Return everything that was measured, with the samples of each round, and what was not."""
    figures = [finding for finding in findings if isinstance(finding, Figure)]
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
            "missing": [
                {"row": finding.row, "subject": finding.subject, "reason": finding.reason}
                for finding in findings
                if isinstance(finding, Missing)
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def short(value: float) -> str:
    """Return a number with as many digits as mean something: three, and all of those before the point."""
    if value == 0:
        return "0"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def _list_grid(figures: Sequence[Figure]) -> Grid:
    lines: list[tuple[str, ...]] = []
    previous_row = None
    for figure in figures:
        lines.append(_cells(figure, shows_row=figure.row != previous_row))
        previous_row = figure.row
    return Grid(HEADINGS, lines, LIST_LEFT)


def _comparison_grid(findings: Sequence[Finding]) -> Grid:
    figures = [finding for finding in findings if isinstance(finding, Figure)]
    subjects = dict.fromkeys(figure.subject for figure in figures)
    # The one of which most was measured tells the order of the columns, and of the places in them.
    fullest_first = sorted(figures, key=lambda figure: -sum(one.subject == figure.subject for one in figures))
    columns: dict[str, dict[str, None]] = {}
    for figure in fullest_first:
        columns.setdefault(figure.column, {})[figure.place] = None
    values = {(figure.subject, figure.column, figure.place): short(figure.value) for figure in figures}

    def cell(subject: str, column: str) -> str:
        found = [values.get((subject, column, place), NOTHING) for place in columns[column]]
        return " / ".join(found) if set(found) != {NOTHING} else NOTHING

    headings = [f"{column} {' / '.join(places)}".strip() for column, places in columns.items()]
    lines = [(subject, *(cell(subject, column) for column in columns)) for subject in subjects]
    remarks = [
        f"Missing: {finding.subject} ({finding.reason})." for finding in findings if isinstance(finding, Missing)
    ]
    return Grid((findings[0].row.capitalize(), *headings), lines, COMPARISON_LEFT, remarks)


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
