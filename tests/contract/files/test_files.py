"""What every place that keeps files promises."""

import hashlib
from io import BytesIO
from typing import BinaryIO
from zipfile import ZipFile

import pytest

from stagedoor.kit.files import FileMissing, Files

NAME = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
LARGE = bytes(range(256)) * 64 * 1024


class Torn(BytesIO):
    """Content that breaks off after some pieces."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.left = pieces

    def read(self, size: int | None = -1) -> bytes:
        if self.left == 0:
            raise ConnectionError
        self.left -= 1
        return b"x" * (size or 1)


class InDrops(BytesIO):
    """Content that comes in pieces smaller than asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(3)


def content_of(files: Files, name: str = NAME, start: int = 0) -> bytes:
    with files.open(name, start=start) as stream:
        return stream.read()


@pytest.mark.parametrize("content", [b"", b"content", LARGE, LARGE[: 5 * 1024 * 1024]], ids=len)
def test_a_kept_file_is_read_as_it_was_and_known_by_its_digest(files: Files, content: bytes) -> None:
    kept = files.keep(NAME, BytesIO(content))
    assert (kept.name, kept.size, kept.sha256) == (NAME, len(content), hashlib.sha256(content).hexdigest())
    assert content_of(files) == content


def test_only_what_the_content_still_holds_is_kept(files: Files) -> None:
    content: BinaryIO = BytesIO(b"content")
    content.read(3)
    assert files.keep(NAME, content).size == 4
    assert content_of(files) == b"tent"
    assert files.keep(OTHER, InDrops(b"drop by drop")).size == 12
    assert content_of(files, OTHER) == b"drop by drop"


@pytest.mark.parametrize("start", [0, 1, 1024 * 1024 + 1, len(LARGE) - 1, len(LARGE)])
def test_a_file_is_read_from_any_byte_on(files: Files, start: int) -> None:
    files.keep(NAME, BytesIO(LARGE))
    with files.open(NAME, start=start) as stream:
        assert stream.read(5) == LARGE[start : start + 5]
        assert stream.read() == LARGE[start + 5 :]


def test_an_archive_is_read_in_its_place(files: Files) -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as members:
        members.writestr("a.txt", "a")
        members.writestr("b.bin", LARGE)
    archive.seek(0)
    files.keep(NAME, archive)
    with files.open(NAME) as stream, ZipFile(stream) as members:
        assert (members.read("b.bin"), members.read("a.txt")) == (LARGE, b"a")


@pytest.mark.parametrize("pieces", [0, 1, 30], ids=["at once", "early", "late"])
def test_what_breaks_off_leaves_nothing(files: Files, pieces: int) -> None:
    with pytest.raises(ConnectionError):
        files.keep(NAME, Torn(pieces))
    assert list(files.names_before(2**40)) == []
    with pytest.raises(FileMissing):
        files.open(NAME)


def test_a_removed_file_is_missing_and_may_be_removed_again(files: Files) -> None:
    files.keep(NAME, BytesIO(b"content"))
    files.keep(OTHER, BytesIO(b"other"))
    files.remove(NAME)
    files.remove(NAME)
    with pytest.raises(FileMissing):
        files.open(NAME)
    assert content_of(files, OTHER) == b"other"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", NAME + "0", NAME[:-1] + "A", NAME[:-1] + "/", "a/../" + NAME])
def test_no_name_leads_out_of_the_place(files: Files, name: str) -> None:
    for use in (lambda: files.open(name), lambda: files.keep(name, BytesIO(b"")), lambda: files.remove(name)):
        with pytest.raises(FileMissing):
            use()


def test_old_files_are_named(files: Files) -> None:
    for name in (NAME, OTHER):
        files.keep(name, BytesIO(b"content"))
    assert list(files.names_before(0)) == []
    assert sorted(files.names_before(2**40)) == [NAME, OTHER]
