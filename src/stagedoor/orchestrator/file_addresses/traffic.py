"""What goes in and out by addresses of files, once the door has let it in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.files import Files, KeptFile
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.file_addresses.permits import FilePermit, read_permit
from stagedoor.passage import TenantPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCall:
    """What a room works with when a file of its own is read or written."""

    session: Session
    tenant: TenantPlace
    clock: Clock
    chance: Chance
    files: Files


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file that may be read: its ``stored_name`` among the server's files, and what is said of it."""

    stored_name: str
    size: int
    content_type: str
    sha256: str
    modified_at: datetime

    @property
    def etag(self) -> str:
        """What names this content in HTTP (RFC 9110, section 8.8.3)."""
        return f'"{self.sha256}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRoom:
    """A room's side of its addresses.

    ``show`` returns the file that a permit leads to. ``verify_writable`` returns if a file may be written there, and
    ``accept`` writes down one that was kept, with its content type. Each raises ``NotFound`` for what is gone since the
    permit was given. A room without the latter two gives no permits to write.
    """

    name: str
    show: Callable[[FileCall, FilePermit], ShownFile]
    verify_writable: Callable[[FileCall, FilePermit], None] | None = None
    accept: Callable[[FileCall, FilePermit, KeptFile, str], None] | None = None


class FileTraffic:
    """Read and write files by permit. Every method blocks: call it from a worker thread."""

    def __init__(
        self,
        rooms: Iterable[FileRoom],
        *,
        database: Database,
        clock: Clock,
        chance: Chance,
        vault: Vault,
        files: Files,
    ) -> None:
        self._rooms = {room.name: room for room in rooms}
        self._database = database
        self._clock = clock
        self._chance = chance
        self._vault = vault
        self._files = files

    def read_permit(self, text: str) -> FilePermit:
        """Return the permit that an address carries, or raise ``FileAddressRefused``; blocks on nothing."""
        return read_permit(text, self._vault)

    def show(self, permit: FilePermit, tenant: TenantPlace) -> ShownFile:
        """Return what a permit to read leads to; raises ``NotFound`` where nothing is there."""
        room = self._room_of(permit)
        with self._database.read() as session:
            return room.show(self._call(session, tenant), permit)

    def open(self, shown: ShownFile, start: int = 0) -> BinaryIO:
        """Open the content of a file, from a byte of it on."""
        return self._files.open(shown.stored_name, start=start)

    def accept(self, permit: FilePermit, tenant: TenantPlace, content: BinaryIO, content_type: str) -> KeptFile:
        """Take a whole file in and return once it lies safely and is written down; nothing is written down on failure.

        The file is copied outside of any transaction, so that nobody waits for a large one.
        """
        room = self._room_of(permit)
        if room.verify_writable is None or room.accept is None:
            raise NotFound
        with self._database.read() as session:
            room.verify_writable(self._call(session, tenant), permit)
        kept = self._files.keep(self._chance.random_bytes(16).hex(), content)
        # Not removed where this fails: whether a transaction was committed cannot always be told. The sweep can.
        with self._database.write() as session:
            room.accept(self._call(session, tenant), permit, kept, content_type)
        return kept

    def _room_of(self, permit: FilePermit) -> FileRoom:
        room = self._rooms.get(permit.room)
        if room is None:
            raise NotFound
        return room

    def _call(self, session: Session, tenant: TenantPlace) -> FileCall:
        return FileCall(session=session, tenant=tenant, clock=self._clock, chance=self._chance, files=self._files)
