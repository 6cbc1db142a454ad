"""What is given to whoever carries a request upstream."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from stagedoor.kit.secret import Secret

Headers = Sequence[tuple[bytes, bytes]]
StartAnswer = Callable[[int, list[tuple[bytes, bytes]]], Awaitable[None]]
SendChunk = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Onward:
    """A request as it goes upstream: canonical path and query, the caller's headers, and the token to use."""

    method: str
    base_url: str
    path: str
    query: str
    headers: Headers
    token: Secret | None
    has_body: bool
    content_length: int | None
