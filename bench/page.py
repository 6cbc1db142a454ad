"""The figures in the page of the documentation, between marks that name their row."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"
END = "<!-- end of figures -->"


class NoSuchBlock(Exception):
    """The page has no place for the figures of a row."""


def write_blocks(page: Path, blocks: Mapping[str, str]) -> None:
    """Put each row's figures into the page, in place of those that stand there; raises :class:`NoSuchBlock`."""
    text = page.read_text()
    for row, figures in blocks.items():
        text = replace_block(text, row, figures)
    page.write_text(text)


def replace_block(text: str, row: str, figures: str) -> str:
    """Return the page's text with other figures for one row."""
    begin = f"<!-- figures: {row} -->"
    block = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(END)}", re.DOTALL)
    if not block.search(text):
        raise NoSuchBlock(f"the page has no block {begin} … {END}")
    return block.sub(lambda _: f"{begin}\n\n{figures}\n\n{END}", text, count=1)
