"""What of a caller's head goes on to a remote Orchestrator: nothing that could choose another place than was judged."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from tests.factories.callers import caller, terms
from tests.factories.gateways import gateway_of

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Match
from stagedoor.gateway.carriage import Carriage
from stagedoor.gateway.dispatch import carries_at_once
from stagedoor.kit.secret import Secret
from stagedoor.passage import FolderPlace, Reach, RequestHead, TenantPlace
from stagedoor.upstream.onward import Onward

TENANT = TenantPlace("o1", "acme", "t1", "dev", "https://orchestrator.example", Secret("upstream"))
JUDGED = FolderPlace(7, "11111111-2222-3333-4444-555555555555", "Shared", ("11111111-2222-3333-4444-555555555555",))


class Noting:
    """A forwarder that sends nothing and notes what it was to send."""

    def __init__(self) -> None:
        self.onward: Onward | None = None

    async def forward(self, onward: Onward, body: AsyncIterator[bytes], start: Any, chunk: Any, **_: Any) -> int:
        self.onward = onward
        await start(200, [])
        return 200


def sent_on(*headers: tuple[bytes, bytes], folder: FolderPlace | None = JUDGED) -> dict[bytes, bytes]:
    head = RequestHead(
        method="GET",
        path="/odata/Jobs",
        query="",
        headers={name.decode(): value.decode() for name, value in headers},
        raw_headers=headers,
        client_address="192.0.2.7",
    )
    carriage = Carriage(
        head=head,
        query={},
        path=head.path,
        base_url="http://stagedoor.example",
        tenant=TENANT,
        caller=caller(terms("all")),
        match=Match(CATALOG.get_operation("Jobs_Get"), {}),
        folder=folder,
        reach=Reach(),
    )
    noting = Noting()
    gateway = gateway_of(cast("Any", noting))
    waiting: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def start(status: int, answer_headers: list[tuple[bytes, bytes]]) -> None:
        assert status == 200

    async def send_body(piece: bytes, more: bool) -> None:
        assert piece == b""

    asyncio.run(gateway.carry(carriage, receive, start, send_body))
    assert noting.onward is not None
    return dict(noting.onward.headers)


@pytest.mark.parametrize(
    "name", [b"x-uipath-tenantname", b"x-uipath-tenantid", b"x_uipath_tenantname", b"x-uipath-accountname"]
)
def test_no_header_chooses_another_tenant_of_the_upstream(name: bytes) -> None:
    assert sent_on((name, b"another"), (b"accept", b"application/json")) == {
        b"accept": b"application/json",
        b"accept-encoding": b"identity",
        b"x-uipath-folderkey": JUDGED.key.encode(),
    }


@pytest.mark.parametrize(
    "name",
    [b"x-uipath-folderkey", b"x_uipath_folderkey", b"x-uipath-organizationunitid", b"X-UIPATH-FOLDERPATH".lower()],
)
def test_no_header_names_another_folder_than_was_judged(name: bytes) -> None:
    assert sent_on((name, b"another")) == {
        b"accept-encoding": b"identity",
        b"x-uipath-folderkey": JUDGED.key.encode(),
    }


@pytest.mark.parametrize(
    ("method", "headers", "is_at_once"),
    [("POST", {}, True), ("POST", {"idempotency-key": "k"}, False), ("GET", {"idempotency-key": "k"}, True)],
)
def test_only_a_write_with_an_idempotency_key_is_remembered_before_it_is_sent(
    method: str, headers: dict[str, str], is_at_once: bool
) -> None:
    match = Match(CATALOG.get_operation("QueueDefinitions_Post"), {})
    head = RequestHead(method, "/odata/QueueDefinitions", "", headers, (), "192.0.2.7", "r1")
    assert carries_at_once(match, head) is is_at_once
