"""The files of a bucket: found, listed page by page, deleted, and written and read by addresses."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.buckets import store
from stagedoor.orchestrator.buckets.models import Bucket, BucketEntry
from stagedoor.orchestrator.buckets.paths import folded_name_of, parent_of
from stagedoor.orchestrator.buckets.schemas import BucketOption
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.file_addresses.permits import FilePermit
from stagedoor.orchestrator.file_addresses.traffic import FileCall, FileRoom, ShownFile
from stagedoor.orchestrator.stored_files import service as stored_files

ROOM = "bucket"
PAGE = 500
PAGE_MAX = 1000
CONTENT_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some files in the order of their paths; ``next_token`` asks for those behind them, where there are any."""

    files: Sequence[BucketEntry]
    next_token: str | None


def list_page(session: Session, bucket: Bucket, prefix: str, *, token: str | None, count: int) -> FilePage:
    """Return one page of the files whose paths begin so: ``count`` of them, 500 for 0, 1,000 at most.

    Raises ``InvalidRequest`` for a token that no page ended with.
    """
    size = min(count or PAGE, PAGE_MAX)
    found = store.list_files(session, bucket, prefix, _read_token(token), size + 1)
    return FilePage(found[:size], _token_of(found[size - 1]) if len(found) > size else None)


def get_file(session: Session, bucket: Bucket, path: str) -> BucketEntry:
    """Return a file, or raise ``NotFound``."""
    entry = store.find_file(session, bucket, path)
    if entry is None:
        raise NotFound(f"There is no file {path!r} in the bucket {bucket.name!r}.")
    return entry


def delete_file(session: Session, bucket: Bucket, path: str) -> None:
    """Delete a file; raises ``NotFound`` where there is none, ``Conflict`` (409) in a bucket that is only read."""
    held = _found(store.find_bucket_to_fill(session, bucket.tenant_id, bucket.id))
    verify_writable(held)
    store.remove_file(session, get_file(session, held, path))


def put_file(session: Session, bucket: Bucket, path: str, kept: KeptFile, *, content_type: str, now: datetime) -> None:
    """Write a file that was kept before into a bucket, in place of what was there.

    ``bucket`` comes from :func:`~stagedoor.orchestrator.buckets.store.find_bucket_to_fill`, ``path`` is in canonical
    form.
    """
    stored_files.write_row(session, bucket.tenant_id, kept, content_type=content_type, now=now)
    entry = store.find_file(session, bucket, path)
    if entry is not None:
        store.release_content(session, entry)
        entry.stored_name, entry.size, entry.content_type, entry.modified_at = kept.name, kept.size, content_type, now
        session.flush()
        return
    store.add_file(
        session,
        BucketEntry(
            tenant_id=bucket.tenant_id,
            bucket_id=bucket.id,
            path=path,
            parent=parent_of(path),
            name_folded=folded_name_of(path),
            is_directory=False,
            stored_name=kept.name,
            size=kept.size,
            content_type=content_type,
            modified_at=now,
        ),
    )


def verify_writable(bucket: Bucket) -> None:
    """Return if the bucket's files may be changed, or raise ``Conflict``."""
    if bucket.options == BucketOption.READ_ONLY:
        raise Conflict(
            f"The bucket {bucket.name!r} is read-only.", hint="Change its Options, or use another bucket for this file."
        )


def _show(call: FileCall, permit: FilePermit) -> ShownFile:
    entry = get_file(call.session, _bucket_of(call, permit), permit.path)
    row = stored_files.get(call, entry.stored_name or "")
    return ShownFile(
        stored_name=row.name,
        size=row.size,
        content_type=entry.content_type or CONTENT_TYPE,
        sha256=row.sha256,
        modified_at=entry.modified_at,
    )


def _verify_writable(call: FileCall, permit: FilePermit) -> None:
    verify_writable(_bucket_of(call, permit))


def _accept(call: FileCall, permit: FilePermit, kept: KeptFile, content_type: str) -> None:
    bucket = _found(store.find_bucket_to_fill(call.session, call.tenant.tenant_id, int(permit.thing)))
    verify_writable(bucket)
    put_file(call.session, bucket, permit.path, kept, content_type=content_type, now=call.clock.now())


def _bucket_of(call: FileCall, permit: FilePermit) -> Bucket:
    return _found(store.find_bucket_of_tenant(call.session, call.tenant.tenant_id, int(permit.thing)))


def _found(bucket: Bucket | None) -> Bucket:
    if bucket is None:
        raise NotFound("The bucket that this address leads to is gone.")
    return bucket


def _token_of(entry: BucketEntry) -> str:
    return base64.urlsafe_b64encode(entry.path.encode()).decode()


def _read_token(token: str | None) -> str:
    if not token:
        return ""
    try:
        after = base64.urlsafe_b64decode(token.encode("ascii")).decode()
    except (UnicodeError, binascii.Error):
        after = ""
    if not after.startswith("/") or "\0" in after:
        raise InvalidRequest(
            "The continuationToken was not given by an earlier answer.", details={"field": "continuationToken"}
        )
    return after


FILES = FileRoom(name=ROOM, show=_show, verify_writable=_verify_writable, accept=_accept)
