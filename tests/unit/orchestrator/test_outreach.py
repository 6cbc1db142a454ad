import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.factories.certificates import Authority

from stagedoor.orchestrator import outreach as outreach_module
from stagedoor.orchestrator.outreach import Outreach, read_url


class Listener:
    """A socket that answers each connection with the same bytes and keeps what it was sent."""

    def __init__(self, answer: bytes, *, drips: bool = False) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self._drips = drips
        self._done = threading.Event()
        self.received: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/hook?x=1"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self.received.append(_read_request(connection))
                try:
                    if self._drips:
                        while not self._done.wait(0.01):
                            connection.sendall(b"X")
                    else:
                        connection.sendall(self._answer)
                except OSError:
                    continue

    def close(self) -> None:
        self._done.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65536):
        received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if length is not None and len(body) >= int(length[1]):
            break
        if not received.startswith(b"POST"):
            break
    return received


@contextmanager
def listening(answer: bytes, *, drips: bool = False) -> Iterator[Listener]:
    listener = Listener(answer, drips=drips)
    try:
        yield listener
    finally:
        listener.close()


def leading_to(*addresses: str) -> Outreach:
    return Outreach(resolve=lambda host, port: list(addresses))


def test_a_post_arrives_with_its_headers_and_the_status_comes_back() -> None:
    with listening(b"HTTP/1.1 202 Accepted\r\n\r\n") as listener:
        outcome = Outreach().post(listener.url, b"{}", {"X-Some": "1"})
    assert (outcome.status, outcome.is_success) == (202, True)
    [received] = listener.received
    assert received.startswith(b"POST /hook?x=1 HTTP/1.1\r\n")
    assert b"\r\nX-Some: 1\r\n" in received
    assert received.endswith(b"\r\n\r\n{}")


def test_a_redirect_is_not_followed() -> None:
    with listening(b"HTTP/1.1 200 OK\r\n\r\n") as other:
        answer = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + other.url.encode() + b"\r\n\r\n"
        with listening(answer) as listener:
            outcome = Outreach().post(listener.url, b"{}", {})
    assert (outcome.status, outcome.is_success) == (307, False)
    assert other.received == []


def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outreach_module, "SECONDS_MAX", 0.2)
    with listening(b"", drips=True) as listener:
        outcome = Outreach().post(listener.url, b"{}", {})
    assert outcome.status is None
    assert outcome.problem is not None


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "0.0.0.0", "224.0.0.1"],
)
def test_addresses_of_the_link_are_refused_always(address: str) -> None:
    outcome = leading_to(address).post("http://metadata.test/", b"", {})
    assert outcome.problem == "The address is one that requests may not go to."


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1", "2002:a00:1::"],
)
def test_private_addresses_are_refused_on_request(address: str) -> None:
    outreach = Outreach(reaches_private=False, resolve=lambda host, port: [address])
    assert outreach.post("http://inside.test/", b"", {}).problem == "The address is one that requests may not go to."


def test_one_refused_address_among_several_refuses_the_name() -> None:
    with listening(b"HTTP/1.1 200 OK\r\n\r\n") as listener:
        port = listener.url.split(":")[2].split("/")[0]
        outcome = leading_to("127.0.0.1", "169.254.169.254").post(f"http://both.test:{port}/", b"", {})
    assert outcome.status is None
    assert listener.received == []


def test_the_name_is_looked_up_once_and_sent_as_the_host() -> None:
    with listening(b"HTTP/1.1 200 OK\r\n\r\n") as listener:
        port = int(listener.url.split(":")[2].split("/")[0])
        answers = iter([["127.0.0.1"]])
        outreach = Outreach(resolve=lambda host, port: next(answers))
        assert outreach.post(f"http://listener.test:{port}/", b"", {}).is_success
    assert f"Host: listener.test:{port}".encode() in listener.received[0]


def test_nothing_of_the_systems_words_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = Outreach().connect(f"http://127.0.0.1:{port}/")
    assert outcome.problem == "No connection could be made."


def test_plain_text_at_a_secure_address_is_no_certificate() -> None:
    with listening(b"HTTP/1.1 200 OK\r\n\r\n") as listener:
        outcome = Outreach().connect(listener.url.replace("http:", "https:"))
    assert outcome.has_bad_certificate
    with listening(b"") as listener:
        assert Outreach().connect(listener.url).problem is None


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.test/",
        "http://",
        "//a.test/",
        "http://user:password@a.test/",
        "http://a.test:99999/",
        "http://a.test:0/",
        "http://a.test/ b",
        "http://a.test/\r\nX: 1",
        "http://ä.test/",
        "http://[::1/",
        "http://a.test/" + "a" * 2000,
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_url(url)
    assert Outreach().post(url, b"", {}).problem == "The URL cannot be used."


def test_the_next_address_of_a_name_is_tried() -> None:
    with listening(b"HTTP/1.1 200 OK\r\n\r\n") as listener:
        port = listener.url.split(":")[2].split("/")[0]
        assert leading_to("127.0.0.2", "127.0.0.1").post(f"http://two.test:{port}/", b"", {}).is_success


def test_a_name_that_leads_nowhere_is_no_connection() -> None:
    assert leading_to().post("http://nowhere.test/", b"", {}).problem == "No connection could be made."
    assert leading_to("no address").post("http://strange.test/", b"", {}).problem is not None


def test_garbage_is_no_answer() -> None:
    with listening(b"SSH-2.0-OpenSSH\r\n") as listener:
        assert Outreach().post(listener.url, b"{}", {}).problem == "The answer could not be understood."


def test_silence_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outreach_module, "SECONDS_MAX", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = Outreach().post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})
    assert outcome.status is None


def test_a_certificate_of_an_unknown_authority_is_refused_unless_it_is_not_looked_at(tmp_path: Path) -> None:
    context = Authority().server(tmp_path, "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"

        def answer() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                with suppress(OSError), context.wrap_socket(connection, server_side=True) as wire:
                    wire.recv(65536)
                    wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        refused = Outreach().post(url, b"", {})
        assert (refused.status, refused.has_bad_certificate) == (None, True)
        assert Outreach().post(url, b"", {}, verifies=False).is_success
        thread.join(5)
