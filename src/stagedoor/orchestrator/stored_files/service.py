"""What rooms do with files: keep, show, release; and the sweeping of what nobody holds."""

from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO

from sqlalchemy.orm import Session

from stagedoor.kit.files import FileMissing, KeptFile
from stagedoor.orchestrator.call import Call, FileContent
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.file_addresses.traffic import FileCall
from stagedoor.orchestrator.stored_files import store
from stagedoor.orchestrator.stored_files.models import StoredFile

SWEPT_AFTER = timedelta(hours=1)
"""Longer than any upload and any transaction takes: a younger file may be about to be written down."""

SWEPT_AT_ONCE = 500
BINARY = "application/octet-stream"


def keep(call: Call, content: BinaryIO, *, content_type: str | None = None) -> StoredFile:
    """Keep a file for the call's tenant and return its row, written in the call's transaction."""
    return write_down(call, call.files.keep(call.chance.random_bytes(16).hex(), content), content_type=content_type)


def write_down(call: Call | FileCall, kept: KeptFile, *, content_type: str | None = None) -> StoredFile:
    """Write down a file that was kept before, in the call's transaction, and return its row."""
    return write_row(call.session, call.tenant.tenant_id, kept, content_type=content_type, now=call.clock.now())


def write_row(
    session: Session, tenant_id: str, kept: KeptFile, *, content_type: str | None, now: datetime
) -> StoredFile:
    """Write down a file that was kept before, for what works without a call."""
    row = StoredFile(
        name=kept.name,
        tenant_id=tenant_id,
        size=kept.size,
        sha256=kept.sha256,
        content_type=content_type,
        created_at=now,
    )
    store.add(session, row)
    return row


def get(call: Call | FileCall, name: str) -> StoredFile:
    """Return the row of the tenant's file, or raise :class:`~stagedoor.kit.files.FileMissing`."""
    row = store.find(call.session, call.tenant.tenant_id, name)
    if row is None:
        raise FileMissing(internal=name)
    return row


def show(call: Call, name: str) -> FileContent:
    """Return a file as the content of an answer, sent piece by piece."""
    row = get(call, name)
    return FileContent(call.files.open(name), row.size)


def release(session: Session, *names: str) -> None:
    """Let files go: written off with the transaction, removed by the sweep."""
    store.remove(session, names)


def _sweep(duty: DutyCall) -> None:
    before = (duty.clock.now() - SWEPT_AFTER).timestamp()
    old = duty.files.names_before(before)
    while names := list(islice(old, SWEPT_AT_ONCE)):
        with duty.database.read() as session:
            held = store.held_of(session, names)
        for name in set(names) - held:
            duty.files.remove(name)


SWEEP = Duty("sweep stored files", every=timedelta(minutes=10), carry_out=_sweep)
