"""Serving: the address, the file that says how to begin, and how the server is set up."""

import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.factories.house import open_small_house

from stagedoor.admin.started import FirstStart
from stagedoor.door import server_log
from stagedoor.door.carrying_protocol import CarryingProtocol
from stagedoor.door.listening import AddressTaken
from stagedoor.door.ready_file import ReadyFile
from stagedoor.door.server import serve, server_config
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings


@pytest.fixture(autouse=True)
def _logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Logging is one for the whole process, which a server has to itself and a test has not.
    monkeypatch.setattr(server_log, "configure_logging", lambda **_: None)
    levels = {name: logging.getLogger(name).level for name in ("alembic", "httpx2")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        with pytest.raises(AddressTaken) as taken:
            serve(Settings(data_dir=tmp_path, port=port))
    assert f"127.0.0.1:{port}" in taken.value.public
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_version_six_is_listened_on_as_one(tmp_path: Path) -> None:
    with pytest.raises(AddressTaken):
        serve(Settings(data_dir=tmp_path, host="2001:db8::1"))


def test_a_server_says_when_it_answers_and_puts_everything_away(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    told: list[tuple[str, int]] = []

    def visit(base_url: str) -> None:
        facts = json.loads(ready_file.read_text())
        told.append((facts["base_url"], httpx2.get(f"{base_url}/healthz").status_code))
        os.kill(os.getpid(), signal.SIGINT)

    def on_ready(settings: Settings, first_start: FirstStart) -> None:
        assert first_start.organization == "acme"
        threading.Thread(target=visit, args=(settings.base_url,)).start()

    try:
        serve(Settings(data_dir=tmp_path / "data", port=0), ready_file=ready_file, empty=True, on_ready=on_ready)
    except KeyboardInterrupt:
        told.append(("interrupted", 0))
    assert told[0][1] == 200
    assert not told[0][0].endswith(":0")
    assert not ready_file.exists()


def test_the_ready_file_is_for_its_owner_alone_and_shows_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    settings = Settings(data_dir=tmp_path)
    ReadyFile(path).write(settings, FirstStart(organization="acme", tenant="dev", sample_key=Secret("sd_key")))
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {
        "base_url": "http://127.0.0.1:8120",
        "organization": "acme",
        "tenant": "dev",
        "folder": None,
        "admin": {"username": "admin", "password": None},
        "sample_key": "sd_key",
    }


def test_a_server_that_ends_leaves_the_ready_file_that_the_next_one_has_written(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    former, successor, never_ready = ReadyFile(path), ReadyFile(path), ReadyFile(path)
    for server, organization in ((former, "acme"), (successor, "next")):
        server.write(Settings(data_dir=tmp_path), FirstStart(organization=organization, tenant="dev"))
    former.remove()
    never_ready.remove()
    assert json.loads(path.read_text())["organization"] == "next"
    successor.remove()
    assert not path.exists()
    successor.remove()


def test_the_server_believes_no_header_and_names_itself_to_nobody(tmp_path: Path) -> None:
    with open_small_house(tmp_path) as small:
        config = server_config(small.house)
    assert config.http is CarryingProtocol
    assert (config.proxy_headers, config.server_header, config.access_log, config.ws) == (False, False, False, "none")
