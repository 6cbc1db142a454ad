"""Rates as people write them: ``10/s``, ``100/m``, ``5000/h``."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

FORM = re.compile(r"([1-9][0-9]{0,6})/(s|m|h)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_UNITS = {seconds: unit for unit, seconds in _SECONDS.items()}
_NAMES = {1: "a second", 60: "a minute", 3600: "an hour"}


def read_rate(text: str) -> tuple[int, int]:
    """Return how many requests in how many seconds; raises ``ValueError`` for another form."""
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError("must be a number, a slash and one of s, m, h, such as 100/m")
    return int(match[1]), _SECONDS[match[2]]


def write_rate(requests: int, seconds: int) -> str:
    """Return the rate as :func:`read_rate` reads it."""
    return f"{requests}/{_UNITS[seconds]}"


def rate_in_words(requests: int, seconds: int) -> str:
    """Return the rate for a sentence: ``100 requests a minute``."""
    return f"{requests} request{'' if requests == 1 else 's'} {_NAMES[seconds]}"


def _check(text: str) -> str:
    read_rate(text)
    return text


Rate = Annotated[
    str,
    Field(max_length=10, description="Requests in a second, a minute or an hour, such as 10/s, 100/m or 5000/h."),
    AfterValidator(_check),
]
