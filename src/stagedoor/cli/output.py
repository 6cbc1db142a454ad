"""What is printed: tables for people, tab-separated lines for pipes, JSON for scripts."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click


def printable(text: str) -> str:
    """Return text that cannot steer a terminal: control characters become visible escapes."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def cell(value: Any) -> str:
    """Write one value for people: nothing for ``None``, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(cell(part) for part in value)
    return printable(str(value))


def echo_json(value: Any) -> None:
    """Print one JSON value on one line, as a line of NDJSON."""
    click.echo(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def echo_pretty_json(value: Any) -> None:
    """Print one JSON value for people to read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def echo_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Print rows: a table on a terminal; else a tab-separated line for each, without a heading, for pipes.

    ``empty`` is said on stderr when there is no row, so that a pipe stays empty.
    """
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        click.echo(empty, err=True)
    elif is_terminal():
        _draw(columns, cells)
    else:
        for row in cells:
            click.echo("\t".join(row))


def echo_facts(facts: Mapping[str, Any]) -> None:
    """Print names and values, one pair a line; empty ones are left out."""
    shown = {name: cell(value) for name, value in facts.items() if cell(value)}
    width = max((len(name) for name in shown), default=0)
    for name, value in shown.items():
        click.echo(f"{name + ':':<{width + 1}}  {value}")


def is_terminal() -> bool:
    """Tell whether stdout is a terminal that a person looks at."""
    return sys.stdout.isatty()


def _draw(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        # As Text, so that square brackets in a name are no markup.
        table.add_row(*(Text(value) for value in row))
    Console().print(table)
