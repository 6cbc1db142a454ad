"""Names of files in a bucket, brought to one form: ``/invoices/2030/first.pdf``.

A name never becomes a path of this machine's file system. It is still refused where it could leave its place in the
hands of whoever downloads a bucket file by file into a directory.
"""

import re

from stagedoor.orchestrator.buckets.models import PATH_LENGTH_MAX
from stagedoor.orchestrator.errors import InvalidRequest

PART_LENGTH_MAX = 255
PARTS_MAX = 64
GLOB_LENGTH_MAX = 255
STARS_MAX = 8

# Control characters, surrogates and what Unicode says is no character: the last of them ends ranges of paths.
_STRANGE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0010fffe\U0010ffff]")
TOP = "/"


def read_file_path(written: str, field: str = "path") -> str:
    """Return the path of a file, with or without a slash in front, its backslashes read as slashes.

    Raises ``InvalidRequest`` (400/1000) for an empty name, one that ends with a slash, dot segments, control
    characters, more than 1,024 characters, 64 parts or 255 characters in a part.
    """
    path = _read(written, field)
    if path == TOP or written.replace("\\", "/").endswith("/"):
        raise _refused(field, "must name a file")
    return path


def read_directory_path(written: str, field: str = "directory") -> str:
    """Return the path of a directory, the top where nothing is written; refuses what :func:`read_file_path` does."""
    return _read(written, field)


def read_prefix(written: str, field: str = "prefix") -> str:
    """Return the beginning of paths, which may end anywhere."""
    closing = "/" if written.replace("\\", "/").rstrip("/") and written.replace("\\", "/").endswith("/") else ""
    return _read(written, field) + closing


def parent_of(path: str) -> str:
    """Return the directory that a file or directory lies in."""
    return path.rpartition("/")[0] or TOP


def folded_name_of(path: str) -> str:
    """Return the last part of a path as names are compared without regard to case."""
    return path.rpartition("/")[2].casefold()[:PATH_LENGTH_MAX]


def directories_of(path: str) -> list[str]:
    """Return the directories that a file lies in, the nearest first, without the top."""
    found = []
    while (path := parent_of(path)) != TOP:
        found.append(path)
    return found


def below(directory: str) -> str:
    """Return what the paths of everything in a directory begin with."""
    return TOP if directory == TOP else f"{directory}/"


def read_glob(written: str, field: str = "fileNameGlob") -> str:
    r"""Return a pattern of ``*`` and ``?`` as the database's ``LIKE`` reads it, escaped with ``\``.

    Raises ``InvalidRequest`` for more than 255 characters or eight stars, which cost more than they find.
    """
    if len(written) > GLOB_LENGTH_MAX or _STRANGE.search(written):
        raise _refused(field, f"may have {GLOB_LENGTH_MAX} characters")
    pattern = re.sub(r"\*+", "*", written)
    if pattern.count("*") > STARS_MAX:
        raise _refused(field, f"may have {STARS_MAX} stars")
    escaped = re.sub(r"[\\%_]", lambda mark: f"\\{mark[0]}", pattern)
    return escaped.replace("*", "%").replace("?", "_")


def _read(written: str, field: str) -> str:
    parts = [part for part in written.replace("\\", "/").split("/") if part]
    path = TOP + "/".join(parts)
    if len(path) > PATH_LENGTH_MAX:
        raise _refused(field, f"may have {PATH_LENGTH_MAX} characters")
    if len(parts) > PARTS_MAX or any(len(part) > PART_LENGTH_MAX for part in parts):
        raise _refused(field, f"may have {PARTS_MAX} parts of {PART_LENGTH_MAX} characters")
    if any(part.strip() in (".", "..", "") for part in parts):
        raise _refused(field, "may not hold parts that are dots or blank")
    if _STRANGE.search(path):
        raise _refused(field, "may not hold control characters")
    return path


def _refused(field: str, wanted: str) -> InvalidRequest:
    return InvalidRequest(f"The {field} parameter {wanted}.", details={"field": field})
