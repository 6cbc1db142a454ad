"""Carry an allowed request to its destination: the embedded Orchestrator or a remote one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from stagedoor.catalog.operations import Match
from stagedoor.gateway import at_most_once
from stagedoor.gateway.addresses import RewritingSink, accept_encoding_onward, addresses_of
from stagedoor.gateway.at_most_once import AtMostOnce
from stagedoor.gateway.body import Receive, declared_length, read_whole, stream
from stagedoor.gateway.folder_headers import FOLDER_HEADERS, folder_headers_onward
from stagedoor.gateway.leaving import CallerWatched
from stagedoor.kit.threads import WorkerThreads
from stagedoor.orchestrator.app import Orchestrator, OrchestratorRequest
from stagedoor.orchestrator.call import Answer
from stagedoor.passage import Caller, Destination, FolderPlace, Reach, RequestHead, TenantPlace
from stagedoor.upstream.forward import Forwarder, Through
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import AnswerSink, Exchange

ODATA_JSON = b"application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"
PLAIN_JSON = b"application/json; charset=utf-8"

# By these an Orchestrator may choose another tenant than the one whose address and token the connection has.
TENANT_HEADERS = (b"x-uipath-account", b"x-uipath-tenant")

SendAnswerStart = Callable[[int, list[tuple[bytes, bytes]]], Awaitable[None]]
SendAnswerBody = Callable[[bytes, bool], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """An allowed request with all that its destination needs to know."""

    head: RequestHead
    query: dict[str, str]
    path: str
    base_url: str
    tenant: TenantPlace
    caller: Caller
    match: Match
    folder: FolderPlace | None
    reach: Reach


class Gateway:
    """Send each allowed request where its tenant lives."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        forwarder: Forwarder,
        threads: WorkerThreads,
        *,
        json_body_bytes_max: int,
    ) -> None:
        self._orchestrator = orchestrator
        self._forwarder = forwarder
        self._at_most_once = AtMostOnce(forwarder)
        self._threads = threads
        self._json_body_bytes_max = json_body_bytes_max

    async def carry(
        self, carriage: Carriage, receive: Receive, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        """Carry the request out and send its answer."""
        if destination_of(carriage.tenant) is Destination.EMBEDDED:
            await self._carry_embedded(carriage, receive, start, send_body)
        else:
            await self._carry_remote(carriage, receive, start, send_body)

    def begin(self, carriage: Carriage, sink: AnswerSink) -> Exchange:
        """Begin to carry a request to a remote Orchestrator, for whoever takes the answer without awaiting it.

        Raises what :meth:`~stagedoor.upstream.wire.upstream_wire.UpstreamWire.begin` raises.
        """
        return self._forwarder.wire.begin(onward_of(carriage), _rewriting(carriage)(sink))

    def prepare(self) -> None:
        """Load what only requests to a remote Orchestrator need; for a worker thread."""
        self._forwarder.prepare()

    async def close(self) -> None:
        """Give every upstream connection back."""
        await self._forwarder.close()

    async def _carry_embedded(
        self, carriage: Carriage, receive: Receive, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        head = carriage.head
        body = await read_whole(
            receive,
            bytes_max=self._json_body_bytes_max,
            declared=declared_length(head.headers.get("content-length")),
        )
        answer = await self._threads.run(
            self._orchestrator.carry_out,
            OrchestratorRequest(
                operation=carriage.match.operation,
                tenant=carriage.tenant,
                caller=carriage.caller,
                folder=carriage.folder,
                reach=carriage.reach,
                path_arguments=carriage.match.arguments,
                query=carriage.query,
                headers=head.headers,
                body=body,
                base_url=carriage.base_url,
                request_id=head.request_id,
            ),
        )
        headers, content = _render(answer, carriage.match)
        await start(answer.status, headers)
        await send_body(b"" if head.method == "HEAD" else content, False)

    async def _carry_remote(
        self, carriage: Carriage, receive: Receive, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        onward = onward_of(carriage)
        if carriage.match.operation.id in at_most_once.OPERATIONS and not _is_encoded(carriage.head):
            await self._carry_once(carriage, onward, receive, start, send_body)
            return
        body_is_read = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            async for piece in stream(receive):
                yield piece
            body_is_read.set()

        async def send_chunk(chunk: bytes) -> None:
            await send_body(chunk, True)

        if not onward.has_body:
            await read_whole(receive, bytes_max=0)
            body_is_read.set()
        async with CallerWatched(receive, body_is_read):
            await self._forwarder.forward(onward, body(), start, send_chunk, through=_rewriting(carriage))
        await send_body(b"", False)

    async def _carry_once(
        self,
        carriage: Carriage,
        onward: Onward,
        receive: Receive,
        start: SendAnswerStart,
        send_body: SendAnswerBody,
    ) -> None:
        head = carriage.head
        body = await read_whole(
            receive,
            bytes_max=self._json_body_bytes_max,
            declared=declared_length(head.headers.get("content-length")),
        )

        async def send_chunk(chunk: bytes) -> None:
            await send_body(chunk, True)

        # A caller who leaves ends nothing here: what was begun is brought to its end, so that its outcome is known.
        await self._at_most_once.forward(
            carriage.match.operation.id,
            onward,
            body,
            request_id=head.request_id,
            caller_id=carriage.caller.id,
            idempotency_key=head.headers.get(at_most_once.IDEMPOTENCY_HEADER),
            through=_rewriting(carriage),
            start_answer=start,
            send_chunk=send_chunk,
        )
        await send_body(b"", False)


def _rewriting(carriage: Carriage) -> Through:
    addresses = addresses_of(str(carriage.tenant.remote_base_url), carriage.base_url)
    return partial(RewritingSink, addresses=addresses, is_head=carriage.head.method == "HEAD")


def carries_at_once(match: Match) -> bool:
    """Tell whether an operation goes upstream piece by piece; the others are held until their outcome is known."""
    return match.operation.id not in at_most_once.OPERATIONS


def _is_encoded(head: RequestHead) -> bool:
    return head.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")


def onward_of(carriage: Carriage) -> Onward:
    """Return the request as it goes to a remote Orchestrator: what was judged, and nothing that names another place."""
    head = carriage.head
    length = declared_length(head.headers.get("content-length"))
    has_body = bool(length) or "transfer-encoding" in head.headers
    return Onward(
        method=head.method,
        base_url=str(carriage.tenant.remote_base_url),
        path=carriage.path,
        query=head.query,
        headers=(
            *accept_encoding_onward(tuple(pair for pair in head.raw_headers if not _names_a_place(pair[0]))),
            *folder_headers_onward(head, carriage.folder, carriage.match.operation.folder),
        ),
        token=carriage.tenant.upstream_token,
        has_body=has_body,
        content_length=length if has_body else None,
        ca_pem=carriage.tenant.ca_pem,
        proxy_url=carriage.tenant.proxy_url,
    )


def destination_of(tenant: TenantPlace) -> Destination:
    """Tell where a tenant's Orchestrator is."""
    return Destination.EMBEDDED if tenant.remote_base_url is None else Destination.REMOTE


def _names_a_place(header: bytes) -> bool:
    if not header.startswith(b"x"):
        return False
    # Some servers read an underscore in a header's name as a dash.
    name = header.replace(b"_", b"-")
    return name in FOLDER_HEADERS or name.startswith(TENANT_HEADERS)


def _render(answer: Answer, match: Match) -> tuple[list[tuple[bytes, bytes]], bytes]:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    content: Any = answer.content
    if content is None:
        body = b""
    elif isinstance(content, bytes):
        body = content
    else:
        body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
        if "content-type" not in {name.lower() for name in answer.headers}:
            is_odata = match.operation.template.startswith("/odata")
            headers.append((b"content-type", ODATA_JSON if is_odata else PLAIN_JSON))
    if match.operation.template.startswith("/odata"):
        headers.append((b"odata-version", b"4.0"))
    headers.append((b"cache-control", b"no-store"))
    if answer.status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    return headers, body
