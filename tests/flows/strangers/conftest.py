"""What the clients that nobody here wrote are given beside the server."""

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.factories.served import Served

if TYPE_CHECKING:
    from uipath.platform import UiPath


@pytest.fixture(scope="module")
def robot_key(house: Served) -> str:
    """The key of the seeded robot. No API tells it: a robot has it from its machine, so a test looks in the store."""
    with closing(sqlite3.connect(house.data_dir / "stagedoor.db")) as store:
        (key,) = store.execute("SELECT key FROM robots ORDER BY id LIMIT 1").fetchone()
    return str(key)


@pytest.fixture
def in_the_shared_folder(house: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the vendor's Python library find the shared folder in its environment, and nothing of this machine's own."""
    for name in ("UIPATH_FOLDER_KEY", "UIPATH_JOB_KEY", "UIPATH_ROBOT_KEY", "UIPATH_URL", "UIPATH_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UIPATH_FOLDER_PATH", house.folder)
    monkeypatch.setenv("UIPATH_TELEMETRY_ENABLED", "false")
    yield
    # The library opens connections for each service it hands out and leaves them to the collector.
    gc.collect()


@pytest.fixture
def uipath(house: Served, access_key: str) -> "UiPath":
    """The vendor's Python library as a script makes it, with the access key that the test's file asks for."""
    return _library(house, access_key)


@pytest.fixture
def uipath_as_robot(house: Served, access_key: str, robot_key: str, monkeypatch: pytest.MonkeyPatch) -> "UiPath":
    """The library as it runs inside a robot, which tells it its key."""
    monkeypatch.setenv("UIPATH_ROBOT_KEY", robot_key)
    return _library(house, access_key)


def _library(house: Served, access_key: str) -> "UiPath":
    from uipath.platform import UiPath

    return UiPath(base_url=house.tenant_url, secret=access_key)
