"""Carry an allowed request to the embedded Orchestrator: its body whole or as a file, its answer likewise."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from stagedoor.catalog.operations import Match
from stagedoor.gateway.body import Receive, declared_length, read_whole
from stagedoor.gateway.carriage import Carriage
from stagedoor.gateway.file_bodies import fill_spool, send_pieces, spool
from stagedoor.kit.deferred import Deferred
from stagedoor.kit.settings import Limits
from stagedoor.kit.threads import WorkerThreads
from stagedoor.orchestrator.call import Answer, FileContent
from stagedoor.orchestrator.request import OrchestratorRequest
from stagedoor.passage import RequestHead

if TYPE_CHECKING:
    from stagedoor.orchestrator.app import Orchestrator

ODATA_JSON = b"application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"
PLAIN_JSON = b"application/json; charset=utf-8"

SendAnswerStart = Callable[[int, list[tuple[bytes, bytes]]], Awaitable[None]]
SendAnswerBody = Callable[[bytes, bool], Awaitable[None]]


class EmbeddedDestination:
    """The embedded Orchestrator as the gateway speaks to it; who comes before it is built waits for that."""

    def __init__(self, orchestrator: "Deferred[Orchestrator]", threads: WorkerThreads, limits: Limits) -> None:
        self._orchestrator = orchestrator
        self._threads = threads
        self._json_body_bytes_max = limits.json_body_bytes_max
        self._file_bytes_max = limits.file_bytes_max

    async def carry(
        self, carriage: Carriage, receive: Receive, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        """Carry the request out and send its answer."""
        head = carriage.head
        declared = declared_length(head.headers.get("content-length"))
        orchestrator = self._orchestrator.built
        if orchestrator is None:
            orchestrator = await self._threads.run(self._orchestrator.get)
        if orchestrator.takes_files(carriage.match.operation.id):
            with spool() as upload:
                await fill_spool(
                    upload, receive, declared=declared, bytes_max=self._file_bytes_max, threads=self._threads
                )
                answer = await self._carry_out(orchestrator, carriage, upload)
        else:
            body = await read_whole(receive, bytes_max=self._json_body_bytes_max, declared=declared)
            answer = await self._carry_out(orchestrator, carriage, body)
        if isinstance(answer.content, FileContent):
            await self._send_file(answer, answer.content, head, start, send_body)
            return
        headers, content = _render(answer, carriage.match)
        await start(answer.status, headers)
        await send_body(b"" if head.method == "HEAD" else content, False)

    async def _carry_out(self, orchestrator: "Orchestrator", carriage: Carriage, body: bytes | BinaryIO) -> Answer:
        return await self._threads.run(
            orchestrator.carry_out,
            OrchestratorRequest(
                operation=carriage.match.operation,
                tenant=carriage.tenant,
                caller=carriage.caller,
                folder=carriage.folder,
                reach=carriage.reach,
                path_arguments=carriage.match.arguments,
                query=carriage.query,
                headers=carriage.head.headers,
                body=body,
                base_url=carriage.base_url,
                request_id=carriage.head.request_id,
            ),
        )

    async def _send_file(
        self, answer: Answer, content: FileContent, head: RequestHead, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        with content.stream as stream_of_file:
            headers = [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()
            ]
            headers += [(b"cache-control", b"no-store"), (b"content-length", str(content.size).encode())]
            await start(answer.status, headers)
            if head.method == "HEAD":
                await send_body(b"", False)
            else:
                await send_pieces(stream_of_file, content.size, send_body, self._threads)


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
