"""A desk for each test: an embedded Orchestrator with an empty store of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.orchestrator import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path)
    yield desk
    desk.database.close()
