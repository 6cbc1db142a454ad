"""The index of a remote Orchestrator's folders, read from it and kept for a minute."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from stagedoor.kit.clock import Clock
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import get_logger
from stagedoor.passage import FolderPlace, TenantPlace
from stagedoor.upstream.errors import UpstreamBroke
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.onward import Onward

KEPT = timedelta(seconds=60)
ASKED_AGAIN_AFTER = timedelta(seconds=5)
"""A folder that is not in the index may be new. So often, and no more, is the upstream asked for one that is not."""
PAGE_FOLDERS = 1000
FOLDERS_MAX = 20_000
PAGE_BYTES_MAX = 8 * 1024 * 1024
DEPTH_MAX = 32

_log = get_logger("stagedoor.upstream")


@dataclass(frozen=True, slots=True)
class RemoteFolderIndex:
    """A tenant's folders as they were at ``read_at``. ``is_known`` is false where the upstream would not list them."""

    read_at: datetime
    is_known: bool = False
    places: tuple[FolderPlace, ...] = ()
    by_id: dict[int, FolderPlace] = field(default_factory=dict)
    by_key: dict[str, FolderPlace] = field(default_factory=dict)
    by_path: dict[str, FolderPlace] = field(default_factory=dict)


class RemoteFolders:
    """Find the folders of remote tenants.

    The vendor's number of a folder can change while its key stays; a number that a folder once had goes on finding
    it for as long as this process lives, unless another folder has it now. All but :meth:`latest` is for the event
    loop alone.
    """

    def __init__(self, forwarder: Forwarder, clock: Clock) -> None:
        self._forwarder = forwarder
        self._clock = clock
        self._indexes: dict[str, RemoteFolderIndex] = {}
        self._former_numbers: dict[str, dict[int, str]] = {}
        self._readings: dict[str, asyncio.Task[RemoteFolderIndex]] = {}

    def find_index(self, tenant: TenantPlace) -> RemoteFolderIndex | None:
        """Return the tenant's index, or ``None`` where it has to be read first."""
        index = self._indexes.get(_source(tenant))
        return None if index is None or self._clock.now() - index.read_at > KEPT else index

    def latest(self, tenant: TenantPlace) -> RemoteFolderIndex | None:
        """Return what is known of the tenant's folders, however old; for words on a page. Any thread may ask."""
        return self._indexes.get(_source(tenant))

    def may_be_outdated(self, index: RemoteFolderIndex) -> bool:
        """Tell whether a folder that the index does not hold may be worth another reading."""
        return self._clock.now() - index.read_at > ASKED_AGAIN_AFTER

    def find_by_id(self, tenant: TenantPlace, index: RemoteFolderIndex, number: int) -> FolderPlace | None:
        """Return the folder that has this number now, else the one that had it."""
        if (place := index.by_id.get(number)) is not None:
            return place
        key = self._former_numbers.get(_source(tenant), {}).get(number)
        return index.by_key.get(key) if key is not None else None

    async def refresh(self, tenant: TenantPlace) -> None:
        """Read the tenant's folders, unless that was done within the minute."""
        if self.find_index(tenant) is None:
            await self.read(tenant)

    async def read(self, tenant: TenantPlace) -> RemoteFolderIndex:
        """Ask the upstream and return the new index; callers that come meanwhile wait for the same reading.

        Where the upstream cannot be asked or refuses, the index says that nothing is known.
        """
        source = _source(tenant)
        reading = self._readings.get(source)
        if reading is None:
            reading = self._readings[source] = asyncio.create_task(self._read(tenant))
            reading.add_done_callback(lambda _: self._readings.pop(source, None))
        # Shielded: one caller who leaves does not end the reading of all.
        return await asyncio.shield(reading)

    async def _read(self, tenant: TenantPlace) -> RemoteFolderIndex:
        source = _source(tenant)
        now = self._clock.now()
        try:
            rows = await self._ask(tenant)
        except StagedoorError as failure:
            _log.warning("remote_folders_unknown", tenant=tenant.tenant_name, code=failure.code)
            index = RemoteFolderIndex(now)
        else:
            index = _index(rows, now)
        before = self._indexes.get(source)
        if before is not None:
            former = self._former_numbers.setdefault(source, {})
            former.update({place.id: place.key for place in before.places})
        self._indexes[source] = index
        return index

    async def _ask(self, tenant: TenantPlace) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while len(rows) < FOLDERS_MAX:
            page = await self._ask_page(tenant, len(rows))
            rows += page
            if len(page) < PAGE_FOLDERS:
                break
        return rows

    async def _ask_page(self, tenant: TenantPlace, skip: int) -> list[dict[str, Any]]:
        body = bytearray()
        status = 0

        async def start(answered: int, _: list[tuple[bytes, bytes]]) -> None:
            nonlocal status
            status = answered

        async def take(chunk: bytes) -> None:
            body.extend(chunk)
            if len(body) > PAGE_BYTES_MAX:
                raise UpstreamBroke(internal="the list of folders is too long")

        onward = Onward(
            method="GET",
            base_url=str(tenant.remote_base_url),
            path="/odata/Folders",
            query=f"$select=Id,Key,FullyQualifiedName,ParentId&$orderby=Id&$top={PAGE_FOLDERS}&$skip={skip}",
            headers=((b"accept", b"application/json"),),
            token=tenant.upstream_token,
            has_body=False,
            content_length=None,
            ca_pem=tenant.ca_pem,
            proxy_url=tenant.proxy_url,
            owns_credential=True,
            connection_id=tenant.connection_id,
        )
        await self._forwarder.forward(onward, _nothing(), start, take)
        if status != 200:
            raise UpstreamBroke(internal=f"the list of folders was answered {status}")
        try:
            page = orjson.loads(bytes(body))["value"]
            return [{name: row[name] for name in ("Id", "Key", "FullyQualifiedName", "ParentId")} for row in page]
        except (orjson.JSONDecodeError, KeyError, TypeError) as strange:
            raise UpstreamBroke(internal="the list of folders is no list of folders") from strange


