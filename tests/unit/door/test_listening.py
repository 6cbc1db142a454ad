"""A socket of one's own, or one that was passed on as systemd does it."""

import os
import socket
from pathlib import Path

import pytest

from stagedoor.door import listening
from stagedoor.door.listening import AddressTaken, PassedSocketUnusable, open_listener
from stagedoor.kit.settings import Settings


def passed(monkeypatch: pytest.MonkeyPatch, descriptor: int, count: str = "1") -> dict[str, str]:
    monkeypatch.setattr(listening, "PASSED_FROM", descriptor)
    return {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": count}


def duplicate_of(connection: socket.socket) -> int:
    copy = os.dup(connection.fileno())
    os.set_inheritable(copy, True)
    return copy


def test_nothing_passed_on_is_a_socket_of_ones_own(tmp_path: Path) -> None:
    for environment in ({}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}):
        listener, settings = open_listener(Settings(data_dir=tmp_path, port=0), environment)
        with listener:
            assert (settings.host, settings.port) == listener.getsockname()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_socket_that_was_passed_on_is_served_on_and_passed_on_to_nobody(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as held:
        environment = passed(monkeypatch, duplicate_of(held))
        listener, settings = open_listener(Settings(data_dir=tmp_path, host="0.0.0.0", port=1), environment)
        with listener:
            assert (settings.host, settings.port) == held.getsockname()[:2]
            assert not listener.get_inheritable()


@pytest.mark.parametrize("count", ["0", "2", "many"])
def test_several_sockets_are_refused(count: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PassedSocketUnusable, match=f"{count} sockets"):
        open_listener(Settings(data_dir=tmp_path), passed(monkeypatch, 3, count))


@pytest.mark.parametrize("kind", ["does not listen", "datagrams", "a path", "a file", "nothing"])
def test_what_is_no_listening_socket_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family = socket.AF_UNIX if kind == "a path" else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if kind == "datagrams" else socket.SOCK_STREAM) as held:
        if kind == "a path":
            held.bind(str(tmp_path / "socket"))
            held.listen()
        descriptor = duplicate_of(held)
        if kind in ("a file", "nothing"):
            os.close(descriptor)
        if kind == "a file":
            descriptor = os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)
        with pytest.raises(PassedSocketUnusable):
            open_listener(Settings(data_dir=tmp_path), passed(monkeypatch, descriptor))
        if kind == "a file":
            # Never taken for a socket, it is still whoever's it was.
            os.close(descriptor)


def test_an_address_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(AddressTaken):
        open_listener(Settings(data_dir=tmp_path, port=held.getsockname()[1]), {})
