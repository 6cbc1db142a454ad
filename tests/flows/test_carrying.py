"""Remote traffic on the wire: both directions stream, each side sets the pace, and nobody hears a second request."""

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import httpx2
import pytest
from bench.large_bodies import download, large_upstream, make_certificate, upload
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.raw_http import RawAnswers, exchange
from tests.factories.served import served

MEBIBYTE = 1024 * 1024
LARGE = 256 * MEBIBYTE
MEMORY_ADDED_MAX = 50 * MEBIBYTE
PIECE = b"s" * MEBIBYTE
LIST = "/odata/Jobs"
DOWNLOAD = "/odata/Buckets(1)/UiPath.Server.Configuration.OData.GetFiles"


class Upstream(socketserver.ThreadingTCPServer):
    """Answers each request with what the test set, and keeps what it received."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.answer: Callable[[socket.socket, bytes], None] = plain(b"{}")
        self.heads: list[bytes] = []
        self.bodies: list[int] = []
        self.broken = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/base"


class _Connection(socketserver.BaseRequestHandler):
    server: Upstream

    def handle(self) -> None:
        connection: socket.socket = self.request
        rest = b""
        try:
            while True:
                while b"\r\n\r\n" not in rest:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    rest += piece
                head, _, rest = rest.partition(b"\r\n\r\n")
                self.server.heads.append(head)
                size = _length(head)
                taken = min(size, len(rest))
                rest = rest[taken:]
                is_early = b"x-early: yes" in head.lower()
                while taken < size and not is_early:
                    taken += len(connection.recv(min(65536 * 4, size - taken)))
                self.server.bodies.append(taken)
                self.server.answer(connection, head)
                if is_early:
                    # Closed with something unread, the connection would be reset, and the answer lost with it.
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
                    return
        except OSError:
            self.server.broken.set()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, head: bytes) -> None:
        lines = [b"HTTP/1.1 " + status, b"Content-Type: application/json", b"Content-Length: %d" % len(body), *headers]
        content = b"" if head.startswith(b"HEAD ") else body
        connection.sendall(b"\r\n".join([*lines, b"", b""]) + content)

    return answer


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Administrator]:
    with served(tmp_path_factory.mktemp("front") / "data", "--empty") as running, administrator_of(running) as admin:
        tenant_id = admin.management.get("/tenants").json()["items"][0]["id"]
        order = {"remote_base_url": upstream.url, "token": "upstream-token"}
        assert admin.management.put(f"/tenants/{tenant_id}/destination", json=order).status_code == 200
        yield admin


@pytest.fixture(scope="module")
def key(front: Administrator) -> str:
    return front.make_key("carried", ["all"])


@pytest.fixture(autouse=True)
def _fresh(upstream: Upstream) -> None:
    upstream.answer = plain(b'{"value":[]}')
    upstream.heads.clear()
    upstream.bodies.clear()
    upstream.broken.clear()


@pytest.fixture
def prefix(front: Administrator) -> str:
    return "/" + front.house.orchestrator_url.split("/", 3)[3]


def written(method: str, path: str, key: str, *lines: str, version: str = "1.1") -> bytes:
    head = [f"{method} {path} HTTP/{version}", "Host: x", f"Authorization: Bearer {key}", *lines]
    return "\r\n".join([*head, "", ""]).encode()


def ask(front: Administrator, *pieces: bytes, answers: int = 1, until_closed: bool = False) -> RawAnswers:
    return exchange(front.house.base_url, *pieces, answers=answers, until_closed=until_closed)


def memory(front: Administrator, what: str) -> int:
    """Return a figure of the server's memory in bytes, as the kernel counts it."""
    lines = Path(f"/proc/{front.house.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{what}:"))


def memory_from_here(front: Administrator) -> int:
    """Return the server's memory and let the kernel note its peak from here on."""
    Path(f"/proc/{front.house.process.pid}/clear_refs").write_text("5")
    return memory(front, "VmRSS")


