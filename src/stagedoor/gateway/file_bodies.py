"""Bodies that may be larger than memory should hold: from a caller into a file, and from a file to a caller."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from stagedoor.gateway.body import Receive, stream
from stagedoor.gateway.errors import BodyTooLarge
from stagedoor.kit.threads import WorkerThreads

HELD_BYTES_MAX = 1024 * 1024
"""A file on its way in is held in memory up to here, and on disk from there on."""
PIECE_BYTES = 256 * 1024

SendBody = Callable[[bytes, bool], Awaitable[None]]


@contextmanager
def spool() -> Iterator[BinaryIO]:
    """Give a file for a body to be put in; it is gone when the context ends."""
    with SpooledTemporaryFile(HELD_BYTES_MAX) as spooled:
        yield cast("BinaryIO", spooled)


async def fill_spool(
    spooled: BinaryIO, receive: Receive, *, declared: int | None, bytes_max: int, threads: WorkerThreads
) -> int:
    """Put the whole body into a spool and return its size; no thread waits for the caller meanwhile.

    Raises :class:`BodyTooLarge` at the first byte too many, and :class:`~stagedoor.gateway.errors.CallerLeft`.
    """
    if declared is not None and declared > bytes_max:
        raise BodyTooLarge
    size = 0
    async for piece in stream(receive):
        size += len(piece)
        if size > bytes_max:
            raise BodyTooLarge
        # What is small stays in memory; from there on a write may wait for the disk.
        if size > HELD_BYTES_MAX:
            await threads.run(spooled.write, piece)
        else:
            spooled.write(piece)
    return size


async def send_pieces(content: BinaryIO, size: int, send_body: SendBody, threads: WorkerThreads) -> None:
    """Send so many bytes of a file as a body, a piece at a time, as fast as the caller takes them."""
    left = size
    while left > 0 and (piece := await threads.run(content.read, min(PIECE_BYTES, left))):
        left -= len(piece)
        await send_body(piece, True)
    await send_body(b"", False)
