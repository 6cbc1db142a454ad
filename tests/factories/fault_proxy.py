"""A proxy that does to what passes what networks and servers do: loses, cuts, delays and refuses it.

It stands between our door and a remote Orchestrator with its identity, takes one request at a time from each
connection, and does as the first rule says that fits; what no rule fits passes unharmed. Every request is counted at
both sides of it, so that a test can say how often something happened.
"""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from tests.factories.patience import eventually

SECONDS_MAX = 30
OF_THIS_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer"})
PIECE = b"x" * 16 * 1024


@dataclass(frozen=True)
class Answer:
    """An answer as it passes: the body whole, its framing left to whoever sends it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def head(self, *framing: str) -> bytes:
        """Return the head with these lines about its framing."""
        lines = [f"HTTP/1.1 {self.status} As Said", *(f"{name}: {value}" for name, value in self.headers), *framing]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class HungUp(Exception):
    """The connection to the caller is over."""


class Passing:
    """One request on its way, in the hands of a fault."""

    def __init__(self, proxy: "FaultProxy", caller: socket.socket, head: bytes, rest: bytes) -> None:
        self._proxy = proxy
        self._caller = caller
        self._rest = rest
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = lines[0].split(" ", 2)
        self.headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        self._taken = 0
        self._body: bytes | None = None
        self.was_forwarded = False

    def header(self, name: str) -> str | None:
        """Return the value of a header, or ``None``."""
        return next((value for known, value in self.headers if known.lower() == name), None)

    def read_body(self) -> bytes:
        """Read what is left of the request's body, whole; what was read is kept."""
        if self._body is None:
            if (self.header("transfer-encoding") or "").lower() == "chunked":
                self._body = self._read_chunks()
            else:
                self._body = self.read_some(int(self.header("content-length") or 0) - self._taken)
        return self._body

    def is_like(self, method: str, part: str, holding: str) -> bool:
        """Tell whether it is of this method, with these parts in its path and in its body."""
        if self.method != method or part not in self.path:
            return False
        return not holding or holding.encode() in self.read_body()

    def read_some(self, count: int) -> bytes:
        """Read so many bytes of a body of declared length."""
        self._fill(count)
        piece, self._rest = self._rest[:count], self._rest[count:]
        self._taken += len(piece)
        return piece

    def forward(self) -> Answer:
        """Send the request on and return the answer, which goes nowhere by itself."""
        body = self.read_body()
        self.was_forwarded = True
        address = urlsplit(self._proxy.upstream_url)
        upstream = HTTPConnection(str(address.hostname), address.port or 80, timeout=SECONDS_MAX)
        try:
            upstream.putrequest(self.method, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers:
                if name.lower() not in OF_THIS_HOP:
                    upstream.putheader(name, value)
            if body or self.method not in ("GET", "HEAD"):
                upstream.putheader("Content-Length", str(len(body)))
            upstream.endheaders(body)
            came = upstream.getresponse()
            headers = tuple((name, value) for name, value in came.getheaders() if name.lower() not in OF_THIS_HOP)
            return Answer(came.status, headers, came.read())
        finally:
            upstream.close()

    def answer(self, answer: Answer) -> None:
        """Send an answer back, whole."""
        # A body that was not read would be taken for the next request.
        self.read_body()
        self.send(answer.head(f"Content-Length: {len(answer.body)}") + (b"" if self.method == "HEAD" else answer.body))

    def send(self, data: bytes) -> None:
        """Send bytes back as they stand."""
        try:
            self._caller.sendall(data)
        except OSError as gone:
            self._proxy.caller_left.set()
            raise HungUp from gone

    def hang_up(self) -> None:
        """End the connection without another word."""
        raise HungUp

    def _fill(self, count: int) -> None:
        while len(self._rest) < count:
            try:
                piece = self._caller.recv(65536)
            except OSError as gone:
                raise HungUp from gone
            if not piece:
                raise HungUp
            self._rest += piece

    def _read_chunks(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self._rest:
                self._fill(len(self._rest) + 1)
            size_line, _, self._rest = self._rest.partition(b"\r\n")
            size = int(size_line.split(b";")[0], 16)
            self._fill(size + 2)
            body, self._rest = body + self._rest[:size], self._rest[size + 2 :]
            if size == 0:
                return body

    def left_over(self) -> bytes:
        """Return what was read beyond this request."""
        return self._rest


Fault = Callable[[Passing], None]


@dataclass
class Rule:
    """Which requests a fault happens to, and how many of them; ``None`` is all."""

    method: str
    part: str
    fault: Fault
    times: int | None
    holding: str
    happened: int = 0

    def fits(self, passing: Passing) -> bool:
        """Tell whether the fault happens to this one."""
        is_over = self.times is not None and self.happened >= self.times
        return not is_over and passing.is_like(self.method, self.part, self.holding)

    def end(self) -> None:
        """Let it happen to nobody any more."""
        self.times = 0


class FaultProxy(socketserver.ThreadingTCPServer):
    """The running proxy."""

    daemon_threads = allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, upstream_url: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream_url = upstream_url
        self.tls = tls
        self._came: list[Passing] = []
        self.caller_left = threading.Event()
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The address that stands for the upstream's own."""
        scheme, host = ("http", "127.0.0.1") if self.tls is None else ("https", "localhost")
        return f"{scheme}://{host}:{self.server_address[1]}"

    def on(self, method: str, part: str, fault: Fault, *, times: int | None = 1, holding: str = "") -> Rule:
        """Let a fault happen to requests of this method with these parts in their path and in their body."""
        rule = Rule(method, part, fault, times, holding)
        with self._lock:
            self._rules.append(rule)
        return rule

    def mend(self) -> None:
        """Forget every rule and everything that was counted."""
        with self._lock:
            self._rules.clear()
            self._came.clear()
        self.caller_left.clear()

    def count(self, method: str, part: str, *, holding: str = "") -> int:
        """Return how often this was asked of the proxy."""
        return sum(1 for passing in list(self._came) if passing.is_like(method, part, holding))

    def count_upstream(self, method: str, part: str, *, holding: str = "") -> int:
        """Return how often this was asked of the upstream itself."""
        came = [passing for passing in list(self._came) if passing.was_forwarded]
        return sum(1 for passing in came if passing.is_like(method, part, holding))

    def take(self, passing: Passing) -> None:
        """Do to one request what the first rule says that fits."""
        with self._lock:
            self._came.append(passing)
            rule = next((rule for rule in self._rules if rule.fits(passing)), None)
            if rule is not None:
                rule.happened += 1
        (unharmed if rule is None else rule.fault)(passing)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: those who hang up are part of the play."""


class _Connection(socketserver.BaseRequestHandler):
    server: FaultProxy

    def handle(self) -> None:
        caller: socket.socket = self.request
        caller.settimeout(SECONDS_MAX)
        if self.server.tls is not None:
            caller = self.server.tls.wrap_socket(caller, server_side=True, suppress_ragged_eofs=True)
        rest = b""
        try:
            while True:
                while b"\r\n\r\n" not in rest:
                    piece = caller.recv(65536)
                    if not piece:
                        return
                    rest += piece
                head, _, rest = rest.partition(b"\r\n\r\n")
                passing = Passing(self.server, caller, head, rest)
                self.server.take(passing)
                rest = passing.left_over()
        except (HungUp, OSError, HTTPException):
            return
        finally:
            # Without a farewell of TLS: a connection that breaks says none.
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
            caller.close()


@contextmanager
def fault_proxy(upstream_url: str, *, tls: ssl.SSLContext | None = None) -> Iterator[FaultProxy]:
    """Stand in front of ``upstream_url`` on a loopback port until the block ends."""
    with FaultProxy(upstream_url, tls) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


# What can happen


def unharmed(passing: Passing) -> None:
    """Pass the request on and its answer back."""
    passing.answer(passing.forward())


def lose_answer(passing: Passing) -> None:
    """Let the request be carried out, and lose its answer."""
    passing.forward()
    passing.hang_up()


def lose_request(passing: Passing) -> None:
    """Take the request, and let nobody hear of it."""
    passing.read_body()
    passing.hang_up()


def cut_answer(passing: Passing) -> None:
    """Let the request be carried out, and break off in the middle of an answer whose length was said."""
    answer = passing.forward()
    whole = answer.head(f"Content-Length: {len(answer.body)}")
    passing.send(whole + answer.body[: len(answer.body) // 2])
    passing.hang_up()


def cut_chunks(passing: Passing) -> None:
    """Let the request be carried out, and break off between two chunks of its answer."""
    answer = passing.forward()
    half = answer.body[: len(answer.body) // 2 + 1]
    passing.send(answer.head("Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(half), half))
    passing.hang_up()


def cut_request(passing: Passing) -> None:
    """Break off in the middle of the request's body, towards both sides."""
    half = int(passing.header("content-length") or 0) // 2
    passing.read_some(half)
    passing.hang_up()


def answer_with(
    status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, *, carried_out: bool = False
) -> Fault:
    """Answer this in place of the upstream; ``carried_out`` tells whether it did what was asked all the same."""
    said = {"Content-Type": "application/json"} | dict(headers or {})

    def fault(passing: Passing) -> None:
        if carried_out:
            passing.forward()
        passing.answer(Answer(status, tuple(said.items()), body))

    return fault


@dataclass
class Gate:
    """Holds answers until a test lets them go."""

    opened: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def hold_answer(self, passing: Passing) -> None:
        """Let the request be carried out, and hold its answer."""
        answer = passing.forward()
        self.reached.set()
        self.opened.wait(SECONDS_MAX)
        passing.answer(answer)

    @contextmanager
    def opened_when(self, is_so: Callable[[], bool]) -> Iterator[None]:
        """Open beside the block, as soon as something is so."""

        def wait() -> None:
            eventually(is_so, bool)
            self.opened.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        try:
            yield
        finally:
            waiting.join()

    def note_and_pass(self, passing: Passing) -> None:
        """Pass the request on unharmed, and let the test know when it came and when it was over."""
        self.reached.set()
        try:
            unharmed(passing)
        finally:
            self.over.set()


def send_without_end(passing: Passing) -> None:
    """Answer more and more, until the caller is gone."""
    passing.read_body()
    passing.send(Answer(200, (("Content-Type", "application/octet-stream"),)).head("Transfer-Encoding: chunked"))
    while True:
        passing.send(b"%x\r\n%b\r\n" % (len(PIECE), PIECE))


def break_off_after(count: int, *, framing: str) -> Fault:
    """Answer 200 with ``count`` bytes of a body that was to be longer."""
    lines = {"length": (f"Content-Length: {count * 2}",), "chunks": ("Transfer-Encoding: chunked",), "end": ()}

    def fault(passing: Passing) -> None:
        passing.read_body()
        body = b"y" * count
        head = Answer(200, (("Content-Type", "application/octet-stream"),)).head(*lines[framing])
        passing.send(head + (b"%x\r\n%b\r\n" % (count, body) if framing == "chunks" else body))
        passing.hang_up()

    return fault