def test_the_upstream_gets_the_canonical_request_with_its_own_token(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    answers = ask(front, written("GET", f"{prefix}//odata/%4Aobs?$top=3", key, "X-Note: 1"))
    assert answers.statuses == [200]
    [head] = upstream.heads
    lines = head.split(b"\r\n")
    assert lines[0] == b"GET /base/odata/Jobs?$top=3 HTTP/1.1"
    assert b"authorization: Bearer upstream-token" in lines
    assert key.encode() not in head
    assert b"x-note: 1" in lines


def test_requests_follow_each_other_on_one_connection(front: Administrator, key: str, prefix: str) -> None:
    one = written("GET", prefix + LIST, key)
    assert ask(front, one, one, one, answers=3).statuses == [200, 200, 200]


def test_the_same_head_again_is_judged_again(front: Administrator, prefix: str) -> None:
    key = front.make_key("ended", ["all"])
    request = written("GET", prefix + LIST, key)
    with socket.create_connection(("127.0.0.1", int(front.house.base_url.rsplit(":", 1)[1]))) as connection:
        connection.sendall(request)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        key_id = key.split("_")[1]
        assert front.management.delete(f"/keys/{key_id}").is_success
        connection.sendall(request)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_another_head_on_the_same_connection_is_read_anew(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    one = written("GET", prefix + LIST, key)
    others = (
        written("GET", prefix + LIST + "?$top=1", key),
        written("HEAD", prefix + LIST, key),
        written("GET", prefix + LIST, key, "X-Note: 1"),
        written("GET", prefix + LIST, "sd_nobodys"),
    )
    for other in others:
        answers = ask(front, one, other, one, answers=3)
        assert answers.statuses == [200, 401 if b"nobodys" in other else 200, 200]
    assert sum(b"$top=1" in head for head in upstream.heads) == 1
    assert sum(head.startswith(b"HEAD ") for head in upstream.heads) == 1
    assert sum(b"x-note: 1" in head.lower() for head in upstream.heads) == 1


def test_a_trailer_is_no_part_of_the_head_that_comes_again(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    chunked = written("POST", f"{prefix}/odata/Assets", key, "Transfer-Encoding: chunked")
    with_note = written("POST", f"{prefix}/odata/Assets", key, "Transfer-Encoding: chunked", "X-Note: 1")
    answers = ask(front, chunked + b"0\r\nX-Note: 1\r\n\r\n", with_note + b"0\r\n\r\n", answers=2)
    assert answers.statuses == [200, 200]
    assert [b"x-note: 1" in head.lower() for head in upstream.heads if head.startswith(b"POST")] == [False, True]


def test_pipelined_requests_are_answered_in_their_order(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    first, second = written("GET", f"{prefix}{LIST}?$top=1", key), written("GET", f"{prefix}{LIST}?$top=2", key)
    health = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = ask(front, first + health + second, answers=3)
    assert answers.statuses == [200, 200, 200]
    bodies = [piece.split(b"\r\n\r\n")[1] for piece in answers.received.split(b"HTTP/1.1 ")[1:]]
    assert [b"value" in body for body in bodies] == [True, False, True]
    assert [head.split(b"?")[1][:6] for head in upstream.heads] == [b"$top=1", b"$top=2"]


def test_what_was_carried_leaves_a_row(front: Administrator, key: str, prefix: str) -> None:
    answers = ask(front, written("GET", f"{prefix}{LIST}?$top=77", key))
    request_id = next(line[14:] for line in answers.received.split(b"\r\n") if line.startswith(b"x-request-id: "))

    def row() -> object:
        rows = front.management.get("/audit", params={"limit": 50}).json()["items"]
        return next((found for found in rows if found["request_id"] == request_id.decode()), None)

    found = eventually(row, bool)
    assert isinstance(found, dict)
    assert (found["operation"], found["verdict"], found["status"]) == ("Jobs_Get", "allowed", 200)
    assert found["destination"] == "remote"


def test_head_is_answered_without_a_body(front: Administrator, upstream: Upstream, key: str, prefix: str) -> None:
    upstream.answer = plain(b"x" * 500)
    answers = ask(front, written("HEAD", prefix + LIST, key), written("GET", prefix + LIST, key), answers=2)
    assert answers.statuses == [200, 200]
    # How long a text would be once its addresses lead back here is not known without having it.
    assert answers.received.count(b"content-length: 500") == 1
    assert answers.received.endswith(b"x" * 500)


def test_an_answer_of_unknown_length_comes_in_chunks(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def chunked(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        connection.sendall(b"2\r\nde\r\n0\r\n\r\n")

    upstream.answer = chunked
    received = ask(front, written("GET", prefix + LIST, key)).received
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    assert b"".join(body.split(b"\r\n")[1::2]) == b"abcde"


def test_a_caller_of_http_1_0_gets_it_to_the_end_of_the_connection(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def chunked(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")

    upstream.answer = chunked
    answers = ask(front, written("GET", prefix + LIST, key, version="1.0"), until_closed=True)
    assert answers.was_closed
    assert b"chunked" not in answers.received
    assert answers.received.endswith(b"\r\n\r\nabc")


def test_an_answer_that_breaks_off_is_cut_and_never_looks_whole(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def torn(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        connection.close()

    upstream.answer = torn
    answers = ask(front, written("GET", prefix + LIST, key), until_closed=True)
    assert answers.was_closed
    assert not answers.received.endswith(b"0\r\n\r\n")


def test_nobody_at_the_upstream_is_said_in_the_vendors_shape(
    tmp_path: Path, front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def dead(connection: socket.socket, head: bytes) -> None:
        connection.close()

    upstream.answer = dead
    answers = ask(front, written("POST", f"{prefix}{LIST}/UiPath.Server.Configuration.OData.StartJobs", key))
    assert answers.statuses == [502]
    assert "errorCode" in answers.json
    assert len(upstream.heads) == 1


def test_a_job_whose_answer_is_lost_is_started_once_and_told(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def lost(connection: socket.socket, head: bytes) -> None:
        if head.startswith(b"POST"):
            connection.close()
        else:
            plain(b'{"value":[{"Id":7}]}')(connection, head)

    upstream.answer = lost
    body = b'{"startInfo":{"ReleaseKey":"r"}}'
    start_jobs = f"{prefix}{LIST}/UiPath.Server.Configuration.OData.StartJobs"
    answers = ask(front, written("POST", start_jobs, key, f"Content-Length: {len(body)}"), body)
    assert answers.statuses == [201]
    assert b'"Id":7' in answers.received
    assert [head.split(b" ")[0] for head in upstream.heads] == [b"POST", b"GET"]
    assert b"Reference%20eq%20'sd-" in upstream.heads[1]


def test_a_body_is_asked_for_where_the_caller_waits_to_be_asked(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    head = written("POST", f"{prefix}/odata/QueueDefinitions", key, "Content-Length: 5", "Expect: 100-continue")
    answers = ask(front, head, b"12345", answers=2)
    assert answers.statuses == [100, 200]
    assert upstream.bodies == [5]
    assert b"expect" not in upstream.heads[0].lower()


def test_an_answer_before_the_request_is_all_there_ends_the_connection(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    upstream.answer = plain(b"{}", b"Connection: close", status=b"413 Content Too Large")
    head = written("POST", f"{prefix}/odata/QueueDefinitions", key, "Content-Length: 100000", "X-Early: yes")
    smuggled = written("GET", f"{prefix}{LIST}?$top=66", key)
    answers = ask(front, head + b"a" * 10, smuggled, until_closed=True)
    assert answers.statuses == [413]
    assert b"connection: close" in answers.received
    assert len(upstream.heads) == 1


def test_a_caller_who_leaves_ends_the_exchange_upstream(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def endless(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        end = monotonic() + 30
        while monotonic() < end:
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    upstream.answer = endless
    with socket.create_connection(("127.0.0.1", int(front.house.base_url.rsplit(":", 1)[1]))) as caller:
        caller.sendall(written("GET", prefix + LIST, key))
        assert caller.recv(4096).startswith(b"HTTP/1.1 200")
    assert upstream.broken.wait(10)


def test_large_bodies_pass_both_ways_in_little_memory(
    front: Administrator, upstream: Upstream, key: str, prefix: str
) -> None:
    def large(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
        for _ in range(LARGE // MEBIBYTE):
            connection.sendall(PIECE)

    before = memory_from_here(front)
    with httpx2.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        address = f"{front.house.orchestrator_url}/odata/QueueDefinitions"
        pieces = (PIECE for _ in range(LARGE // MEBIBYTE))
        sent = client.post(address, content=pieces, headers={"Content-Length": str(LARGE)})
        assert sent.status_code == 200, sent.text
        assert upstream.bodies == [LARGE]
        upstream.answer = large
        with client.stream("GET", front.house.orchestrator_url + LIST) as answer:
            assert sum(len(piece) for piece in answer.iter_bytes()) == LARGE
    assert memory(front, "VmHWM") - before < MEMORY_ADDED_MAX
    assert json.loads(httpx2.get(f"{front.house.base_url}/healthz").text)["status"] == "ok"


def test_large_bodies_pass_both_ways_over_tls_whatever_their_framing(front: Administrator, tmp_path: Path) -> None:
    # Two gibibytes of each are a row of the benchmarks.
    size = LARGE // 4
    certificate = make_certificate(tmp_path)
    with large_upstream(size, certificate=certificate) as upstream_url:
        tenant = f"{front.house.organization}/large"
        order = {
            "name": "large",
            "kind": "pat",
            "url": upstream_url,
            "secret": "upstream-token",
            "ca_pem": certificate.read_text().partition("-----BEGIN PRIVATE KEY")[0],
            "tenant": tenant,
        }
        assert front.make("/connections", order)["sign_in"]["state"] == "signed_in"
        key = str(front.make("/keys", {"name": "large", "tenant": tenant, "allow": ["all"]})["key"])
        address = f"{front.house.base_url}/{tenant}/orchestrator_"
        before = memory_from_here(front)
        for in_chunks in (False, True):
            upload(address, key, size, in_chunks=in_chunks)
            download(address, key, size, in_chunks=in_chunks)
        assert memory(front, "VmHWM") - before < MEMORY_ADDED_MAX
