"""Files kept in a bucket of S3, or of any server that speaks as it does; of the extra ``stagedoor[s3]``."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import SEEK_SET, BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from stagedoor.kit.files import PIECE_BYTES, FileMissing, FilesUnavailable, KeptFile, is_name
from stagedoor.kit.s3_address import S3Address

if TYPE_CHECKING:
    from collections.abc import Callable

    from obstore import ReadableFile
    from obstore.store import S3Config
    from typing_extensions import Buffer

# The least that S3 takes as a part of a whole; a smaller file is sent in one request.
PART_BYTES = 5 * 1024 * 1024
PARTS_AT_ONCE = 2
LISTED_AT_ONCE = 500
CONNECT_TIMEOUT = "5s"
REQUEST_TIMEOUT = "60s"
RETRIES = 3
RETRY_SECONDS = 20


class S3Files:
    """Files as objects of one bucket, by their names behind the address's prefix. An object is there whole or not."""

    def __init__(self, address: S3Address) -> None:
        """Ask nobody yet; see :meth:`verify`."""
        config: S3Config = {
            "endpoint": address.endpoint or f"https://s3.{address.region}.amazonaws.com",
            "region": address.region,
            "access_key_id": address.access_key_id,
            "secret_access_key": address.secret_access_key.reveal(),
            "virtual_hosted_style_request": False,
        }
        if address.session_token is not None:
            config["session_token"] = address.session_token.reveal()
        self._store = S3Store(
            address.bucket,
            prefix=address.prefix or None,
            config=config,
            client_options={
                "allow_http": (address.endpoint or "").startswith("http:"),
                "connect_timeout": CONNECT_TIMEOUT,
                "timeout": REQUEST_TIMEOUT,
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
        )

    def verify(self) -> None:
        """Return if the bucket can be listed; raises :class:`~stagedoor.kit.files.FilesUnavailable`, which says why.

        For whoever starts the server: a reason has names of machines in it, which no caller should read.
        """
        try:
            with _told():
                next(iter(self._store.list(chunk_size=1)), None)
        except FilesUnavailable as failure:
            reason = failure.internal or ""
            raise FilesUnavailable(f"The files in S3 cannot be listed. {reason}", internal=reason) from failure

    def keep(self, name: str, content: BinaryIO) -> KeptFile:
        """Send the content in parts as it is read; S3 puts them together at the end, or forgets them."""
        _verify_name(name)
        digest, size = hashlib.sha256(), 0

        def read(most: int) -> bytes:
            nonlocal size
            piece = content.read(most)
            digest.update(piece)
            size += len(piece)
            return piece

        def pieces(first: bytes) -> "Iterator[Buffer]":
            yield first
            while piece := read(PIECE_BYTES):
                yield piece

        first = _read_full(read, PART_BYTES)
        with _told():
            if len(first) < PART_BYTES:
                self._store.put(name, first, use_multipart=False)
            else:
                self._store.put(name, pieces(first), chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
        return KeptFile(name, size, digest.hexdigest())

    def open(self, name: str, *, start: int = 0) -> BinaryIO:
        """Open the object for reading; it is asked for piece by piece, as it is read."""
        _verify_name(name)
        try:
            with _told():
                content = obstore.open_reader(self._store, name, buffer_size=PIECE_BYTES)
        except FileNotFoundError as missing:
            raise FileMissing(internal=name) from missing
        opened = BufferedReader(_Reading(content), PIECE_BYTES)
        opened.seek(start)
        return cast("BinaryIO", opened)

    def remove(self, name: str) -> None:
        """Remove the object; whoever reads it may miss the rest."""
        _verify_name(name)
        with _told():
            self._store.delete(name)

    def names_before(self, seconds: float) -> Iterator[str]:
        """Yield the names of old objects; what else lies there is left alone."""
        with _told():
            for batch in self._store.list(chunk_size=LISTED_AT_ONCE):
                for found in batch:
                    if is_name(found["path"]) and found["last_modified"].timestamp() < seconds:
                        yield found["path"]


class _Reading(RawIOBase):
    """An object as an unbuffered file of Python's."""

    def __init__(self, content: "ReadableFile") -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def readinto(self, buffer: "Buffer", /) -> int:
        room = memoryview(buffer).cast("B")
        try:
            piece = bytes(self._content.read(len(room)))
        except OSError as failure:
            raise _unavailable(failure) from failure
        room[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._content.close()
        super().close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BaseError as failure:
        raise _unavailable(failure) from failure


def _unavailable(failure: Exception) -> FilesUnavailable:
    # The first line says what failed where, up to the server's XML; the rest is how it looks inside.
    return FilesUnavailable(internal=str(failure).partition("\n")[0].partition("<")[0].rstrip(": ")[:300])


def _read_full(read: "Callable[[int], bytes]", most: int) -> bytes:
    pieces, size = [], 0
    while size < most and (piece := read(min(PIECE_BYTES, most - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _verify_name(name: str) -> None:
    if not is_name(name):
        raise FileMissing(internal="not a name of a kept file")
