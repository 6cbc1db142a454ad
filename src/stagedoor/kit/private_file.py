"""Files that only their owner may read, written whole or not at all."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put ``text`` in place of the file, mode 0600, in a directory of mode 0700 if it has to be made.

    The directory may be one in which others write too, such as ``/tmp``: a file or link that somebody put there in
    advance is never written through.
    """
    # The command line reads this module at every start and seldom writes.
    from tempfile import mkstemp

    _make_directory(path.parent)
    descriptor, unfinished = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _make_directory(directory: Path) -> None:
    # mkdir(parents=True) gives its mode to the last directory alone.
    if not directory.is_dir():
        _make_directory(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
