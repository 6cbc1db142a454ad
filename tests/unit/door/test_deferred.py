import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.factories.management import AsCaller, Management, management

from stagedoor.admin.app import PREFIX, build_admin
from stagedoor.door.deferred import DeferredApp
from stagedoor.door.errors import Dialect, draw_error

LATER = (
    "fastapi",
    "httpx2",
    "stagedoor.admin.app",
    "stagedoor.client",
    "stagedoor.console.app",
    "stagedoor.orchestrator.app",
    "stagedoor.orchestrator.jobs",
)


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Management]:
    with management(tmp_path) as world:
        yield world


def deferred(admin: Management) -> DeferredApp:
    return DeferredApp(
        lambda: build_admin(admin.parts, lambda error, request_id: draw_error(error, Dialect.MANAGEMENT, request_id))
    )


def test_the_first_request_builds_the_application_and_is_answered(admin: Management) -> None:
    client = TestClient(AsCaller(deferred(admin), admin.worker()))
    assert client.get(f"{PREFIX}/whoami").json()["name"] == "wim"
    assert client.get(f"{PREFIX}/whoami").status_code == 200


def test_preparing_twice_builds_once(admin: Management) -> None:
    app = deferred(admin)
    assert app.prepare() is app.prepare()


def test_reading_the_server_does_not_read_what_is_built_later() -> None:
    code = f"import sys, stagedoor.door.server; print([name for name in {LATER} if name in sys.modules])"
    read = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert read.stdout.strip() == "[]"
