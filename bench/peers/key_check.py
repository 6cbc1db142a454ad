"""The service that gateways ask which cannot, or are not advised to, hold keys themselves.

As lean as Python allows, so that what is measured of those gateways is their own way of asking: a protocol on uvloop,
httptools for the parsing, keys hashed in a dictionary, all patterns in one. It reads what was asked from the headers of
nginx (``X-Original-…``) and Caddy (``X-Forwarded-…``), and from the request line behind ``/check`` for Envoy.
"""

import asyncio
import hashlib
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httptools
import uvloop

CHECK_PATH = "/check"
BEARER = b"Bearer "
METHOD_HEADERS = (b"x-original-method", b"x-forwarded-method")
PATH_HEADERS = (b"x-original-uri", b"x-forwarded-uri")
REFUSALS = {
    401: b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    403: b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
}


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """The rules, as they are looked up."""

    holders: Mapping[bytes, str]
    paths: Collection[str]
    pattern: re.Pattern[str]

    @classmethod
    def read(cls, directory: Path) -> "KeyCheck":
        """Read the files that :meth:`bench.peers.rules.Rules.write_files` wrote."""
        pairs = (line.split() for line in (directory / "keys.txt").read_text().splitlines())
        return cls(
            holders={bytes.fromhex(key_hash): holder for key_hash, holder in pairs},
            paths=frozenset((directory / "paths.txt").read_text().splitlines()),
            pattern=re.compile("|".join((directory / "patterns.txt").read_text().splitlines())),
        )

    def check(self, authorization: bytes, method: str, target: str) -> str | int:
        """Return the name of the key's holder, or the status of the refusal."""
        if not authorization.startswith(BEARER):
            return 401
        holder = self.holders.get(hashlib.sha256(authorization[len(BEARER) :]).digest())
        if holder is None:
            return 401
        asked = f"{holder.partition('-')[0]}:{method}:{target.partition('?')[0]}"
        return holder if asked in self.paths or self.pattern.fullmatch(asked) else 403


class KeyCheckProtocol(asyncio.Protocol):
    """One connection of a gateway."""

    def __init__(self, check: KeyCheck) -> None:
        self._check = check
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: dict[bytes, bytes] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # A transport of uvloop, which is no subclass.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Parse; what is no HTTP ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """Collect the target of the request line."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._headers[name.lower()] = value

    def on_message_complete(self) -> None:
        """Answer."""
        headers, target = self._headers, self._target
        self._headers, self._target = {}, b""
        method = next((headers[name] for name in METHOD_HEADERS if name in headers), self._parser.get_method())
        asked = next((headers[name] for name in PATH_HEADERS if name in headers), target[len(CHECK_PATH) :])
        found = self._check.check(headers.get(b"authorization", b""), method.decode("latin-1"), asked.decode("latin-1"))
        if isinstance(found, str):
            self._transport.write(f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Holder: {found}\r\n\r\n".encode())
        else:
            self._transport.write(REFUSALS[found])


async def serve(port: int, directory: Path) -> None:
    """Answer on loopback until the process is ended."""
    check = KeyCheck.read(directory)
    server = await asyncio.get_running_loop().create_server(lambda: KeyCheckProtocol(check), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
