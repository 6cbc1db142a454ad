"""Addresses in a remote Orchestrator's answers, rewritten so that they lead back through the door.

An Orchestrator writes its own address into ``@odata.context``, ``@odata.nextLink``, ``Location`` and others. A caller
who followed one would leave the door and stand before the upstream without a credential for it.
"""

import asyncio
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from stagedoor.kit.errors import StagedoorError
from stagedoor.upstream.errors import UpstreamBroke
from stagedoor.upstream.wire.exchange import AnswerSink, Exchange

HEADERS = frozenset({b"location", b"content-location", b"odata-entityid", b"link"})
TEXT_TYPES = re.compile(rb"\s*(?:application/(?:[\w.\-]+\+)?(?:json|xml)|text/(?!event-stream))", re.IGNORECASE)
HELD_BYTES_MAX = 64 * 1024
"""A body up to this long keeps a Content-Length of its own; a longer one goes on in chunks."""
PIECE_BYTES = 64 * 1024
STEP_BYTES = 1024 * 1024
"""So much of a text is expanded before others have their turn: a small compressed piece may hold a thousand times."""
COMPRESSION_LEVEL = 5
GZIP_WINDOW = 31
DEFAULT_PORTS = {"http": 80, "https": 443}
BEGINNING = b"http"
SCHEME_LENGTHS = (len("https"), len("http"))
AFTER_SCHEME = re.compile(rb":(?:\\?/){2}")
STOPS = (b'"', b"<", b">", b" ", b"\n", b"\r", b"\t")
"""No address holds one of these, so that one in front of it is complete."""
PARTIAL_CONTENT = 206
BODILESS = frozenset({204, 304})

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The upstream's address in every form that it is written in, and ours in its place."""

    pattern: "re.Pattern[bytes]"
    ours: bytes
    length_max: int

    def rewrite(self, text: bytes) -> bytes:
        """Return the text with each address of the upstream exchanged for ours."""
        if b"/" not in text:
            return text
        pieces: list[bytes] = []
        at = 0
        for match in self._find(text):
            pieces += (text[at : match.start()], self._ours_for(match))
            at = match.end()
        return b"".join([*pieces, text[at:]])

    def rewrite_up_to(self, text: bytes, end: int) -> tuple[bytes, bytes]:
        """Return what comes before ``end``, rewritten, and the rest; what follows decides where an address ends."""
        pieces: list[bytes] = []
        at = 0
        if text.lower().find(BEGINNING, 0, end) >= 0:
            for match in self._find(text):
                if match.start() >= end:
                    break
                pieces += (text[at : match.start()], self._ours_for(match))
                at = match.end()
        end = max(at, end)
        return b"".join([*pieces, text[at:end]]), text[end:]

    def _find(self, text: bytes) -> "Iterator[re.Match[bytes]]":
        """Yield each address, as ``pattern.finditer`` would, which tries every letter of a text in any letter case."""
        at = 0
        for colon in AFTER_SCHEME.finditer(text):
            for length in SCHEME_LENGTHS:
                begins = colon.start() - length
                if begins >= at and (match := self.pattern.match(text, begins)):
                    yield match
                    at = match.end()
                    break

    def _ours_for(self, match: "re.Match[bytes]") -> bytes:
        # JSON may write a slash with a backslash in front of it, and then means all of them so.
        return self.ours.replace(b"/", rb"\/") if rb"\/" in match.group() else self.ours


@lru_cache(256)
def addresses_of(upstream_base_url: str, our_base_url: str) -> Addresses:
    """Return the addresses of one upstream for callers who use one of ours.

    The cloud leaves ``orchestrator_`` out of some of its own addresses, so that both forms count. An address counts up
    to where its path segment ends: another tenant whose name begins alike keeps its own. An Orchestrator behind a proxy
    that speaks TLS for it may write ``http``, with the port that it listens on itself or with none.
    """
    parts = urlsplit(upstream_base_url)
    host = re.escape((parts.hostname or "").encode())
    if parts.hostname and ":" in parts.hostname:
        host = rb"\[" + host + rb"\]"
    authority = _authority(parts.scheme, host, parts.port)
    if parts.scheme == "https":
        authority = rb"(?:%b|%b)" % (authority, rb"http:(?:\\?/){2}%b(?::(?:80|443|%d))?" % (host, parts.port or 443))
    slash = rb"(?:\\?/)"
    segments = [segment.encode() for segment in parts.path.split("/") if segment]
    path = b"".join(slash + re.escape(segment) for segment in segments)
    if segments and segments[-1].lower() == b"orchestrator_":
        last = slash + re.escape(segments[-1])
        path = path.removesuffix(last) + rb"(?:" + last + rb")?"
    pattern = re.compile(
        rb"%b%b(?=[\\/?#\"'<>\s,;)]|\Z)" % (authority, path),
        re.IGNORECASE,
    )
    return Addresses(pattern, our_base_url.encode(), 2 * len(upstream_base_url) + 16)


