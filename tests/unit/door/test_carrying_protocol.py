"""What a carried request costs the process beside its time, without a socket on either side."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.house import SmallHouse, open_small_house
from uvicorn.server import ServerState

from stagedoor.audit.entry import AuditEntry
from stagedoor.door.carrying_protocol import CarryingProtocol
from stagedoor.door.server import server_config
from stagedoor.upstream.wire.connection import UpstreamConnection

REQUESTS = 20
ROUNDS = 3
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"value":[]}'


class Wire(asyncio.Transport):
    """The other end of a connection, as a list of what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.7", 4000) if name == "peername" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def abort(self) -> None:
        pass

    close = pause_reading = resume_reading = abort


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallHouse]:
    with open_small_house(tmp_path) as house:
        order = {"remote_base_url": "http://127.0.0.1:9", "token": "canary-upstream-token"}
        assert house.manage("PUT", "/tenants/dev/destination", house.admin_token, json=order).status_code == 200
        house.house.changes.catch_up()
        yield house


def test_nothing_of_a_carried_request_is_left_to_the_garbage_collector_and_each_answer_is_one_write(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream: list[UpstreamConnection] = []

    async def open_connection(_: object, connection: UpstreamConnection) -> None:
        connection.connection_made(Wire())
        upstream.append(connection)

    monkeypatch.setattr("stagedoor.upstream.wire.pool.open_connection", open_connection)
    recorded: list[AuditEntry] = []
    # The writer's thread leaves garbage of its own.
    monkeypatch.setattr(small.house.audit, "record", recorded.append)
    request = f"GET /acme/dev/odata/Assets HTTP/1.1\r\nHost: x\r\nX-API-Key: {small.make_key('all')}\r\n\r\n".encode()
    recorded.clear()

    async def carry() -> tuple[Wire, int]:
        config = server_config(small.house)
        config.load()
        caller, wire = CarryingProtocol(config, ServerState(), {}), Wire()
        caller.connection_made(wire)
        caller.data_received(request)
        while not upstream:  # noqa: ASYNC110  # for the first one a connection is opened by a task
            await asyncio.sleep(0)
        upstream[0].data_received(ANSWER)
        await asyncio.sleep(0)
        found = []
        for _ in range(ROUNDS):
            gc.collect()
            gc.disable()
            try:
                for _ in range(REQUESTS):
                    caller.data_received(request)
                    upstream[0].data_received(ANSWER)
                    await asyncio.sleep(0)
                found.append(gc.collect())
            finally:
                gc.enable()
        caller.connection_lost(None)
        # Threads of other tests may leave garbage meanwhile; what a request leaves is there in every round.
        return wire, min(found)

    wire, found = small.loop.run_until_complete(carry())
    assert found == 0
    assert len(upstream) == 1
    assert len(wire.written) == len(recorded) == 1 + ROUNDS * REQUESTS
    assert all(answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b'{"value":[]}') for answer in wire.written)
    assert {entry.status for entry in recorded} == {200}
    assert len({entry.request_id for entry in recorded}) == len(recorded)
