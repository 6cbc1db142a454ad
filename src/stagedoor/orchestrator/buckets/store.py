"""All SQL of buckets."""

from sqlalchemy import ColumnElement, delete, exists, insert, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.buckets.models import Bucket, BucketEntry, BucketFolder
from stagedoor.orchestrator.buckets.paths import below, directories_of, folded_name_of, parent_of
from stagedoor.orchestrator.folder_links import FolderLinks
from stagedoor.orchestrator.stored_files.store import remove_selected
from stagedoor.passage import FolderPlace, Reach

links = FolderLinks(BucketFolder, BucketFolder.bucket_id, BucketFolder.folder_id, BucketFolder.name_folded)

LAST = "\U0010ffff"
"""Stands in no path and behind every character that does."""


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that the folder sees the bucket."""
    return links.seen_in(folder.id, Bucket.id)


def within_reach(tenant_id: str, reach: Reach, *, except_folder_id: int | None = None) -> ColumnElement[bool]:
    """Return the condition that a folder within reach, other than the one left out, sees the bucket."""
    return links.seen_within(tenant_id, reach, Bucket.id, except_folder_id=except_folder_id)


def has_id(bucket_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one bucket by its id."""
    return Bucket.id == bucket_id


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks one bucket by its identifier."""
    return Bucket.key == key


def find_bucket(session: Session, tenant_id: str, bucket_id: int, seen: ColumnElement[bool]) -> Bucket | None:
    """Return the bucket of this id, if it is seen."""
    return session.scalar(select(Bucket).where(Bucket.id == bucket_id, Bucket.tenant_id == tenant_id, seen))


def find_bucket_of_tenant(session: Session, tenant_id: str, bucket_id: int) -> Bucket | None:
    """Return the tenant's bucket of this id, whoever sees it."""
    return session.scalar(select(Bucket).where(Bucket.id == bucket_id, Bucket.tenant_id == tenant_id))


def has_bucket_key(session: Session, tenant_id: str, key: str) -> bool:
    """Tell whether a bucket of the tenant has this identifier."""
    return bool(session.scalar(select(exists().where(Bucket.tenant_id == tenant_id, Bucket.key == key))))


def add_bucket(session: Session, bucket: Bucket, folder_id: int) -> None:
    """Store a new bucket; raises ``NameInUse`` if the folder sees another of that name."""
    session.add(bucket)
    session.flush()
    links.link(session, bucket.id, folder_id, bucket.name)


def delete_bucket(session: Session, bucket: Bucket) -> None:
    """Delete a bucket with all its files."""
    remove_selected(session, select(BucketEntry.stored_name).where(BucketEntry.bucket_id == bucket.id))
    session.delete(bucket)
    session.flush()


def find_bucket_to_fill(session: Session, tenant_id: str, bucket_id: int) -> Bucket | None:
    """Return the tenant's bucket, whose files nobody else can change until the transaction ends."""
    found = select(Bucket).where(Bucket.id == bucket_id, Bucket.tenant_id == tenant_id)
    return session.scalar(found.with_for_update().execution_options(populate_existing=True))


def is_file_of(bucket: Bucket) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that pick the files of a bucket."""
    return BucketEntry.bucket_id == bucket.id, BucketEntry.is_directory.is_(False)


def is_directory_of(bucket: Bucket) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that pick the directories of a bucket."""
    return BucketEntry.bucket_id == bucket.id, BucketEntry.is_directory.is_(True)


def lies_in(directory: str) -> ColumnElement[bool]:
    """Return the condition that an entry lies in the directory itself."""
    return BucketEntry.parent == directory


def begins_with(prefix: str) -> ColumnElement[bool]:
    """Return the condition that an entry's path begins so."""
    return BucketEntry.path.between(prefix, prefix + LAST)


def has_path(path: str) -> ColumnElement[bool]:
    """Return the condition that picks one entry by its path."""
    return BucketEntry.path == path


def is_named_like(pattern: str) -> ColumnElement[bool]:
    """Return the condition that the last part of an entry's path meets a pattern of ``LIKE``, in any letter case."""
    return BucketEntry.name_folded.like(pattern.casefold(), escape="\\")


def find_file(session: Session, bucket: Bucket, path: str) -> BucketEntry | None:
    """Return the file at this path."""
    return session.scalar(select(BucketEntry).where(*is_file_of(bucket), has_path(path)))


def list_files(session: Session, bucket: Bucket, prefix: str, after: str, count: int) -> list[BucketEntry]:
    """Return files whose paths begin so and stand behind ``after``, by path."""
    files = select(BucketEntry).where(*is_file_of(bucket), begins_with(prefix), BucketEntry.path > after)
    return list(session.scalars(files.order_by(BucketEntry.path).limit(count)))


def add_file(session: Session, entry: BucketEntry) -> None:
    """Store a new file, and the directories that its path makes; the bucket is locked."""
    wanted = directories_of(entry.path)
    is_there = (BucketEntry.bucket_id == entry.bucket_id, BucketEntry.is_directory.is_(True))
    there = set(session.scalars(select(BucketEntry.path).where(*is_there, BucketEntry.path.in_(wanted))))
    missing = [path for path in wanted if path not in there]
    if missing:
        shared: dict[str, object] = {
            "tenant_id": entry.tenant_id,
            "bucket_id": entry.bucket_id,
            "is_directory": True,
            "size": 0,
        }
        shared["modified_at"] = entry.modified_at
        rows = [
            {**shared, "path": path, "parent": parent_of(path), "name_folded": folded_name_of(path)} for path in missing
        ]
        session.execute(insert(BucketEntry), rows)
    session.add(entry)
    session.flush()


def release_content(session: Session, entry: BucketEntry) -> None:
    """Let the content of a file go, which gets another or goes itself."""
    remove_selected(session, select(BucketEntry.stored_name).where(BucketEntry.id == entry.id))


def remove_file(session: Session, entry: BucketEntry) -> None:
    """Remove a file with its content, and the directories that nothing is left in; the bucket is locked."""
    release_content(session, entry)
    session.delete(entry)
    session.flush()
    of_bucket = BucketEntry.bucket_id == entry.bucket_id
    for directory in directories_of(entry.path):
        left = exists().where(of_bucket, BucketEntry.is_directory.is_(False), begins_with(below(directory)))
        if session.scalar(select(left)):
            return
        session.execute(
            delete(BucketEntry).where(of_bucket, BucketEntry.is_directory.is_(True), BucketEntry.path == directory)
        )
