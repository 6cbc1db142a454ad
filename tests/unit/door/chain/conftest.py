"""One house for the steps of the chain; tests use keys, folders and names of their own."""

from collections.abc import Iterator

import pytest
from tests.factories.house import SmallHouse, open_small_house


@pytest.fixture(scope="package")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    with open_small_house(tmp_path_factory.mktemp("house"), trusted_proxies=("10.0.0.0/8", "::1/128")) as house:
        yield house
