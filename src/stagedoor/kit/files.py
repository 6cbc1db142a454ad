"""Files kept beside the database: packages, bucket contents, attachments, recordings.

A file is written whole or not at all, under a name that is never used twice and never changes its content, so that a
row which names it can be committed or not without anybody seeing half of it. What no row names is swept later.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Protocol

from stagedoor.kit.errors import StagedoorError

PIECE_BYTES = 256 * 1024
UNFINISHED = ".unfinished"


class FileMissing(StagedoorError):
    """A row names a file that is not there, such as after restoring the database alone."""

    code = "file_missing"
    status = 500
    public = "The file's content is missing from the server's files."
    hint = "Restore the data directory together with the database, or upload the file again."


class FilesUnavailable(StagedoorError):
    """The server that keeps the files does not answer as it should."""

    code = "files_unavailable"
    status = 503
    public = "The server that keeps Stagedoor's files cannot be used right now."
    hint = "Try again shortly. If it goes on, ask whoever runs Stagedoor to look at its log and at that server."

    def __init__(self, public: str | None = None, *, internal: str) -> None:
        super().__init__(public, internal=internal, headers={"Retry-After": "1"})


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies safely: its name, its size in bytes and the SHA-256 of its content in hex."""

    name: str
    size: int
    sha256: str


class Files(Protocol):
    """Where files are kept. Names are 32 lower-case hexadecimal digits; every method blocks."""

    def keep(self, name: str, content: BinaryIO) -> KeptFile:
        """Keep everything that ``content`` still holds; it lies safely on return. Nothing is kept on failure."""

    def open(self, name: str, *, start: int = 0) -> BinaryIO:
        """Open a kept file for reading from a byte of it on, or raise :class:`FileMissing`."""

    def remove(self, name: str) -> None:
        """Remove a file; does nothing where there is none."""

    def names_before(self, seconds: float) -> Iterator[str]:
        """Yield the names of files that were kept before this moment, in seconds since 1970."""


def is_name(text: str) -> bool:
    """Tell whether a text is a name of a file here: 32 lower-case hexadecimal digits."""
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


class LocalFiles:
    """Files in a directory of this machine, spread over 256 directories."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, name: str, content: BinaryIO) -> KeptFile:
        """Write to a file of its own first; the rename and the sync after it make it whole and lasting."""
        place = self._place_of(name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size = hashlib.sha256(), 0
        with NamedTemporaryFile(dir=place.parent, suffix=UNFINISHED, delete=False) as out:
            try:
                while piece := content.read(PIECE_BYTES):
                    digest.update(piece)
                    size += len(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
                Path(out.name).replace(place)
            except BaseException:
                Path(out.name).unlink(missing_ok=True)
                raise
        _sync(place.parent)
        return KeptFile(name, size, digest.hexdigest())

    def open(self, name: str, *, start: int = 0) -> BinaryIO:
        """Open the file for reading."""
        try:
            content = self._place_of(name).open("rb")
        except FileNotFoundError as missing:
            raise FileMissing(internal=name) from missing
        content.seek(start)
        return content

    def remove(self, name: str) -> None:
        """Remove the file; whoever reads it reads it to its end."""
        self._place_of(name).unlink(missing_ok=True)

    def names_before(self, seconds: float) -> Iterator[str]:
        """Yield old names; what was never finished is removed on the way."""
        for place in self._directory.glob("??/*"):
            with suppress(FileNotFoundError):
                if place.stat().st_mtime < seconds:
                    if place.suffix == UNFINISHED:
                        place.unlink()
                    else:
                        yield place.name

    def copy_all(self, target: Path) -> None:
        """Copy every file below another directory, for a snapshot; links where the file system can."""
        for place in self._directory.glob("??/*"):
            if place.suffix == UNFINISHED:
                continue
            copy = target / place.parent.name / place.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(place, copy)
            except OSError:
                shutil.copyfile(place, copy)

    def _place_of(self, name: str) -> Path:
        if not is_name(name):
            raise FileMissing(internal="not a name of a kept file")
        return self._directory / name[:2] / name


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
