"""An answer cache with an upstream that answers when the test wants, and a watch that it moves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.factories.callers import caller, terms
from tests.factories.scripted_upstream import Listener

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Match
from stagedoor.gateway.answer_cache import AnswerCache
from stagedoor.gateway.cache_rules import CacheRules
from stagedoor.gateway.carriage import Carriage, onward_of
from stagedoor.kit.secret import Secret
from stagedoor.passage import Caller, FolderPlace, Reach, RequestHead, TenantPlace
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import AnswerSink, CallerEnd

Header = tuple[bytes, bytes]

TENANT = TenantPlace("o1", "acme", "t1", "dev", "https://orchestrator.example", Secret("upstream"), "c1")

FOLDER = FolderPlace(7, "k7", "Shared", ("k7",))

KEY = caller(terms("all"))

STORED, MISSED, COLLAPSED = (
    b"stagedoor; fwd=uri-miss; stored",
    b"stagedoor; fwd=uri-miss",
    b"stagedoor; fwd=uri-miss; collapsed",
)


class Exchange:
    """One question upstream, answered when the test wants."""

    def __init__(self, onward: Onward, sink: AnswerSink) -> None:
        self.onward, self.sink = onward, sink
        self.sets_cookies = False
        self.calls: list[str] = []

    def answer(self, body: bytes = b"{}", *headers: Header, status: int = 200, length: int | None = None) -> None:
        self.sink.start(status, [(b"content-type", b"application/json"), *headers], length)
        if body:
            self.sink.write(body)
        self.sink.finish()

    def pause_answer(self) -> None:
        self.calls.append("pause")

    def resume_answer(self) -> None:
        self.calls.append("resume")

    def cancel(self) -> None:
        self.calls.append("cancel")


@dataclass
class Asking:
    """What is asked, plain unless something else is said."""

    operation: str = "Jobs_Get"
    method: str = "GET"
    path: str = "/odata/Jobs"
    query: str = ""
    headers: tuple[Header, ...] = ()
    tenant: TenantPlace = TENANT
    by: Caller = field(default_factory=lambda: KEY)
    folder: FolderPlace | None = FOLDER
    reach: Reach = field(default_factory=Reach)
    base_url: str = "http://door.test/acme/dev"

    def carriage(self) -> Carriage:
        return Carriage(
            head=RequestHead(
                method=self.method,
                path=self.path,
                query=self.query,
                headers={name.decode(): value.decode() for name, value in self.headers},
                raw_headers=self.headers,
                client_address="192.0.2.7",
            ),
            query={},
            path=self.path,
            base_url=self.base_url,
            tenant=self.tenant,
            caller=self.by,
            match=Match(CATALOG.get_operation(self.operation), {}),
            folder=self.folder,
            reach=self.reach,
        )


class World:
    """A cache, what it asked upstream, and a watch that the test moves."""

    def __init__(self, *rules: str, **bounds: int) -> None:
        self.seconds = 100.0
        self.asked: list[Exchange] = []
        self.failure: Exception | None = None
        self.cache = AnswerCache(CacheRules.read(rules, CATALOG), now=lambda: self.seconds, **bounds)

    def launch(self, onward: Onward, sink: AnswerSink) -> Any:
        if self.failure is not None:
            raise self.failure
        self.asked.append(Exchange(onward, sink))
        return self.asked[-1]

    def begin(self, asking: Asking | None = None, sink: AnswerSink | None = None) -> tuple[Listener, CallerEnd]:
        listener, carriage = Listener(), (asking or Asking()).carriage()
        return listener, self.cache.begin(carriage, onward_of(carriage), sink or listener, self.launch)

    async def ask(self, asking: Asking | None = None, body: bytes = b"{}", *headers: Header, **how: Any) -> Listener:
        """Ask, and answer if upstream was asked."""
        before = len(self.asked)
        listener, _ = self.begin(asking)
        if len(self.asked) > before:
            self.asked[-1].answer(body, *headers, **how)
        await listener.end()
        return listener


def run(talk: Callable[[World], Awaitable[None]], *rules: str, **bounds: int) -> None:
    async def main() -> None:
        await talk(World(*(rules or ("Jobs_Get=2s",)), **bounds))

    asyncio.run(main())


def status_of(listener: Listener) -> bytes:
    return dict(listener.headers)[b"cache-status"]
