"""What a project says of itself inside its package.

The vendor's Python command line and newer Studios write ``operate.json`` (what it is) and ``entry-points.json`` (where
it starts, with JSON schemas); older Studios write ``project.json`` with both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from stagedoor.orchestrator.fields import read_guid
from stagedoor.orchestrator.package_files.content import PORTABLE, PROCESS, EntryPoint
from stagedoor.orchestrator.package_files.errors import PackageRefused

ENTRY_POINTS_MAX = 500
PATH_LENGTH_MAX = 512

LIBRARY = "library"
_PACKAGE_TYPES = {
    "process": PROCESS,
    "function": PROCESS,
    "processorchestration": 3,
    "webapp": 4,
    "agent": 5,
    "tests": 6,
    "testautomationprocess": 6,
    "api": 7,
    "mcpserver": 8,
    "businessrules": 9,
    "casemanagement": 10,
}
_FRAMEWORKS = {"legacy": 0, "windows": 1, "portable": PORTABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as it describes itself. ``kind`` is its own word in lower case, such as ``agent`` or ``library``."""

    kind: str
    target_framework: int
    main: str
    requires_user_interaction: bool
    is_attended: bool
    is_conversational: bool
    entry_points: tuple[EntryPoint, ...]

    @property
    def package_type(self) -> int:
        """The vendor's number for the kind; a kind that nobody knows yet counts as a process."""
        return _PACKAGE_TYPES.get(self.kind, PROCESS)


def read_project(files: Mapping[str, bytes]) -> Project | None:
    """Read a project from its ``operate.json``, ``entry-points.json`` and ``project.json``, those that there are.

    Returns ``None`` where there is neither of the first and the last: then it is a plain NuGet package. Raises
    :class:`PackageRefused` for what is no JSON object or starts nowhere.
    """
    described = {name: _read_object(name, content) for name, content in files.items()}
    operate, studio = described.get("operate.json"), described.get("project.json")
    if operate is None and studio is None:
        return None
    facts = operate or studio or {}
    options = _object(facts, "runtimeOptions")
    kind = _text(facts, "contentType") or _text(_object(studio or {}, "designOptions"), "outputType") or "process"
    listed = described.get("entry-points.json", studio or {})
    main = _text(facts, "main")
    entry_points = _read_entry_points(listed, main, studio or {})
    if not entry_points and kind.lower() != LIBRARY:
        raise PackageRefused("The project in the package starts nowhere: it has no entry point and no main file.")
    return Project(
        kind=kind.lower(),
        target_framework=_FRAMEWORKS.get(_text(facts, "targetFramework").lower(), 0 if operate is None else PORTABLE),
        main=main or (entry_points[0].path if entry_points else ""),
        requires_user_interaction=options.get("requiresUserInteraction") is True,
        is_attended=options.get("isAttended") is True,
        is_conversational=options.get("isConversational") is True,
        entry_points=entry_points,
    )


def _read_object(name: str, content: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as malformed:
        raise PackageRefused(f"{name} in the package is no JSON.", internal=malformed.msg) from malformed
    if not isinstance(value, dict):
        raise PackageRefused(f"{name} in the package is no JSON object.")
    return value


def _read_entry_points(listed: dict[str, Any], main: str, studio: dict[str, Any]) -> tuple[EntryPoint, ...]:
    entries = listed.get("entryPoints")
    if not isinstance(entries, list):
        entries = []
    if len(entries) > ENTRY_POINTS_MAX:
        raise PackageRefused(f"The package may have {ENTRY_POINTS_MAX} entry points.")
    found: dict[str, EntryPoint] = {}
    for entry in entries:
        path = _text(entry, "filePath") if isinstance(entry, dict) else ""
        if path:
            found.setdefault(path, _entry_point(path, entry))
    if not found and main:
        return (_entry_point(main, _object(studio, "arguments")),)
    return tuple(found.values())


def _entry_point(path: str, entry: dict[str, Any]) -> EntryPoint:
    return EntryPoint(
        path=path,
        unique_id=read_guid(_text(entry, "uniqueId")),
        input_arguments=_written(entry.get("input")),
        output_arguments=_written(entry.get("output")),
    )


def _written(value: Any) -> str | None:
    if not isinstance(value, dict | list):
        return None
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as too_deep:
        raise PackageRefused("The arguments of an entry point are nested too deep.") from too_deep


def _object(facts: dict[str, Any], name: str) -> dict[str, Any]:
    value = facts.get(name)
    return value if isinstance(value, dict) else {}


def _text(facts: dict[str, Any], name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str):
        return ""
    if len(value) > PATH_LENGTH_MAX or "\0" in value:
        raise PackageRefused(f"The {name} of the project in the package is no text that anybody uses.")
    return value.strip()
