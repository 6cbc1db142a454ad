"""What is given to whoever carries a request upstream."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from stagedoor.kit.secret import Secret

Headers = Sequence[tuple[bytes, bytes]]
StartAnswer = Callable[[int, list[tuple[bytes, bytes]]], Awaitable[None]]
SendChunk = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Onward:
    """A request as it goes upstream: canonical path and query, the caller's headers, and the token to use.

    A body whose ``content_length`` is ``None`` goes out in chunks. ``ca_pem`` names the only authorities to trust
    instead of the system's; ``proxy_url`` the HTTP proxy on the way, with a user name and a password where it wants
    them.
    """

    method: str
    base_url: str
    path: str
    query: str
    headers: Headers
    token: Secret | None
    has_body: bool
    content_length: int | None
    ca_pem: str | None = None
    proxy_url: str | None = field(default=None, repr=False)
