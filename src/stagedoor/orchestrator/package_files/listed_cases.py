"""The test cases that a package lists in the ``project.json`` which the vendor's Studio writes.

They stand in ``designOptions.fileInfoCollection``, apart from the entry points: a file each, with an id that stays the
same from version to version.
"""

import re
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from stagedoor.orchestrator.fields import read_guid
from stagedoor.orchestrator.package_files.archive import MEBIBYTE, opened_archive

PROJECT_BYTES_MAX = 8 * MEBIBYTE
CASES_MAX = 5_000
PATH_LENGTH_MAX = 512

_PROJECT_FILE = re.compile(r"(?:content|lib/[^/]+)/project\.json", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One test case: the id that Studio gave it and the file that it is."""

    unique_id: str
    path: str


def read_listed_cases(stream: BinaryIO) -> tuple[ListedCase, ...]:
    """Return the test cases of a package; an entry that is none is left out.

    Raises :class:`~stagedoor.orchestrator.package_files.errors.PackageRefused` for a file that is no package.
    """
    with opened_archive(stream) as archive:
        names = sorted((name for name in archive.names if _PROJECT_FILE.fullmatch(name)), key=str.lower)
        content = archive.read(names[0], bytes_max=PROJECT_BYTES_MAX) if names else b"{}"
    try:
        project = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return ()
    found: dict[str, ListedCase] = {}
    for entry in _entries_of(project):
        case = _case_of(entry)
        if case is not None:
            found.setdefault(case.unique_id, case)
    return tuple(found.values())[:CASES_MAX]


def _entries_of(project: Any) -> list[Any]:
    options = project.get("designOptions") if isinstance(project, dict) else None
    entries = options.get("fileInfoCollection") if isinstance(options, dict) else None
    return entries if isinstance(entries, list) else []


def _case_of(entry: Any) -> ListedCase | None:
    if not isinstance(entry, dict) or entry.get("publishAsTestCase") is False:
        return None
    unique_id, path = entry.get("testCaseId"), entry.get("fileName")
    if not isinstance(unique_id, str) or not isinstance(path, str):
        return None
    guid, path = read_guid(unique_id), path.replace("\\", "/").strip()
    if guid is None or not path or len(path) > PATH_LENGTH_MAX or "\0" in path:
        return None
    return ListedCase(guid, path)
