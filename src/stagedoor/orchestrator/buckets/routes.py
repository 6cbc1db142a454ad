"""The vendor's operations on buckets and on the files in them."""

from typing import Any

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.buckets import files, service, store
from stagedoor.orchestrator.buckets.entities import BLOB_FILES, BUCKETS
from stagedoor.orchestrator.buckets.models import Bucket, BucketEntry
from stagedoor.orchestrator.buckets.paths import (
    TOP,
    below,
    read_directory_path,
    read_file_path,
    read_glob,
    read_prefix,
)
from stagedoor.orchestrator.buckets.schemas import read_bucket
from stagedoor.orchestrator.buckets.service import Writer
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_query_integer,
    get_body,
    get_guid_argument,
    get_number_argument,
    read_query_boolean,
)
from stagedoor.orchestrator.file_addresses.access import read_minutes, show_read_access, show_write_access
from stagedoor.orchestrator.folder_place import get_folder, show_accessible_folders
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.sharing import read_shares

CONTENT_TYPE_LENGTH_MAX = 255
KEPT_HERE = (
    "The files of every bucket are kept by Stagedoor itself: a store elsewhere, if one is named, is written down and "
    "not used."
)
ADDRESS_NOTE = (
    "The address is Stagedoor's own, lasts half an hour unless told otherwise and a week at most, and never asks for a "
    "credential."
)

routes = Routes()


@routes.reads("Buckets_Get", basis=Basis.CLIENT)
def list_buckets(call: Call) -> Answer:
    """Answer the buckets that the folder sees."""
    return read_set(call, BUCKETS, [store.in_folder(get_folder(call))])


@routes.reads("Buckets_GetBucketsAcrossFolders", basis=Basis.CLIENT)
def list_buckets_across_folders(call: Call) -> Answer:
    """Answer the buckets of every folder within reach, but for the one that ``excludeFolderId`` names."""
    except_folder_id = find_query_integer(call, "excludeFolderId")
    within = store.within_reach(call.tenant.tenant_id, call.reach, except_folder_id=except_folder_id)
    return read_set(call, BUCKETS, [within])


@routes.reads("Buckets_GetById", basis=Basis.CLIENT)
def get_bucket(call: Call) -> Answer:
    """Answer one bucket by its id."""
    bucket_id = get_number_argument(call, "key")
    return read_one(call, BUCKETS, [store.has_id(bucket_id), store.in_folder(get_folder(call))])


@routes.reads("Buckets_GetByKeyByIdentifier", basis=Basis.CLIENT)
def get_bucket_by_key(call: Call) -> Answer:
    """Answer one bucket by its identifier."""
    key = get_guid_argument(call, "identifier")
    return read_one(call, BUCKETS, [store.has_key(key), store.in_folder(get_folder(call))])


@routes.writes("Buckets_Post", basis=Basis.CLIENT, note=KEPT_HERE)
def create_bucket(call: Call) -> Answer:
    """Make a bucket."""
    values = read_bucket(get_body(call))
    bucket = service.create_bucket(call.session, call.tenant.tenant_id, get_folder(call).id, values, _writer_of(call))
    return read_one(call, BUCKETS, [store.has_id(bucket.id)], status=201)


@routes.writes("Buckets_PutById", note=KEPT_HERE)
def update_bucket(call: Call) -> Answer:
    """Change a bucket's settings."""
    bucket = _bucket_in_path(call, "key")
    service.update_bucket(call.session, bucket, read_bucket(get_body(call)), _writer_of(call))
    return read_one(call, BUCKETS, [store.has_id(bucket.id)])


@routes.writes("Buckets_DeleteById", basis=Basis.CLIENT)
def delete_bucket(call: Call) -> Answer:
    """Delete a bucket with its files."""
    service.delete_bucket(call.session, _bucket_in_path(call, "key"), call.reach)
    return Answer(status=204)


@routes.reads("Buckets_GetFoldersForBucketById")
def list_folders_of_bucket(call: Call) -> Answer:
    """Answer the folders within reach that see the bucket."""
    bucket_id = get_number_argument(call, "id")
    bucket = service.get_bucket_within_reach(call.session, call.tenant.tenant_id, call.reach, bucket_id)
    folders, total = service.list_folders(call.session, bucket, call.reach)
    return show_accessible_folders(call, folders, total)


@routes.writes("Buckets_ShareToFolders")
def share_buckets(call: Call) -> Answer:
    """Let further folders see buckets, or take them out of folders."""
    shares = read_shares(get_body(call), "BucketIds")
    service.share_buckets(call.session, call.tenant.tenant_id, get_folder(call), shares, call.reach)
    return Answer(status=204)


