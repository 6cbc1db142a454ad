"""The house that every flow of identity goes through."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.oauth_house import OAuthHouse, oauth_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[OAuthHouse]:
    with oauth_house(tmp_path) as house:
        yield house
