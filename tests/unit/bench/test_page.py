"""Where the figures stand in the page."""

from pathlib import Path

import pytest
from bench.__main__ import ROWS
from bench.page import PAGE, NoSuchBlock, replace_block, write_blocks

TEXT = """Before.

<!-- figures: peers -->
old
<!-- end of figures -->

Between.

<!-- figures: memory -->
<!-- end of figures -->
"""


def test_only_the_block_of_its_row_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(TEXT)
    write_blocks(page, {"memory": r"12 \1 MB"})
    before, memory = page.read_text().split("<!-- figures: memory -->")
    assert before == TEXT.split("<!-- figures: memory -->")[0]
    assert memory == "\n\n12 \\1 MB\n\n<!-- end of figures -->\n"
    write_blocks(page, {"memory": "13 MB"})
    assert "12" not in page.read_text()


def test_a_row_without_a_place_is_an_error() -> None:
    with pytest.raises(NoSuchBlock):
        replace_block(TEXT, "gateway", "1")


def test_the_page_has_a_place_for_every_row() -> None:
    text = PAGE.read_text()
    for row in ROWS:
        assert replace_block(text, row, "figures") != text