async def _nothing() -> AsyncIterator[bytes]:
    pieces: tuple[bytes, ...] = ()
    for piece in pieces:
        yield piece


def _source(tenant: TenantPlace) -> str:
    # A tenant that was moved to another upstream has other folders.
    return f"{tenant.tenant_id} {tenant.remote_base_url}"


def _index(rows: list[dict[str, Any]], read_at: datetime) -> RemoteFolderIndex:
    sound = {
        row["Id"]: row
        for row in rows
        if type(row["Id"]) is int and isinstance(row["Key"], str) and isinstance(row["FullyQualifiedName"], str)
    }
    places = tuple(
        FolderPlace(id=number, key=row["Key"].lower(), path=row["FullyQualifiedName"], lineage=lineage)
        for number, row in sound.items()
        if (lineage := _lineage(number, sound)) is not None
    )
    return RemoteFolderIndex(
        read_at=read_at,
        is_known=True,
        places=tuple(sorted(places, key=lambda place: place.path)),
        by_id={place.id: place for place in places},
        by_key={place.key: place for place in places},
        by_path={place.path.casefold(): place for place in places},
    )


def _lineage(number: int, rows: dict[int, dict[str, Any]]) -> tuple[str, ...] | None:
    """Return the keys from the root down, or ``None`` where the line of parents has no end or breaks."""
    keys: list[str] = []
    at: int | None = number
    while at is not None:
        row = rows.get(at)
        # A parent that is not listed, or a ring: whose folder it is cannot be said, so nobody's grant reaches it.
        if row is None or len(keys) == DEPTH_MAX:
            return None
        keys.append(row["Key"].lower())
        at = row["ParentId"]
    return tuple(reversed(keys))
