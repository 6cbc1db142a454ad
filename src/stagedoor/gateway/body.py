"""A request's body, taken from the server piece by piece and never more of it than allowed."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from stagedoor.gateway.errors import BodyTooLarge, CallerLeft

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def declared_length(content_length: str | None) -> int | None:
    """Return the number in ``Content-Length``, or ``None`` where there is none.

    The server has refused values that are no number before this is asked.
    """
    return int(content_length) if content_length else None


async def read_whole(receive: Receive, *, bytes_max: int, declared: int | None = None) -> bytes:
    """Return the whole body. Raises :class:`BodyTooLarge` at the first byte too many, :class:`CallerLeft` at a gap."""
    if declared is not None and declared > bytes_max:
        raise BodyTooLarge
    pieces: list[bytes] = []
    size = 0
    async for piece in stream(receive):
        size += len(piece)
        if size > bytes_max:
            raise BodyTooLarge
        pieces.append(piece)
    return b"".join(pieces)


async def stream(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the body as it arrives; the server reads no further while nobody asks, which is the back-pressure."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        if piece := message.get("body", b""):
            yield piece
        if not message.get("more_body", False):
            return
