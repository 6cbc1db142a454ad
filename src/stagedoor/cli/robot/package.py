"""Unpacking a Python package into a directory of its own."""

import json
import tomllib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from stagedoor.cli.robot.errors import CannotRun

FILES_MAX = 20_000
UNPACKED_BYTES_MAX = 1024 * 1024 * 1024
CONTENT = "content/"


@dataclass(frozen=True, slots=True)
class Project:
    """An unpacked project and what it needs installed."""

    directory: Path
    dependencies: tuple[str, ...]


def unpack(package: bytes, directory: Path) -> Project:
    """Unpack the project of a package; raises :class:`CannotRun` for what is no Python package or leads out of it."""
    try:
        with ZipFile(BytesIO(package)) as archive:
            _extract(archive, directory)
    except (BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as damaged:
        raise CannotRun(f"The package cannot be unpacked: {damaged}.") from damaged
    if _runtime_of(directory / "operate.json") != "python":
        raise CannotRun("The package is no Python package, and this robot runs no other.")
    return Project(directory, _dependencies_of(directory / "pyproject.toml"))


def _extract(archive: ZipFile, directory: Path) -> None:
    entries = [entry for entry in archive.infolist() if entry.filename.startswith(CONTENT) and not entry.is_dir()]
    if len(entries) > FILES_MAX or sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
        raise CannotRun("The package is larger than this robot unpacks.")
    root = directory.resolve()
    for entry in entries:
        place = (root / entry.filename.removeprefix(CONTENT)).resolve()
        if not place.is_relative_to(root) or place == root:
            raise CannotRun("The package holds a file whose name leads out of it.")
        place.parent.mkdir(parents=True, exist_ok=True)
        # A size that lies is found here: zipfile reads no further than what is declared.
        place.write_bytes(archive.read(entry))


def _runtime_of(operate: Path) -> str | None:
    try:
        runtime = json.loads(operate.read_bytes()).get("targetRuntime")
    except (OSError, ValueError, AttributeError):
        return None
    return runtime.lower() if isinstance(runtime, str) else None


def _dependencies_of(pyproject: Path) -> tuple[str, ...]:
    if not pyproject.exists():
        return ()
    try:
        project = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("project", {})
        listed = project.get("dependencies", []) if isinstance(project, dict) else []
    except (ValueError, OSError) as malformed:
        raise CannotRun(f"The package's pyproject.toml cannot be read: {malformed}.") from malformed
    if not isinstance(listed, list) or not all(isinstance(each, str) and not each.startswith("-") for each in listed):
        raise CannotRun("The dependencies in the package's pyproject.toml are no list of requirements.")
    return tuple(listed)
