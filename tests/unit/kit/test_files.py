"""What is true of files on this machine alone; what is true of all files stands in ``tests/contract/files``."""

from io import BytesIO
from pathlib import Path

import pytest

from stagedoor.kit.files import LocalFiles

NAME = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files")


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
