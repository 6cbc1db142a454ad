"""The plugin that pytest loads by itself where Stagedoor is installed: fixtures, and no server until one is used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stagedoor.testing.local_stagedoor import LocalStagedoor

FORMER_PREFIX = "UIPATH_"


@pytest.fixture(scope="session")
def stagedoor_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[LocalStagedoor]":
    """One server for the whole run; take ``stagedoor`` instead, which begins anew for each test."""
    # The server's modules are large, and most tests of a project need none of them.
    from stagedoor.testing.local_stagedoor import start_locally

    server = start_locally(tmp_path_factory.mktemp("stagedoor"))
    yield server
    server.close()


@pytest.fixture
def stagedoor(stagedoor_server: "LocalStagedoor") -> "LocalStagedoor":
    """A Stagedoor with an embedded Orchestrator, as new: data, time, chance and faults of its own for each test."""
    stagedoor_server.reset()
    return stagedoor_server


@pytest.fixture
def stagedoor_environment(stagedoor: "LocalStagedoor", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the variables from which the vendor's tools learn where Orchestrator is, and return them."""
    import os

    for name in [name for name in os.environ if name.startswith(FORMER_PREFIX)]:
        monkeypatch.delenv(name)
    variables = stagedoor.environment()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables
