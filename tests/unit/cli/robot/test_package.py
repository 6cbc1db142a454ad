"""A Python package is unpacked into its directory and nowhere else; anything else is not run."""

from pathlib import Path

import pytest
from tests.factories.packages import python_files, studio_package, zip_of

from stagedoor.cli.robot import package
from stagedoor.cli.robot.errors import CannotRun
from stagedoor.cli.robot.package import unpack

PYPROJECT = '[project]\nname = "a"\ndependencies = ["uipath", "x>=1"]\n'


def test_the_project_is_unpacked_with_its_dependencies(tmp_path: Path) -> None:
    files = {**python_files(), "content/pyproject.toml": PYPROJECT, "content/deep/a.py": "x = 1", "content/empty/": ""}
    project = unpack(zip_of(files), tmp_path)
    assert project.dependencies == ("uipath", "x>=1")
    assert (tmp_path / "deep" / "a.py").read_text() == "x = 1"
    assert not (tmp_path / "_rels").exists()


def test_a_project_may_need_nothing(tmp_path: Path) -> None:
    assert unpack(zip_of(python_files()), tmp_path).dependencies == ()


@pytest.mark.parametrize("name", ["content/../../x", "content/..", "content//etc/x", "content/a/../../../x"])
def test_no_file_leads_out_of_the_directory(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    with pytest.raises(CannotRun, match="leads out"):
        unpack(zip_of({**python_files(), name: "x"}), inside)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"no zip",
        zip_of({}),
        studio_package(),
        zip_of({**python_files(), "content/operate.json": "[]"}),
        zip_of({**python_files(), "content/operate.json": '{"targetRuntime": 7}'}),
        zip_of({**python_files(), "content/pyproject.toml": "not toml"}),
        zip_of({**python_files(), "content/pyproject.toml": '[project]\ndependencies = "uipath"'}),
        zip_of({**python_files(), "content/pyproject.toml": '[project]\ndependencies = ["--index-url=http://x"]'}),
    ],
)
def test_what_is_no_python_project_is_not_run(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CannotRun):
        unpack(content, tmp_path)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "UNPACKED_BYTES_MAX", 10)
    with pytest.raises(CannotRun, match="larger"):
        unpack(zip_of(python_files()), tmp_path)
    monkeypatch.setattr(package, "FILES_MAX", 1)
    with pytest.raises(CannotRun, match="larger"):
        unpack(zip_of(python_files()), tmp_path)
