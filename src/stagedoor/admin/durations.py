"""Durations as people write them: ``90d``, ``24h``, ``30m``, ``2w``, ``45s``."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

FORM = re.compile(r"([0-9]{1,6})([smhdw])", re.ASCII)
LONGEST = timedelta(days=3660)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def read_duration(text: str) -> timedelta:
    """Return the duration; raises ``ValueError`` for another form and for more than ten years."""
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError("must be a number and one of s, m, h, d, w, such as 90d")
    duration: timedelta = int(match[1]) * _UNITS[match[2]]
    if duration > LONGEST:
        raise ValueError("must not be longer than ten years")
    return duration


def _check(text: str) -> str:
    read_duration(text)
    return text


Duration = Annotated[
    str, Field(max_length=10, description="A number and one of s, m, h, d, w, such as 90d."), AfterValidator(_check)
]
