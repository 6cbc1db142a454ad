from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.management import Management, management


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Management]:
    with management(tmp_path) as world:
        yield world
