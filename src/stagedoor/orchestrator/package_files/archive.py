"""A package's zip, opened so that neither reading nor unpacking it can hurt anybody.

Nothing here unpacks more than a caller asks for. The bounds on the whole are for whoever unpacks the package later: a
robot, a person who downloads it.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from stagedoor.orchestrator.package_files.errors import PackageRefused

MEBIBYTE = 1024 * 1024

ENTRIES_MAX = 20_000
DIRECTORY_BYTES_MAX = 8 * MEBIBYTE
"""The list of entries is held in memory whole; with 20,000 entries each may still have a name of 300 letters."""
UNPACKED_BYTES_MAX = 4096 * MEBIBYTE
RATIO_MAX = 200
RATIO_FREE_BYTES = 16 * MEBIBYTE
"""A small package may hold a file of nothing but zeros; what counts is what a large one becomes."""
NAME_LENGTH_MAX = 400

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES = 20
_COMMENT_BYTES_MAX = 65_535
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Archive:
    """The checked entries of a package; made by :func:`opened_archive`."""

    def __init__(self, zip_file: ZipFile, entries: dict[str, ZipInfo]) -> None:
        self._zip_file = zip_file
        self._entries = entries

    @property
    def names(self) -> Sequence[str]:
        """The names of all files, with slashes and without a leading ``./``."""
        return tuple(self._entries)

    def read(self, name: str, *, bytes_max: int) -> bytes:
        """Return a file's content; raises :class:`PackageRefused` if it is longer than that, or damaged."""
        entry = self._entries[name]
        try:
            with self._zip_file.open(entry) as stream:
                content = stream.read(bytes_max + 1)
        except (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error) as damaged:
            # ZipFile gives every kind of damage an exception of another family.
            raise PackageRefused(f"{name} in the package is damaged.", internal=type(damaged).__name__) from damaged
        if len(content) > bytes_max:
            raise PackageRefused(f"{name} in the package is longer than {bytes_max} bytes.")
        return content


@contextmanager
def opened_archive(stream: BinaryIO) -> Iterator[Archive]:
    """Open a package's zip and check what it lists.

    Raises :class:`PackageRefused` for anything that is no zip, has more than :data:`ENTRIES_MAX` entries, would
    unpack to more than :data:`UNPACKED_BYTES_MAX` or :data:`RATIO_MAX` times its size, names a place outside of
    itself, names one file twice, or holds links, encrypted or overlapping entries.
    """
    _verify_directory(stream)
    stream.seek(0)
    try:
        zip_file = ZipFile(stream)
    except (BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as damaged:
        # A place before the file's beginning is an OSError or a ValueError, an extra field cut short a struct.error.
        raise PackageRefused("The file is no zip archive.", internal=str(damaged)) from damaged
    with zip_file:
        yield Archive(zip_file, _verified(zip_file.infolist()))


def _verify_directory(stream: BinaryIO) -> None:
    # ZipFile reads the whole list of entries at once, however long; this looks at its size first, in the same place.
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END.size - _COMMENT_BYTES_MAX))
    tail = stream.read(_END.size + _COMMENT_BYTES_MAX)
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != _END_SIGNATURE or tail[-2:] != b"\0\0":
        at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) < at + _END.size:
        raise PackageRefused("The file is no zip archive.")
    # A second list of entries, for archives beyond 4 GiB, would be read in place of this one.
    if at >= _ZIP64_LOCATOR_BYTES and tail[at - _ZIP64_LOCATOR_BYTES :].startswith(_ZIP64_LOCATOR):
        raise PackageRefused("The package is a ZIP64 archive, which no package of this size needs.")
    _, _, _, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
    if entries > ENTRIES_MAX or directory_bytes > DIRECTORY_BYTES_MAX:
        raise PackageRefused(f"The package may hold {ENTRIES_MAX} files.")


def _verified(listed: Sequence[ZipInfo]) -> dict[str, ZipInfo]:
    if len(listed) > ENTRIES_MAX:
        raise PackageRefused(f"The package may hold {ENTRIES_MAX} files.")
    packed = sum(entry.compress_size for entry in listed)
    unpacked = sum(entry.file_size for entry in listed)
    if unpacked > UNPACKED_BYTES_MAX or unpacked > max(RATIO_FREE_BYTES, RATIO_MAX * packed):
        raise PackageRefused("The package would unpack to far more than it is.")
    _verify_apart(listed)
    entries: dict[str, ZipInfo] = {}
    folded: set[str] = set()
    for entry in listed:
        name = _verified_name(entry.filename)
        _verify_kind(entry, name)
        if entry.is_dir():
            continue
        if name.casefold() in folded:
            raise PackageRefused(f"The package holds {name} twice.")
        folded.add(name.casefold())
        entries[name] = entry
    return entries


def _verify_apart(listed: Sequence[ZipInfo]) -> None:
    # Entries that share their bytes are how a small archive becomes petabytes.
    ends_at = 0
    for entry in sorted(listed, key=lambda each: each.header_offset):
        if entry.header_offset < ends_at:
            raise PackageRefused("Files in the package overlap.")
        ends_at = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def _verified_name(name: str) -> str:
    bare = name.replace("\\", "/").removeprefix("./")
    parts = bare.rstrip("/").split("/")
    is_outside = bare.startswith("/") or ":" in parts[0] or any(part in ("", ".", "..") for part in parts)
    if is_outside or _CONTROL.search(name) or len(name) > NAME_LENGTH_MAX:
        raise PackageRefused(f"The package holds a file with the name {name[:80]!r}, which leads out of it.")
    return bare


def _verify_kind(entry: ZipInfo, name: str) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise PackageRefused(f"{name} in the package is encrypted.")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise PackageRefused(f"{name} in the package is packed in a way that packages do not use.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageRefused(f"{name} in the package is a link.")