def _authority(scheme: str, host: bytes, port: int | None) -> bytes:
    default = DEFAULT_PORTS.get(scheme)
    port = port or default
    ports = b":%d" % port if port else b""
    if port == default:
        ports = rb"(?:%b)?" % ports
    return rb"%b:(?:\\?/){2}%b%b" % (scheme.encode(), host, ports)


def accept_encoding_onward(headers: tuple[Header, ...]) -> tuple[Header, ...]:
    """Return the headers with only such codings accepted as can be read here: gzip, where the caller takes it.

    Where the caller says nothing the upstream might choose any (RFC 9110 section 12.5.3), so that it is told.
    """
    accepted = [value.lower() for name, value in headers if name == b"accept-encoding"]
    takes_gzip = any(re.search(rb"(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:[\s,]|$))", value) for value in accepted)
    kept = tuple(pair for pair in headers if pair[0] != b"accept-encoding")
    return (*kept, (b"accept-encoding", b"gzip" if takes_gzip else b"identity"))


class _Body(Protocol):
    @property
    def has_more(self) -> bool: ...

    def take(self, data: bytes) -> None: ...

    def step(self) -> bytes: ...

    def flush(self) -> bytes: ...

    def finish(self) -> bytes: ...


class PlainBody:
    """A text that comes piece by piece. Only what may be the beginning of an address is held back."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._held = b""

    @property
    def has_more(self) -> bool:
        """Tell whether another step is needed; never here."""
        return False

    def take(self, data: bytes) -> None:
        """Take a piece."""
        self._held += data

    def step(self) -> bytes:
        """Return what can go on."""
        text = self._held
        decided, self._held = self._addresses.rewrite_up_to(text, self._undecided(text))
        return decided

    def flush(self) -> bytes:
        """Return nothing: whatever could go on has gone."""
        return b""

    def finish(self) -> bytes:
        """Return the rest."""
        decided = self.step()
        text, self._held = self._held, b""
        return decided + self._addresses.rewrite(text)

    def _undecided(self, text: bytes) -> int:
        """Return from where on the text may still become an address, at its end."""
        begins = max(0, len(text) - self._addresses.length_max)
        begins = max(begins, *(text.rfind(stop, begins) + 1 for stop in STOPS))
        at = text.lower().find(BEGINNING, begins)
        if at >= 0:
            return at
        for length in (3, 2, 1):
            if text[-length:].lower() == BEGINNING[:length]:
                return len(text) - length
        return len(text)


class GzipBody:
    """The same for a text that comes compressed, and goes on compressed; in bounded steps, whatever it expands to."""

    def __init__(self, addresses: Addresses) -> None:
        self._plain = PlainBody(addresses)
        self._from = zlib.decompressobj(GZIP_WINDOW)
        self._to = zlib.compressobj(COMPRESSION_LEVEL, wbits=GZIP_WINDOW)
        self._left = b""
        self._is_behind = False

    @property
    def has_more(self) -> bool:
        """Tell whether another step is needed before all that was taken is expanded."""
        return bool(self._left)

    def take(self, data: bytes) -> None:
        """Take a piece."""
        self._left += data

    def step(self) -> bytes:
        """Expand about :data:`STEP_BYTES` and return what can go on; raises :class:`UpstreamBroke` for no gzip."""
        pieces: list[bytes] = []
        expanded = 0
        try:
            while self._left and expanded < STEP_BYTES:
                if self._from.eof:
                    # RFC 1952 section 2.2: one member may follow another.
                    self._from = zlib.decompressobj(GZIP_WINDOW)
                plain = self._from.decompress(self._left, PIECE_BYTES)
                self._left = self._from.unused_data if self._from.eof else self._from.unconsumed_tail
                expanded += len(plain)
                self._plain.take(plain)
                pieces.append(self._to.compress(self._plain.step()))
        except zlib.error as broken:
            raise UpstreamBroke(internal="an answer said to be gzip is none") from broken
        self._is_behind = self._is_behind or expanded > 0
        return b"".join(pieces)

    def flush(self) -> bytes:
        """Return what the compression keeps for a better ratio; whoever reads a slow text waits for it."""
        if not self._is_behind:
            return b""
        self._is_behind = False
        return self._to.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        """Return the rest; raises :class:`UpstreamBroke` where the compressed text stops in the middle."""
        if not self._from.eof:
            raise UpstreamBroke(internal="an answer said to be gzip breaks off")
        return self._to.compress(self._plain.finish()) + self._to.flush()


class RewritingSink:
    """Stands between an exchange and whoever takes its answer, and rewrites addresses on the way.

    ``exchange`` is set by whoever begins it; it is held up while a text expands to more than one step's worth.
    """

    def __init__(self, sink: AnswerSink, addresses: Addresses, *, is_head: bool) -> None:
        self._sink = sink
        self._is_head = is_head
        self._has_body = False
        self._addresses = addresses
        self._body: _Body | None = None
        # A short text whose head waits for the end of it anyway: looked through once, when it is all there.
        self._text: bytes | None = None
        self._waiting: tuple[int, list[Header], int] | None = None
        self._held = b""
        self._is_working = False
        self._is_behind = False
        self._is_complete = False
        self._is_over = False
        self._will_flush = False
        self.exchange: Exchange | None = None
        self.pause_body = sink.pause_body
        self.resume_body = sink.resume_body

    def start(self, status: int, headers: list[Header], content_length: int | None) -> None:
        """Take the head; a short text's is held until its new length is known."""
        content_type, coding = b"", b"identity"
        for place, (name, value) in enumerate(headers):
            if name in HEADERS:
                headers[place] = (name, self._addresses.rewrite(value))
            elif name == b"content-type":
                content_type = value
            elif name == b"content-encoding":
                coding = value.strip().lower()
        # A part of a text is told by its place in the whole, which no longer holds once something in it is exchanged.
        is_part = status == PARTIAL_CONTENT
        if is_part or not TEXT_TYPES.match(content_type) or coding not in (b"identity", b"gzip"):
            self._sink.start(status, headers, content_length)
            return
        # How long the text would be cannot be said without having it.
        may_wait = not self._is_head and status not in BODILESS
        is_short = may_wait and content_length is not None and content_length <= HELD_BYTES_MAX
        if coding == b"gzip":
            self._body = GzipBody(self._addresses)
        elif is_short:
            self._text = b""
        else:
            self._body = PlainBody(self._addresses)
        if is_short and content_length is not None:
            self._waiting = (status, headers, content_length)
        else:
            self._sink.start(status, _without_length(headers), None)

    def write(self, data: bytes) -> None:
        """Take a piece of the body."""
        if self._text is not None:
            self._text += data
        elif self._body is None:
            self._sink.write(data)
        else:
            self._has_body = True
            self._body.take(data)
            if not self._is_behind:
                self._work_on(self._body)

    def finish(self) -> None:
        """End the answer, or note its end while a text is still worked on."""
        self._is_complete = True
        if not self._is_behind:
            self._end()

    def fail(self, error: StagedoorError) -> None:
        """Say that there is no answer, or no more of it."""
        self._be_over()
        self._sink.fail(error)

    def _work_on(self, body: _Body) -> None:
        self._pass_on(body.step())
        if body.has_more and self.exchange is not None:
            self._is_behind = True
            self.exchange.hold_answer(self._go_on_soon)
            self._go_on_soon()
            return
        while body.has_more:
            self._pass_on(body.step())
        if self._waiting is None and not self._will_flush and isinstance(body, GzipBody):
            # Once for all that came at one time, or many small pieces would hardly be compressed.
            self._will_flush = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _go_on_soon(self) -> None:
        if not self._is_working:
            self._is_working = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._is_working = False
        body, exchange = self._body, self.exchange
        if self._is_over or body is None or exchange is None or exchange.was_left or exchange.answer_is_paused:
            return
        try:
            self._pass_on(body.step())
            if body.has_more:
                self._go_on_soon()
                return
            self._is_behind = False
            if self._is_complete:
                self._end()
            else:
                exchange.release_answer()
        except StagedoorError as broken:
            exchange.cancel()
            self.fail(broken)

    def _flush(self) -> None:
        self._will_flush = False
        is_left = self.exchange is not None and self.exchange.was_left
        if self._body is not None and not (self._is_over or is_left or self._is_behind):
            self._pass_on(self._body.flush())

    def _end(self) -> None:
        if self._text is not None:
            self._held = self._addresses.rewrite(self._text)
        elif self._body is not None and self._has_body:
            self._pass_on(self._body.finish())
        if self._waiting is not None:
            status, headers, declared = self._waiting
            self._waiting = None
            length = len(self._held)
            if length != declared:
                headers = [*_without_length(headers), (b"content-length", b"%d" % length)]
            self._sink.start(status, headers, length)
            if self._held:
                self._sink.write(self._held)
        self._be_over()
        self._sink.finish()

    def _be_over(self) -> None:
        self._is_over = True
        # The exchange knows us too, and two that know each other stay until the garbage collector looks for them.
        self.exchange = None

    def _pass_on(self, data: bytes) -> None:
        if self._waiting is not None:
            self._held += data
        elif data:
            self._sink.write(data)


def _without_length(headers: list[Header]) -> list[Header]:
    return [pair for pair in headers if pair[0] != b"content-length"]
