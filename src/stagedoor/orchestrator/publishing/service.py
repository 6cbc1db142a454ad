"""Taking package files into a feed."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import AlreadyExists, InvalidRequest, OrchestratorError
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.package_feeds.service import Feed, Purpose
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.package_files.reader import PROCESS_LIBRARY, UNDEFINED, read_package
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.service import create_package, verify_version_is_new
from stagedoor.orchestrator.releases.service import Author, follow_package, provide_in_workspace
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.orchestrator.uploads import Upload
from stagedoor.passage import FolderPlace

FILES_MAX = 10
"""Files of one request, as many as the vendor's form has fields for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: the vendor's word for a status, and a JSON text or a message."""

    file_name: str
    status: str
    body: str

    @property
    def is_taken(self) -> bool:
        """Tell whether the package is in the feed now."""
        return self.status == "OK"


def publish_files(call: Call, uploads: Sequence[Upload], feed: Feed) -> list[Outcome]:
    """Take each file into the feed by itself, so that one that is refused keeps none of the others out.

    Of a single file the refusal is raised: :class:`PackageRefused` (400) or :class:`AlreadyExists` (409).
    """
    if len(uploads) > FILES_MAX:
        raise InvalidRequest(f"One request may bring {FILES_MAX} packages.")
    if len(uploads) == 1:
        return [_taken(uploads[0], publish(call, uploads[0], feed))]
    return [_try(call, upload, feed) for upload in uploads]


def publish(call: Call, upload: Upload, feed: Feed) -> Package:
    """Take one file into the feed; in a personal workspace it can be run at once."""
    new = read_package(upload.content)
    _verify_belongs(new, feed)
    session, tenant_id = call.session, call.tenant.tenant_id
    verify_version_is_new(session, tenant_id, feed, new.name, new.version)
    upload.content.seek(0)
    file = stored_files.keep(call, upload.content, content_type=stored_files.BINARY)
    package = create_package(session, tenant_id, new, clock=call.clock, feed=feed, file=file)
    if feed.purpose is Purpose.PROCESSES:
        _provide(call, package, feed)
    return package


def _provide(call: Call, package: Package, feed: Feed) -> None:
    author = Author(
        tenant_id=call.tenant.tenant_id,
        clock=call.clock,
        chance=call.chance,
        user_number=call.caller.number or None,
    )
    follow_package(call.session, package, author)
    if feed.is_workspace and feed.folder_id is not None:
        folder = get_folder(call.session, call.tenant.tenant_id, feed.folder_id, call.reach)
        place = FolderPlace(id=folder.id, key=folder.key, path=folder.fully_qualified_name, lineage=(folder.key,))
        provide_in_workspace(call.session, place, package, author)


def _verify_belongs(new: NewPackage, feed: Feed) -> None:
    if feed.purpose is Purpose.LIBRARIES:
        if new.package_type not in (PROCESS_LIBRARY, UNDEFINED):
            raise PackageRefused(f"The package {new.name} is a process and no library.")
    elif new.package_type == PROCESS_LIBRARY:
        raise PackageRefused(f"The package {new.name} is a library and no process.")
    elif new.package_type == UNDEFINED:
        raise PackageRefused(f"The package {new.name} holds no project: neither operate.json nor project.json.")


def _try(call: Call, upload: Upload, feed: Feed) -> Outcome:
    try:
        with call.session.begin_nested():
            return _taken(upload, publish(call, upload, feed))
    except AlreadyExists as there:
        return Outcome(upload.file_name, "Conflict", there.public)
    except OrchestratorError as refused:
        return Outcome(upload.file_name, "BadRequest", refused.public)


def _taken(upload: Upload, package: Package) -> Outcome:
    body = orjson.dumps({"Id": package.name, "Version": package.version}).decode()
    return Outcome(upload.file_name or f"{package.name}.{package.version}.nupkg", "OK", body)
