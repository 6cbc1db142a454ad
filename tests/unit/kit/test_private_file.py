import os
from pathlib import Path

import pytest

from stagedoor.kit.private_file import write_private


def test_a_file_is_its_owners_alone_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "made" / "for it" / "secrets.json"
    write_private(path, "first")
    write_private(path, "second")
    assert path.read_text() == "second"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(path.parent) == ["secrets.json"]


def test_nothing_is_written_through_what_somebody_put_there_in_advance(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    loot = tmp_path / "loot"
    for name in (path.name, f".{path.name}.{os.getpid()}"):
        (tmp_path / name).symlink_to(loot)
    write_private(path, "secret")
    assert not loot.exists()
    assert not path.is_symlink()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    write_private(path, "first")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "\ud800")
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["secrets.json"]
