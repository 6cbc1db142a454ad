"""No network beyond what was configured, and no account: every address that is connected to, and every name looked up.

The watch lies below Python, libuv and libpq, in front of the C library that all of them call.
"""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.factories.administrator import administrator_of
from tests.factories.patience import eventually
from tests.factories.remote_orchestrator import connect, remote_orchestrator
from tests.factories.served import served
from tests.factories.signing_in import tokens_for
from tests.factories.socket_watch import SocketWatch, can_watch, socket_watch
from tests.factories.terminal import Terminal

pytestmark = pytest.mark.skipif(not can_watch(), reason="sockets are watched in Linux's way")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
STRAY = "import socket; s = socket.socket(); s.settimeout(0.05)\ntry: s.connect(('192.0.2.1', 9))\nexcept OSError: pass"


@pytest.fixture
def watch(tmp_path: Path) -> SocketWatch:
    return socket_watch(tmp_path)


def beyond(watch: SocketWatch, *allowed: int) -> set[tuple[str, str, int]]:
    """Return what was gone to beyond the ports of this machine that are allowed."""
    return {
        (what, where, port)
        for what, where, port in watch.seen()
        if where not in LOOPBACK or (what != "look-up" and port not in allowed)
    }


def test_the_watch_sees_an_address_that_is_gone_to_and_a_name_that_is_looked_up(watch: SocketWatch) -> None:
    look_up = "import socket\ntry: socket.getaddrinfo('nowhere.invalid', 80)\nexcept OSError: pass"
    for program in (STRAY, look_up):
        subprocess.run([sys.executable, "-c", program], check=True, env=watch.environment)
    assert beyond(watch) == {("connect", "192.0.2.1", 9), ("look-up", "nowhere.invalid", 0)}


def test_a_server_goes_to_its_remote_orchestrator_and_the_command_line_to_its_server_and_nowhere_else(
    watch: SocketWatch, tmp_path: Path
) -> None:
    with (
        remote_orchestrator() as remote,
        served(tmp_path / "data", environment=watch.environment) as house,
        administrator_of(house) as administrator,
    ):
        # All of the embedded Orchestrator's own: nothing is configured yet, and nobody has an account anywhere.
        administrator.make_folder("watched")
        key = administrator.make_key("watched", ["all"])
        bearer = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": "Shared"}
        start = {"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}}
        with httpx2.Client(base_url=house.orchestrator_url, headers=bearer) as caller:
            for path in ("/odata/Jobs", "/odata/Releases", "/odata/QueueDefinitions", "/odata/Folders"):
                assert caller.get(path).status_code == 200
            started = caller.post("/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs", json=start)
            assert started.status_code == 201, started.text
        assert tokens_for(house.base_url, house.admin_username, house.admin_password)["refresh_token"]
        for page in ("/console/", "/identity_/.well-known/openid-configuration", "/readyz", "/metrics"):
            assert httpx2.get(house.base_url + page, follow_redirects=True).status_code == 200
        assert beyond(watch) == set()

        terminal = Terminal(tmp_path, house.base_url)
        by_key = {"STAGEDOOR_KEY": key, **watch.environment}
        for words in (
            ["whoami"],
            ["call", "Jobs_Get", "--folder", "Shared"],
            ["key", "narrow"],
        ):
            assert terminal.run(*words, **by_key).exit_code == 0, words
        assert terminal.run("audit", "verify", "--data-dir", str(house.data_dir), **watch.environment).exit_code == 0
        own = urlsplit(house.base_url).port or 0
        assert ("connect", "127.0.0.1", own) in watch.seen()
        assert beyond(watch, own) == set()

        connect(administrator, remote)
        with httpx2.Client(base_url=house.orchestrator_url, headers=bearer) as caller:
            eventually(lambda: caller.get("/odata/Jobs"), lambda _: bool(remote.asked("/odata/Jobs")))
        assert ("connect", "127.0.0.1", remote.server_port) in watch.seen()
        assert beyond(watch, own, remote.server_port) == set()
