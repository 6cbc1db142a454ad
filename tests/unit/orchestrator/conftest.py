"""A desk for each test: an embedded Orchestrator with an empty store of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.orchestrator import Desk, desk_in
from tests.factories.tenant_people import people_desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path)
    yield desk
    desk.database.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Desk]:
    """A desk with people whom it can change, by identity's own services."""
    desk = people_desk_in(tmp_path / "house")
    yield desk
    desk.database.close()
