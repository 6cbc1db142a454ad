"""The operations of releases."""

from typing import Any

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.events import announce_entities
from stagedoor.orchestrator.fields import (
    find_guid,
    find_guids,
    find_integers,
    find_text,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_query_guid,
    get_required,
    get_text,
    read_guid,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.releases import service
from stagedoor.orchestrator.releases.entities import RELEASES
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.schemas import (
    NAME_LENGTH_MAX,
    VERSION_LENGTH_MAX,
    find_version,
    read_changes,
    read_move,
    read_new_release,
)
from stagedoor.orchestrator.webhooks.schemas import EventType

routes = Routes()


@routes.reads("Releases_Get", basis=Basis.RECORDED, note="As the vendor's Postman collection shows it.")
@routes.reads("Releases_ListReleases")
def list_releases(call: Call) -> Answer:
    """Answer the releases of the folder; the vendor's command line asks for them by the second name."""
    return read_set(call, RELEASES, (Release.folder_id == get_folder(call).id,))


@routes.reads("Releases_GetById")
@routes.reads("Releases_GetReleaseById")
def show_release(call: Call) -> Answer:
    """Answer one release of the folder."""
    release_id = get_number_argument(call, "key")
    return read_one(call, RELEASES, (Release.folder_id == get_folder(call).id, Release.id == release_id))


@routes.writes("Releases_Post")
@routes.writes("Releases_CreateRelease")
def create_release(call: Call) -> Answer:
    """Make a package runnable in the folder; without a version, at the latest."""
    folder, body = get_folder(call), get_body(call)
    process_key, changes = read_new_release(body)
    version = find_version(body, "ProcessVersion")
    feed_id = find_guid(body, "FeedId")
    release = service.create_release(
        call.session, folder, process_key, version, changes, _author(call), feed_id=feed_id
    )
    _tell(call, EventType.PROCESS_CREATED, release)
    return read_one(call, RELEASES, (Release.id == release.id,), status=201)


@routes.writes("Releases_PutById")
@routes.writes("Releases_PatchById")
def update_release(call: Call) -> Answer:
    """Change a release; what is not sent stays as it is."""
    release, body = _get_named(call), get_body(call)
    process_key = find_text(body, "ProcessKey", length_max=NAME_LENGTH_MAX)
    if process_key is not None and process_key.casefold() != release.process_key.casefold():
        raise InvalidRequest("A process keeps its package; make another one.", details={"field": "ProcessKey"})
    version = find_version(body, "ProcessVersion")
    service.update_release(call.session, release, read_changes(body), version, _author(call))
    _tell(call, EventType.PROCESS_UPDATED, release)
    return Answer()


@routes.writes("Releases_UpdateByKey")
def update_release_by_key(call: Call) -> Answer:
    """Move a release to a version, an entry point or other default input, whichever is sent."""
    body = get_body(call)
    key = get_required(read_guid(get_text(body, "releaseKey")), "releaseKey")
    release = service.get_release_by_key(call.session, get_folder(call), key)
    version = find_version(body, "processVersion")
    service.update_release(call.session, release, read_move(body), version, _author(call))
    _tell(call, EventType.PROCESS_UPDATED, release)
    return Answer()


@routes.writes("Releases_DeleteById")
def delete_release(call: Call) -> Answer:
    """Delete a release of the folder."""
    release = _get_named(call)
    _tell(call, EventType.PROCESS_DELETED, release)
    service.delete_release(call.session, release)
    return Answer(status=204)


@routes.writes("Releases_DeleteByKey")
def delete_release_by_key(call: Call) -> Answer:
    """Delete a release by its key, in whichever folder within reach it is."""
    key = get_query_guid(call, "key")
    release = service.get_release_anywhere(call.session, call.tenant.tenant_id, key, call.reach)
    _tell(call, EventType.PROCESS_DELETED, release)
    service.delete_release(call.session, release)
    return Answer(status=204)


@routes.writes("Releases_UpdateToSpecificPackageVersionById")
@routes.writes("Releases_UpdateToSpecificPackageVersionByKeyByIdentifier")
def move_to_version(call: Call) -> Answer:
    """Move a release to the version named."""
    release = _get_named(call)
    version = get_text(get_body(call), "packageVersion", length_max=VERSION_LENGTH_MAX)
    service.move_to_version(call.session, release, version, _author(call))
    return _answer_name(call, release)


@routes.writes("Releases_UpdateToLatestPackageVersionById")
@routes.writes("Releases_UpdateToLatestPackageVersionByKeyByIdentifier")
def move_to_latest(call: Call) -> Answer:
    """Move a release to the latest version."""
    release = _get_named(call)
    service.move_to_latest(call.session, release, _author(call))
    return _answer_name(call, release)


@routes.writes("Releases_UpdateToLatestPackageVersionBulk")
def move_several_to_latest(call: Call) -> Answer:
    """Move several releases to the latest version; those that the folder does not have are named."""
    folder, author = get_folder(call), _author(call)
    failed = []
    for release_id in get_required(find_integers(get_body(call), "releaseIds"), "releaseIds"):
        try:
            release = service.get_release(call.session, folder, release_id)
            service.move_to_latest(call.session, release, author)
            _tell(call, EventType.PROCESS_UPDATED, release)
        except NotFound:
            failed.append(release_id)
    return _bulk(call, failed)


@routes.writes("Releases_UpdateToLatestPackageVersionBulkByKey")
def move_several_to_latest_by_key(call: Call) -> Answer:
    """Move several releases, found by their keys, to the latest version."""
    folder, author = get_folder(call), _author(call)
    failed = []
    for key in get_required(find_guids(get_body(call), "releaseKeys"), "releaseKeys"):
        try:
            release = service.get_release_by_key(call.session, folder, key)
            service.move_to_latest(call.session, release, author)
            _tell(call, EventType.PROCESS_UPDATED, release)
        except NotFound:
            failed.append(key)
    return _bulk(call, failed)


@routes.writes("Releases_RollbackToPreviousReleaseVersionById")
@routes.writes("Releases_RollbackToPreviousReleaseVersionByKeyByIdentifier")
def roll_back(call: Call) -> Answer:
    """Return a release to the version before."""
    release = _get_named(call)
    service.roll_back(call.session, release, _author(call))
    return _answer_name(call, release)


def _get_named(call: Call) -> Release:
    if _is_named_by_key(call):
        return service.get_release_by_key(call.session, get_folder(call), get_guid_argument(call, "identifier"))
    return service.get_release(call.session, get_folder(call), get_number_argument(call, "key"))


def _answer_name(call: Call, release: Release) -> Answer:
    _tell(call, EventType.PROCESS_UPDATED, release)
    if _is_named_by_key(call):
        return answer_value(call, "Edm.Guid", release.key)
    return answer_value(call, "Edm.Int64", release.id)


def _is_named_by_key(call: Call) -> bool:
    return "identifier" in call.path_arguments


def _author(call: Call) -> service.Author:
    return service.Author(
        clock=call.clock,
        chance=call.chance,
        user_number=call.caller.number or None,
        tenant_id=call.tenant.tenant_id,
    )


def _bulk(call: Call, failed: list[Any]) -> Answer:
    fields = {
        "Success": not failed,
        "Message": f"{len(failed)} of these processes were not found." if failed else None,
        "FailedItems": failed,
    }
    return answer_object(call, "BulkOperationResponseDto", fields)


def _tell(call: Call, event_type: EventType, release: Release) -> None:
    announce_entities(call, event_type, "Releases", RELEASES, (Release.id == release.id,), folder_id=release.folder_id)
