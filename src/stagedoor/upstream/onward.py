"""What is given to whoever carries a request upstream."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from stagedoor.catalog.operations import Pace
from stagedoor.kit.secret import Secret

Headers = Sequence[tuple[bytes, bytes]]
StartAnswer = Callable[[int, list[tuple[bytes, bytes]]], Awaitable[None]]
SendChunk = Callable[[bytes], Awaitable[None]]


@dataclass(slots=True)
class Onward:
    """A request as it goes upstream: canonical path and query, the caller's headers, and the token to use.

    A body whose ``content_length`` is ``None`` goes out in chunks. ``ca_pem`` names the only authorities to trust
    instead of the system's; ``proxy_url`` the HTTP proxy on the way, with a user name and a password where it wants
    them. ``pace`` says how long the upstream may think.

    ``owns_credential`` is set where the token is Stagedoor's business and none of the caller's: when the upstream
    refuses it, that is dealt with on the way, and never told as if the caller's own credential were meant.
    ``connection_id`` names the connection that the token can be renewed with.

    Nobody changes one; for another token or other headers there is ``dataclasses.replace``. ``written`` is the head as
    it goes out, kept by the wire for whoever sends the same request again.
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
    pace: Pace = Pace.READ
    owns_credential: bool = False
    connection_id: str | None = None
    written: bytes | None = field(default=None, init=False, repr=False, compare=False)
