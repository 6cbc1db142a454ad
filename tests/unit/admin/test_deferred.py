import subprocess
import sys

from starlette.testclient import TestClient
from tests.factories.management import AsCaller, Management

from stagedoor.admin.app import PREFIX
from stagedoor.admin.deferred import DeferredAdmin
from stagedoor.door.errors import Dialect, draw_error


def deferred(admin: Management) -> DeferredAdmin:
    return DeferredAdmin(admin.parts, lambda error, request_id: draw_error(error, Dialect.MANAGEMENT, request_id))


def test_the_first_request_builds_the_application_and_is_answered(admin: Management) -> None:
    client = TestClient(AsCaller(deferred(admin), admin.worker()))
    assert client.get(f"{PREFIX}/whoami").json()["name"] == "wim"
    assert client.get(f"{PREFIX}/whoami").status_code == 200


def test_preparing_twice_builds_once(admin: Management) -> None:
    app = deferred(admin)
    assert app.prepare() is app.prepare()


def test_reading_the_module_does_not_read_fastapi() -> None:
    code = "import sys, stagedoor.admin.deferred, stagedoor.admin.first_start; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