@routes.reads(
    "Buckets_ListFilesById",
    basis=Basis.CLIENT,
    note="A page holds takeHint files, 500 where nothing is said and 1,000 at most, in the order of their paths.",
)
def list_files(call: Call) -> Answer:
    """Answer one page of a bucket's files, with addresses to download them from where a time for these is named."""
    bucket = _bucket_in_path(call, "id")
    prefix = read_prefix(call.query.get("prefix", ""))
    count = find_query_integer(call, "takeHint", default=0)
    page = files.list_page(call.session, bucket, prefix, token=call.query.get("continuationtoken"), count=count)
    minutes = read_minutes(call) if call.query.get("expiryinminutes") else None
    content: dict[str, Any] = {"items": [_show_item(call, bucket, entry, minutes) for entry in page.files]}
    if page.next_token is not None:
        content["continuationToken"] = page.next_token
    return Answer(content=content)


@routes.reads(
    "Buckets_GetFilesByKey",
    basis=Basis.CLIENT,
    note="Only files are listed; GetDirectories lists the directories. The pattern goes by the file's name alone.",
)
def list_files_of_directory(call: Call) -> Answer:
    """Answer the files of a directory, those below it too if asked."""
    bucket = _bucket_in_path(call, "key")
    directory = read_directory_path(call.query.get("directory", ""))
    recursive = read_query_boolean(call, "recursive")
    within = store.begins_with(below(directory)) if recursive else store.lies_in(directory)
    return read_set(call, BLOB_FILES, [*store.is_file_of(bucket), within, *_named_as_asked(call)])


@routes.reads("Buckets_GetDirectoriesByKey")
def list_directories(call: Call) -> Answer:
    """Answer the directories in a directory."""
    bucket = _bucket_in_path(call, "key")
    directory = read_directory_path(call.query.get("directory", ""))
    where = [*store.is_directory_of(bucket), store.lies_in(directory), *_named_as_asked(call)]
    return read_set(call, BLOB_FILES, where)


@routes.reads("Buckets_GetFileByKey")
def get_file(call: Call) -> Answer:
    """Answer what is known of one file."""
    bucket = _bucket_in_path(call, "key")
    path = read_file_path(call.query.get("path", ""))
    return read_one(call, BLOB_FILES, [*store.is_file_of(bucket), store.has_path(path)])


@routes.writes("Buckets_DeleteFileByKey", basis=Basis.CLIENT)
def delete_file(call: Call) -> Answer:
    """Delete a file."""
    bucket = _bucket_in_path(call, "key")
    files.delete_file(call.session, bucket, read_file_path(call.query.get("path", "")))
    return Answer(status=204)


@routes.reads(
    "Buckets_GetReadUriByKey", basis=Basis.CLIENT, note=f"{ADDRESS_NOTE} A file that is not there is refused at once."
)
def get_read_address(call: Call) -> Answer:
    """Answer an address to download a file from."""
    bucket = _bucket_in_path(call, "key")
    entry = files.get_file(call.session, bucket, read_file_path(call.query.get("path", "")))
    access = show_read_access(call, files.ROOM, bucket.id, entry.path, minutes=read_minutes(call))
    return answer_object(call, "BlobFileAccessDto", access)


@routes.reads("Buckets_GetWriteUriByKey", basis=Basis.CLIENT, note=ADDRESS_NOTE)
def get_write_address(call: Call) -> Answer:
    """Answer an address to upload a file to, of one type alone where the caller names it."""
    bucket = _bucket_in_path(call, "key")
    files.verify_writable(bucket)
    access = show_write_access(
        call,
        files.ROOM,
        bucket.id,
        read_file_path(call.query.get("path", "")),
        minutes=read_minutes(call),
        content_type=_read_content_type(call),
    )
    return answer_object(call, "BlobFileAccessDto", access)


def _show_item(call: Call, bucket: Bucket, entry: BucketEntry, minutes: int | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "fullPath": entry.path,
        "contentType": entry.content_type or files.CONTENT_TYPE,
        "size": entry.size,
        "lastModified": entry.modified_at,
    }
    if minutes is not None:
        item["accessInfo"] = show_read_access(call, files.ROOM, bucket.id, entry.path, minutes=minutes)
    return item


def _named_as_asked(call: Call) -> list[Any]:
    pattern = call.query.get("filenameglob", "")
    return [store.is_named_like(read_glob(pattern))] if pattern and pattern.strip(TOP) else []


def _read_content_type(call: Call) -> str:
    written = call.query.get("contenttype", "").strip()
    if len(written) > CONTENT_TYPE_LENGTH_MAX or not (written.isascii() and (written.isprintable())):
        raise InvalidRequest(
            "The query parameter contentType must be a type such as text/plain.", details={"field": "contentType"}
        )
    return written


def _writer_of(call: Call) -> Writer:
    return Writer(call.clock, call.chance, call.vault)


def _bucket_in_path(call: Call, name: str) -> Bucket:
    bucket_id = get_number_argument(call, name)
    return service.get_bucket(call.session, call.tenant.tenant_id, get_folder(call), bucket_id)
