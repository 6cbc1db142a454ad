"""Taking package files into a feed."""

from dataclasses import dataclass

import orjson

from stagedoor.kit.chance import Chance
from stagedoor.kit.files import Files, KeptFile
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import AlreadyExists, InvalidRequest, OrchestratorError
from stagedoor.orchestrator.events import announce_entities
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.package_feeds.service import Feed, Purpose
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.package_files.reader import PROCESS_LIBRARY, UNDEFINED, read_package
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.releases.entities import RELEASES
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.service import Author, follow_package, provide_in_workspace
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.orchestrator.uploads import Upload, Uploads
from stagedoor.orchestrator.webhooks.schemas import EventType
from stagedoor.passage import FolderPlace

FILES_MAX = 10
"""Files of one request, as many as the vendor's form has fields for."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that came: what it says of itself and where it is kept, or why it is refused."""

    file_name: str
    package: NewPackage | None = None
    kept: KeptFile | None = None
    refusal: PackageRefused | None = None


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


def receive_files(uploads: Uploads, files: Files, chance: Chance) -> None:
    """Read and keep the packages of a request, before its transaction; those that are none are noted as refused.

    What is kept and then not taken is swept later. Raises :class:`InvalidRequest` for no file and for too many.
    """
    uploads.get_file()
    if len(uploads.files) > FILES_MAX:
        raise InvalidRequest(f"One request may bring {FILES_MAX} packages.")
    uploads.prepared = [_receive(upload, files, chance) for upload in uploads.files]


def publish_files(call: Call, feed: Feed) -> list[Outcome]:
    """Take each file that was received into the feed by itself, so that a refused one keeps none of the others out.

    Of a single file the refusal is raised: :class:`PackageRefused` (400) or :class:`AlreadyExists` (409).
    """
    arrivals: list[Arrival] = call.uploads.prepared
    if len(arrivals) == 1:
        return [_taken(arrivals[0], _publish(call, arrivals[0], feed))]
    return [_try(call, arrival, feed) for arrival in arrivals]


def _receive(upload: Upload, files: Files, chance: Chance) -> Arrival:
    try:
        package = read_package(upload.content)
    except PackageRefused as refusal:
        return Arrival(upload.file_name, refusal=refusal)
    upload.content.seek(0)
    return Arrival(upload.file_name, package, files.keep(chance.random_bytes(16).hex(), upload.content))


def _publish(call: Call, arrival: Arrival, feed: Feed) -> Package:
    if arrival.package is None or arrival.kept is None:
        raise arrival.refusal or PackageRefused
    _verify_belongs(arrival.package, feed)
    file = stored_files.write_down(call, arrival.kept, content_type=stored_files.BINARY)
    package = create_package(
        call.session, call.tenant.tenant_id, arrival.package, clock=call.clock, feed=feed, file=file
    )
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
    for release in follow_package(call.session, package, author):
        _tell(call, EventType.PROCESS_UPDATED, release)
    if feed.is_workspace and feed.folder_id is not None:
        folder = get_folder(call.session, call.tenant.tenant_id, feed.folder_id, call.reach)
        place = FolderPlace(id=folder.id, key=folder.key, path=folder.fully_qualified_name, lineage=(folder.key,))
        provided = provide_in_workspace(call.session, place, package, author)
        if provided is not None:
            _tell(call, EventType.PROCESS_CREATED, provided)


def _tell(call: Call, event_type: EventType, release: Release) -> None:
    where = (Release.id == release.id,)
    announce_entities(call, event_type, "Releases", RELEASES, where, folder_id=release.folder_id)


def _verify_belongs(new: NewPackage, feed: Feed) -> None:
    if feed.purpose is Purpose.LIBRARIES:
        if new.package_type not in (PROCESS_LIBRARY, UNDEFINED):
            raise PackageRefused(f"The package {new.name} is a process and no library.")
    elif new.package_type == PROCESS_LIBRARY:
        raise PackageRefused(f"The package {new.name} is a library and no process.")
    elif new.package_type == UNDEFINED:
        raise PackageRefused(f"The package {new.name} holds no project: neither operate.json nor project.json.")


def _try(call: Call, arrival: Arrival, feed: Feed) -> Outcome:
    try:
        with call.session.begin_nested():
            return _taken(arrival, _publish(call, arrival, feed))
    except AlreadyExists as there:
        return Outcome(arrival.file_name, "Conflict", there.public)
    except OrchestratorError as refused:
        return Outcome(arrival.file_name, "BadRequest", refused.public)


def _taken(arrival: Arrival, package: Package) -> Outcome:
    body = orjson.dumps({"Id": package.name, "Version": package.version}).decode()
    return Outcome(arrival.file_name or f"{package.name}.{package.version}.nupkg", "OK", body)
