"""The vendor's operations on execution media."""

from shutil import copyfileobj
from tempfile import TemporaryFile
from zipfile import ZIP_STORED, ZipFile

from stagedoor.orchestrator.call import Answer, Call, FileContent
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.execution_media import store
from stagedoor.orchestrator.execution_media.entities import EXECUTION_MEDIA
from stagedoor.orchestrator.execution_media.models import ExecutionMedium
from stagedoor.orchestrator.fields import find_integer, get_body, get_number_argument, get_required
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.orchestrator.uploads import attachment_header, safe_file_name

NOTHING_RECORDS = "No robot of Stagedoor records its screen, so there is nothing to see unless something put it there."

routes = Routes()


@routes.reads("ExecutionMedia_Get", note=NOTHING_RECORDS)
def list_media(call: Call) -> Answer:
    """Answer the recordings of the folder's jobs."""
    return read_set(call, EXECUTION_MEDIA, [store.in_folder(get_folder(call))])


@routes.reads("ExecutionMedia_GetById")
def get_medium(call: Call) -> Answer:
    """Answer what is known of one recording."""
    medium_id = get_number_argument(call, "key")
    return read_one(call, EXECUTION_MEDIA, [store.has_id(medium_id), store.in_folder(get_folder(call))])


@routes.writes(
    "ExecutionMedia_DeleteMediaByJobId",
    basis=Basis.GUESS,
    note="A job without recordings is no error; a job that is not in the folder is.",
)
def delete_media(call: Call) -> Answer:
    """Delete the recordings of a job."""
    job_id = get_required(find_integer(get_body(call), "jobId"), "jobId")
    _verify_job(call, job_id)
    store.delete_media_of_job(call.session, call.tenant.tenant_id, get_folder(call).id, job_id)
    return Answer(status=204)


@routes.reads(
    "ExecutionMedia_DownloadMediaByJobId",
    basis=Basis.GUESS,
    note="The answer is a zip archive of the job's recordings, and 404 where there are none.",
)
def download_media(call: Call) -> Answer:
    """Answer the recordings of a job in one archive."""
    job_id = get_number_argument(call, "jobId")
    _verify_job(call, job_id)
    media = store.list_media_of_job(call.session, call.tenant.tenant_id, get_folder(call).id, job_id)
    if not media:
        raise NotFound(f"There are no recordings of the job {job_id}.")
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": attachment_header(f"execution-media-{job_id}.zip"),
    }
    return Answer(content=_archive(call, media), headers=headers)


def _archive(call: Call, media: list[ExecutionMedium]) -> FileContent:
    archive = TemporaryFile()  # noqa: SIM115  # whoever sends the answer closes it
    try:
        # Recordings are compressed as they are.
        with ZipFile(archive, "w", ZIP_STORED) as members:
            for medium in media:
                with (
                    stored_files.show(call, medium.stored_name).stream as content,
                    members.open(f"{medium.id}-{safe_file_name(medium.name)}", "w", force_zip64=True) as member,
                ):
                    copyfileobj(content, member)
        size = archive.tell()
        archive.seek(0)
    except BaseException:
        archive.close()
        raise
    return FileContent(archive, size)


def _verify_job(call: Call, job_id: int) -> None:
    if not store.has_job(call.session, call.tenant.tenant_id, get_folder(call).id, job_id):
        raise NotFound(f"There is no job {job_id} in this folder.")
