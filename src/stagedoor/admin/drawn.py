"""How an error becomes an answer: handed in by the door, which draws all errors of the house."""

from collections.abc import Callable
from typing import Protocol

from stagedoor.kit.errors import StagedoorError


class Drawn(Protocol):
    """An error as an answer: problem+json with its head."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[bytes, bytes]]: ...
    @property
    def body(self) -> bytes: ...


DrawError = Callable[[StagedoorError, str], Drawn]
"""Draws an error for the request of this id."""
