"""Carry a request to a remote Orchestrator and its answer back, streaming both ways."""

from collections.abc import AsyncIterator

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from stagedoor.upstream.errors import UpstreamBroke, UpstreamTimedOut, UpstreamUnreachable
from stagedoor.upstream.onward import Headers, Onward, SendChunk, StartAnswer

CHUNK_BYTES = 64 * 1024
CONNECT_TIMEOUT_SECONDS = 10.0
ANSWER_TIMEOUT_SECONDS = 100.0
POOL_CONNECTIONS_MAX = 128

# RFC 9110 section 7.6.1: these speak of one connection and end at each hop.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# A caller must not have the folder that was judged taken out again by calling it hop-by-hop.
NEVER_HOP_BY_HOP = "x-uipath-"
# The caller's own credential, and cookies, which would carry one, never go upstream.
CALLERS_OWN = frozenset({"authorization", "cookie", "x-api-key", "host", "content-length", "expect"})
# An upstream's cookies and challenges are between it and us; "server" and "date" are written by our own server.
UPSTREAMS_OWN = frozenset({"set-cookie", "www-authenticate", "server", "date"})
# Which pages may read an answer is for the door to say: two words about it, and a browser takes neither.
ABOUT_PAGES = "access-control-"
NOT_ONWARD = HOP_BY_HOP | CALLERS_OWN
NOT_BACK = HOP_BY_HOP | UPSTREAMS_OWN
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Forwarder:
    """Bounded pools of connections to remote Orchestrators.

    A body is passed on as it arrives and never held whole. A request that may write goes out once: only a safe method
    without a body is sent a second time, and only when a pooled connection turned out to be dead before any answer.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit_per_host=POOL_CONNECTIONS_MAX, limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_TIMEOUT_SECONDS, sock_read=ANSWER_TIMEOUT_SECONDS
                ),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                read_bufsize=CHUNK_BYTES,
            )
            # aiohttp repeats PUT and DELETE by itself when a pooled connection breaks. A write whose outcome is unknown
            # is never ours to repeat; there is no public switch, and a test holds this one.
            self._session._retry_connection = False
        return self._session

    async def forward(
        self, onward: Onward, body: AsyncIterator[bytes], start_answer: StartAnswer, send_chunk: SendChunk
    ) -> int:
        """Send the request, stream the answer through the two callbacks and return its status.

        Raises :class:`UpstreamUnreachable`, :class:`UpstreamBroke` or :class:`UpstreamTimedOut` before
        ``start_answer`` was called; after that a failure is the answer's own and passes through as it is.
        """
        attempts = 2 if onward.method in SAFE_METHODS and not onward.has_body else 1
        while True:
            attempts -= 1
            try:
                response = await self._send(onward, body)
                break
            except aiohttp.ClientConnectorError as failure:
                raise UpstreamUnreachable(internal=str(failure)) from failure
            except TimeoutError as failure:
                if isinstance(failure, aiohttp.ConnectionTimeoutError):
                    raise UpstreamUnreachable(internal=str(failure)) from failure
                raise UpstreamTimedOut(internal=str(failure)) from failure
            except aiohttp.ClientError as failure:
                if attempts == 0:
                    raise UpstreamBroke(internal=str(failure)) from failure
        async with response:
            await start_answer(response.status, _answer_headers(response))
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                await send_chunk(chunk)
            return response.status

    async def _send(self, onward: Onward, body: AsyncIterator[bytes]) -> aiohttp.ClientResponse:
        address = onward.base_url + onward.path + (f"?{onward.query}" if onward.query else "")
        return await self._open_session().request(
            onward.method,
            # encoded=True: the path that was judged is sent byte for byte, never normalised a second time.
            URL(address, encoded=True),
            headers=_onward_headers(onward),
            data=body if onward.has_body else None,
            allow_redirects=False,
        )

    async def close(self) -> None:
        """Close every pooled connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _named_in_connection(headers: Headers) -> frozenset[str]:
    named = [value.decode("latin-1") for name, value in headers if name == b"connection"]
    if not named:
        return frozenset()
    words = (word.strip().lower() for value in named for word in value.split(","))
    return frozenset(word for word in words if not word.startswith(NEVER_HOP_BY_HOP))


def _onward_headers(onward: Onward) -> CIMultiDict[str]:
    named = _named_in_connection(onward.headers)
    left_out = NOT_ONWARD | named if named else NOT_ONWARD
    headers: CIMultiDict[str] = CIMultiDict()
    for raw_name, raw_value in onward.headers:
        name = raw_name.decode("latin-1")
        if name not in left_out:
            headers.add(name, raw_value.decode("latin-1"))
    if onward.token is not None:
        headers["authorization"] = f"Bearer {onward.token.reveal()}"
    if onward.content_length is not None:
        headers["content-length"] = str(onward.content_length)
    return headers


def _answer_headers(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    raw = [(name.lower(), value) for name, value in response.raw_headers]
    named = _named_in_connection(raw)
    left_out = NOT_BACK | named if named else NOT_BACK
    return [
        (name, value)
        for name, value in raw
        if (word := name.decode("latin-1")) not in left_out and not word.startswith(ABOUT_PAGES)
    ]
