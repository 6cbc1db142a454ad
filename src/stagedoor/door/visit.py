"""One request on its way through the chain: what the steps have found out so far."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from stagedoor.catalog.operations import Match
from stagedoor.door.surfaces import Place, Surface
from stagedoor.orchestrator.file_addresses.permits import FilePermit
from stagedoor.passage import Caller, Destination, FolderPlace, IdentityOutcome, RequestHead, TenantPlace, Verdict

if TYPE_CHECKING:
    from stagedoor.door.house import House

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Part = TypeVar("Part")

NOWHERE = Place(Surface.UNKNOWN, "")


@dataclass(slots=True)
class Visit:
    """What is known about a request. Each step of the chain fills in its own part and reads those before it.

    The audit takes the parts as they are, ``None`` where the way ended before them; a step that cannot do without a
    part takes it through :func:`known`.

    ``now`` is when it came, or when it last had to wait; nothing is judged by a time from before a wait.

    ``send`` is the door's own: it adds the request id and notes the status. ``answered`` is true once the head of the
    answer is out, after which nothing but the rest of that answer may be sent.

    ``caller_before`` is who the same credential, byte for byte, proved to be on the same connection: the holder of an
    access key, or ``None``.

    ``way`` are the steps of the visit's surface and ``steps_taken`` how many of them were begun; ``waiting`` is what
    the last of those waits for, ``raised`` what went wrong in it. ``on_head`` is told the status and the headers of the
    destination's answer before they go out, and may change the headers; ``at_end`` is called when the visit is over.
    """

    house: "House"
    scope: Scope
    started: float
    request_id: str
    now: datetime = field(init=False)
    receive: Receive = field(init=False)
    raw_send: Send = field(init=False)
    head: RequestHead = field(init=False)
    place: Place = NOWHERE
    caller_before: Caller | None = None
    caller: Caller | None = None
    refused_holder: Caller | None = None
    tenant: TenantPlace | None = None
    query: tuple[tuple[str, str], ...] = ()
    match: Match | None = None
    folder: FolderPlace | None = None
    verdict: Verdict | None = None
    destination: Destination | None = None
    file_permit: FilePermit | None = None
    answer_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    status: int = 0
    reason: str | None = None
    sentence: str | None = None
    outcome: IdentityOutcome | None = None
    is_preflight: bool = False
    way: "tuple[Step, ...]" = ()
    steps_taken: int = 0
    waiting: Awaitable[None] | None = None
    raised: Exception | None = None
    on_head: "Callable[[Visit, int, list[tuple[bytes, bytes]]], None] | None" = None
    at_end: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.now = self.house.clock.now()

    @property
    def answered(self) -> bool:
        """Tell whether an answer has begun."""
        return self.status != 0

    async def send(self, message: Message) -> None:
        """Send one ASGI message of the answer, with the headers that every answer of the house carries."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            if self.on_head is not None:
                self.on_head(self, self.status, headers)
            message["headers"] = [
                *headers,
                (b"x-request-id", self.request_id.encode("latin-1")),
                *self.answer_headers,
            ]
        await self.raw_send(message)

    async def start_answer(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send the head of an answer."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def send_body(self, body: bytes, more: bool) -> None:
        """Send a piece of the body; ``more`` is false for the last."""
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    @property
    def base_url(self) -> str:
        """The address in front of ``/odata`` as this caller used it."""
        return self.house.settings.base_url + self.place.prefix

    async def answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Send a whole answer."""
        await self.start_answer(status, headers)
        await self.send_body(b"" if self.scope["method"] == "HEAD" else body, more=False)


Step = Callable[[Visit], Awaitable[None] | None]
"""A step does its part at once and returns nothing; one that has to wait returns what is waited for."""


def known(part: Part | None) -> Part:
    """Return a part of a visit that an earlier step has filled in.

    Raises ``RuntimeError`` for a chain that lacks that step: nothing goes on with a part missing, in any build.
    """
    if part is None:
        raise RuntimeError("a step of the chain ran before the step that it relies on")
    return part
