"""Flows cross the wire: one whole server for those that only use it, and more for those that need their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.eras import make_eras
from tests.factories.served import Served, served

HERE = Path(__file__).parent
WITH_SERVERS_OF_THEIR_OWN = ("faults", "postgresql", "smuggling", "test_every_operation.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the flows on one worker: they share a server, a browser and the few ports of the vendor's command line.

    Those that share nothing with them may run on the other one.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            room = item.path.relative_to(HERE).parts[0]
            group = room if room in WITH_SERVERS_OF_THEIR_OWN else "flows"
            item.add_marker(pytest.mark.xdist_group(f"{group} {_store_of(item)}".rstrip()))


def _store_of(item: pytest.Item) -> str:
    # Tests that are done once for each store have servers of their own for each.
    callspec = getattr(item, "callspec", None)
    return "" if callspec is None else str(callspec.params.get("store_url", ""))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server as ``make up`` starts it; tests leave it as they found it, or use names of their own."""
    with served(tmp_path_factory.mktemp("house") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def administrator(house: Served) -> Iterator[Administrator]:
    """The administrator of that server, signed in once."""
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
