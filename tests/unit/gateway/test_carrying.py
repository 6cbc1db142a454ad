"""Bodies to and from a remote Orchestrator, callers who leave in the middle, and answers of the embedded one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any, cast

import pytest
from tests.factories.callers import caller, terms
from tests.factories.gateways import gateway_of

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Match
from stagedoor.gateway.carriage import Carriage
from stagedoor.gateway.embedded import EmbeddedDestination
from stagedoor.gateway.errors import BodyTooLarge, CallerLeft
from stagedoor.kit.deferred import Deferred
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Limits
from stagedoor.orchestrator.call import Answer, FileContent
from stagedoor.passage import Reach, RequestHead, TenantPlace
from stagedoor.upstream.errors import UpstreamBroke
from stagedoor.upstream.onward import Onward

REMOTE = TenantPlace("o1", "acme", "t1", "dev", "https://orchestrator.example", Secret("upstream"))
EMBEDDED = TenantPlace("o1", "acme", "t1", "dev")
Message = dict[str, Any]


def piece(body: bytes = b"", *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def carriage(tenant: TenantPlace, method: str, operation: str, *headers: tuple[str, str]) -> Carriage:
    return Carriage(
        head=RequestHead(
            method=method,
            path="/x",
            query="",
            headers=dict(headers),
            raw_headers=tuple((name.encode(), value.encode()) for name, value in headers),
            client_address="192.0.2.7",
        ),
        query={},
        path="/x",
        base_url="http://stagedoor.example",
        tenant=tenant,
        caller=caller(terms("all")),
        match=Match(CATALOG.get_operation(operation), {}),
        folder=None,
        reach=Reach(),
    )


class Carried:
    """What came of one carriage."""

    def __init__(self) -> None:
        self.onward: Onward | None = None
        self.body = b""
        self.was_cancelled = False
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.sent: list[tuple[bytes, bool]] = []


def carry(
    what: Carriage,
    *messages: Message,
    answer: Answer | None = None,
    upstream: Callable[[Carried, AsyncIterator[bytes], Any, Any], Any] | None = None,
) -> Carried:
    carried = Carried()
    waiting = list(messages)

    class Forwarder:
        async def forward(
            self, onward: Onward, body: AsyncIterator[bytes], start: Any, chunk: Any, *, begin: Any
        ) -> None:
            carried.onward = onward
            assert upstream is not None
            try:
                await upstream(carried, body, start, chunk)
            except asyncio.CancelledError:
                carried.was_cancelled = True
                raise

    class Threads:
        async def run(self, function: Any, argument: Any) -> Any:
            return function(argument)

    class Orchestrator:
        def takes_files(self, operation_id: str) -> bool:
            return operation_id == "Processes_UploadPackage"

        def carry_out(self, request: Any) -> Answer | None:
            body = request.body
            if not isinstance(body, bytes):
                body.seek(0)
                body = body.read()
            carried.body = body
            return answer

    async def receive() -> Message:
        return waiting.pop(0) if waiting else await asyncio.Event().wait()  # type: ignore[return-value]  # never

    async def start(status: int, headers: list[tuple[bytes, bytes]]) -> None:
        carried.status, carried.headers = status, dict(headers)

    async def send_body(body: bytes, more: bool) -> None:
        carried.sent.append((body, more))

    limits = Limits(json_body_bytes_max=64, file_bytes_max=96)
    orchestrator = Deferred(lambda: cast("Any", Orchestrator()))
    orchestrator.get()
    embedded = EmbeddedDestination(orchestrator, cast("Any", Threads()), limits)
    gateway = gateway_of(cast("Any", Forwarder()), embedded)
    kept.append(carried)
    asyncio.run(gateway.carry(what, receive, start, send_body))
    return carried


kept: list[Carried] = []


async def echo(carried: Carried, body: AsyncIterator[bytes], start: Any, chunk: Any) -> None:
    await start(200, [(b"x-from", b"upstream")])
    async for part in body:
        await chunk(part)


async def hang(carried: Carried, body: AsyncIterator[bytes], start: Any, chunk: Any) -> None:
    await asyncio.Event().wait()


async def read_all_and_hang(carried: Carried, body: AsyncIterator[bytes], start: Any, chunk: Any) -> None:
    async for part in body:
        carried.body += part
    await asyncio.Event().wait()


class TestRemote:
    def test_a_body_goes_on_as_it_arrives_and_the_answer_comes_back_so(self) -> None:
        what = carriage(REMOTE, "POST", "QueueDefinitions_Post", ("content-length", "4"))
        carried = carry(what, piece(b"ab", more=True), piece(b"cd"), upstream=echo)
        assert carried.onward is not None
        assert (carried.onward.has_body, carried.onward.content_length) == (True, 4)
        assert carried.sent == [(b"ab", True), (b"cd", True), (b"", False)]
        assert carried.headers[b"x-from"] == b"upstream"

    def test_a_body_of_unknown_length_does_too(self) -> None:
        what = carriage(REMOTE, "POST", "QueueDefinitions_Post", ("transfer-encoding", "chunked"))
        carried = carry(what, piece(b"ab"), upstream=echo)
        assert carried.onward is not None
        assert (carried.onward.has_body, carried.onward.content_length) == (True, None)

    @pytest.mark.parametrize("extra", [(), (piece(),)])
    def test_a_caller_who_leaves_while_the_upstream_thinks_ends_the_call(self, extra: tuple[Message, ...]) -> None:
        with pytest.raises(CallerLeft):
            carry(
                carriage(REMOTE, "GET", "Jobs_Get"),
                piece(),
                *extra,
                {"type": "http.disconnect"},
                upstream=hang,
            )
        assert kept[-1].was_cancelled

    def test_a_caller_who_leaves_in_the_middle_of_its_body_does_too(self) -> None:
        what = carriage(REMOTE, "POST", "QueueDefinitions_Post", ("content-length", "4"))
        with pytest.raises(CallerLeft):
            carry(what, piece(b"ab", more=True), {"type": "http.disconnect"}, upstream=read_all_and_hang)

    def test_a_caller_who_leaves_after_its_body_does_too(self) -> None:
        what = carriage(REMOTE, "POST", "QueueDefinitions_Post", ("content-length", "2"))
        with pytest.raises(CallerLeft):
            carry(what, piece(b"ab"), {"type": "http.disconnect"}, upstream=read_all_and_hang)
        assert (kept[-1].body, kept[-1].was_cancelled) == (b"ab", True)

    def test_an_upstream_that_breaks_is_told(self) -> None:
        async def breaks(*_: object) -> None:
            raise UpstreamBroke

        with pytest.raises(UpstreamBroke):
            carry(carriage(REMOTE, "GET", "Jobs_Get"), piece(), upstream=breaks)


class TestEmbedded:
    def test_content_becomes_json_with_the_vendors_headers(self) -> None:
        carried = carry(carriage(EMBEDDED, "GET", "Jobs_Get"), piece(), answer=Answer(content={"value": []}))
        assert carried.sent == [(b'{"value":[]}', False)]
        assert carried.headers[b"odata-version"] == b"4.0"
        assert carried.headers[b"content-type"].startswith(b"application/json; odata.metadata=minimal")
        assert carried.headers[b"content-length"] == b"12"

    def test_outside_of_odata_it_is_plain_json(self) -> None:
        carried = carry(carriage(EMBEDDED, "GET", "Status_GetVersion"), piece(), answer=Answer(content={}))
        assert b"odata-version" not in carried.headers
        assert carried.headers[b"content-type"] == b"application/json; charset=utf-8"

    def test_bytes_and_a_type_of_their_own_go_out_as_they_are(self) -> None:
        answer = Answer(content=b"<x/>", headers={"Content-Type": "application/xml"})
        carried = carry(carriage(EMBEDDED, "GET", "Jobs_Get"), piece(), answer=answer)
        assert (carried.sent, carried.headers[b"content-type"]) == ([(b"<x/>", False)], b"application/xml")
        typed = Answer(content={}, headers={"Content-Type": "application/problem+json"})
        assert carry(carriage(EMBEDDED, "GET", "Jobs_Get"), piece(), answer=typed).headers[b"content-type"] == (
            b"application/problem+json"
        )

    def test_head_has_the_length_and_no_body(self) -> None:
        carried = carry(carriage(EMBEDDED, "HEAD", "Jobs_Get"), piece(), answer=Answer(content={"value": []}))
        assert (carried.sent, carried.headers[b"content-length"]) == ([(b"", False)], b"12")

    def test_no_content_has_no_length(self) -> None:
        carried = carry(
            carriage(EMBEDDED, "DELETE", "Folders_DeleteById"), piece(), answer=Answer(content=None, status=204)
        )
        assert (carried.status, b"content-length" in carried.headers) == (204, False)


class TestFiles:
    def test_a_file_comes_in_beyond_the_bound_of_json(self) -> None:
        what = carriage(EMBEDDED, "POST", "Processes_UploadPackage", ("transfer-encoding", "chunked"))
        carried = carry(what, piece(b"a" * 50, more=True), piece(b"b" * 40), answer=Answer(status=204))
        assert carried.body == b"a" * 50 + b"b" * 40

    @pytest.mark.parametrize("length", [("content-length", "97"), ("transfer-encoding", "chunked")])
    def test_a_file_beyond_its_own_bound_is_refused(self, length: tuple[str, str]) -> None:
        what = carriage(EMBEDDED, "POST", "Processes_UploadPackage", length)
        with pytest.raises(BodyTooLarge):
            carry(what, piece(b"a" * 50, more=True), piece(b"b" * 47), answer=Answer(status=204))

    @pytest.mark.parametrize(
        ("method", "sent"), [("GET", [(b"content", True), (b"", False)]), ("HEAD", [(b"", False)])]
    )
    def test_a_file_goes_out_in_pieces_and_is_closed(self, method: str, sent: list[tuple[bytes, bool]]) -> None:
        stream = BytesIO(b"content")
        answer = Answer(content=FileContent(stream, 7), headers={"Content-Type": "application/zip"})
        carried = carry(carriage(EMBEDDED, method, "Processes_DownloadPackageByKey"), piece(b""), answer=answer)
        assert carried.sent == sent
        assert (carried.headers[b"content-length"], carried.headers[b"content-type"]) == (b"7", b"application/zip")
        assert stream.closed
