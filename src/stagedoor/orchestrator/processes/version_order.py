"""Which of two package versions is the later one (SemVer 2.0.0, section 11, with the fourth number that NuGet has)."""

import re

_PRE_RELEASE_LAST = 1
_NUMBER_FIRST, _WORD_SECOND = 0, 1

VersionOrder = tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...]]


def version_order(version: str) -> VersionOrder:
    """Return a value that sorts as the version does; any text has one, so that no stored version can break a list."""
    core, _, pre_release = version.partition("+")[0].partition("-")
    numbers = tuple(int(digits) for digits in re.findall(r"[0-9]{1,18}", core)[:4])
    parts = tuple(_part(part) for part in pre_release.split(".")) if pre_release else ()
    return (*numbers, *(0,) * (4 - len(numbers))), 0 if pre_release else _PRE_RELEASE_LAST, parts


def _part(part: str) -> tuple[int, int, str]:
    if part.isascii() and part.isdigit() and len(part) <= 18:
        return _NUMBER_FIRST, int(part), ""
    return _WORD_SECOND, 0, part.lower()
