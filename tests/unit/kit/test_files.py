from io import BytesIO
from pathlib import Path

import pytest

from stagedoor.kit.files import FileMissing, LocalFiles

NAME = "0123456789abcdef0123456789abcdef"
SHA256_OF_CONTENT = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"


class Torn(BytesIO):
    """Content that breaks off."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise ConnectionError
        return super().read(2)


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files")


def test_a_kept_file_is_read_as_it_was_and_known_by_its_digest(files: LocalFiles) -> None:
    kept = files.keep(NAME, BytesIO(b"content"))
    assert (kept.size, kept.sha256) == (7, SHA256_OF_CONTENT)
    with files.open(NAME) as stream:
        assert stream.read() == b"content"


def test_what_breaks_off_leaves_nothing(files: LocalFiles, tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        files.keep(NAME, Torn(b"content"))
    assert not [place for place in tmp_path.rglob("*") if place.is_file()]


def test_a_removed_file_is_missing_and_may_be_removed_again(files: LocalFiles) -> None:
    files.keep(NAME, BytesIO(b"content"))
    files.remove(NAME)
    files.remove(NAME)
    with pytest.raises(FileMissing):
        files.open(NAME)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", NAME + "0", NAME.upper(), NAME[:-1] + "/"])
def test_no_name_leads_out_of_the_directory(files: LocalFiles, name: str) -> None:
    with pytest.raises(FileMissing):
        files.open(name)
    with pytest.raises(FileMissing):
        files.keep(name, BytesIO(b""))


def test_old_files_are_named_and_unfinished_ones_removed(files: LocalFiles, tmp_path: Path) -> None:
    files.keep(NAME, BytesIO(b"content"))
    unfinished = tmp_path / "files" / NAME[:2] / "x.unfinished"
    unfinished.write_bytes(b"half")
    assert list(files.names_before(0)) == []
    assert list(files.names_before(2**40)) == [NAME]
    assert not unfinished.exists()


def test_a_copy_holds_every_finished_file(files: LocalFiles, tmp_path: Path) -> None:
    files.keep(NAME, BytesIO(b"content"))
    (tmp_path / "files" / NAME[:2] / "x.unfinished").write_bytes(b"half")
    files.copy_all(tmp_path / "copy")
    with LocalFiles(tmp_path / "copy").open(NAME) as stream:
        assert stream.read() == b"content"
    assert len(list((tmp_path / "copy").glob("??/*"))) == 1
