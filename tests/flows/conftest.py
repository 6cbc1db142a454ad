"""Flows cross the wire: one whole server for those that only use it, and more for those that need their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.eras import make_eras
from tests.factories.served import Served, served


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server as ``make up`` starts it; tests leave it as they found it, or use names of their own."""
    with served(tmp_path_factory.mktemp("house") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def administrator(house: Served) -> Iterator[Administrator]:
    """The administrator of the server that the test's file uses, be it one of its own, signed in once."""
    with administrator_of(house) as signed_in:
        yield signed_in


@pytest.fixture(scope="session")
def house_of_eras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with three organizations: the seeded one, one whose legacy window is over, and a new one."""
    data_dir = tmp_path_factory.mktemp("eras") / "data"
    make_eras(data_dir)
    with served(data_dir) as running:
        yield running


@pytest.fixture
def own_data_dir(tmp_path: Path) -> Path:
    """A data directory for a server of the test's own."""
    return tmp_path / "data"
