"""The operations of releases."""

from typing import Any

import orjson

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_guids,
    find_integer,
    find_integers,
    find_object,
    find_objects,
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
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.releases import service
from stagedoor.orchestrator.releases.entities import RELEASES
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.schemas import JOB_PRIORITY, REMOTE_CONTROL_ACCESS, ROBOT_SIZE

NAME_LENGTH_MAX = 128
VERSION_LENGTH_MAX = 50
INPUT_LENGTH_MAX = 10_000
ENVIRONMENT_LENGTH_MAX = 4_000
PRIORITY_MAX = 100

routes = Routes()


@routes.reads("Releases_Get")
def list_releases(call: Call) -> Answer:
    """Answer the releases of the folder."""
    return read_set(call, RELEASES, (Release.folder_id == get_folder(call).id,))


@routes.reads("Releases_ListReleases")
def list_releases_plainly(call: Call) -> Answer:
    """Answer the releases of the folder, under the name by which the vendor's command line asks for them."""
    return list_releases(call)


@routes.reads("Releases_GetById")
def show_release(call: Call) -> Answer:
    """Answer one release of the folder."""
    release_id = get_number_argument(call, "key")
    return read_one(call, RELEASES, (Release.folder_id == get_folder(call).id, Release.id == release_id))


@routes.writes("Releases_Post")
def create_release(call: Call) -> Answer:
    """Make a package runnable in the folder; without a version, at the latest."""
    folder, body = get_folder(call), get_body(call)
    process_key = get_text(body, "ProcessKey", length_max=NAME_LENGTH_MAX)
    get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    version = find_text(body, "ProcessVersion", length_max=VERSION_LENGTH_MAX) or None
    release = service.create_release(call.session, folder, process_key, version, _changes(body), _author(call))
    return read_one(call, RELEASES, (Release.id == release.id,), status=201)


@routes.writes("Releases_PutById")
def update_release(call: Call) -> Answer:
    """Change a release; what is not sent stays as it is."""
    return _update(call, _release(call), get_body(call))


@routes.writes("Releases_PatchById")
def patch_release(call: Call) -> Answer:
    """Change what is sent of a release."""
    return _update(call, _release(call), get_body(call))


@routes.writes("Releases_UpdateByKey")
def update_release_by_key(call: Call) -> Answer:
    """Move a release to a version, an entry point or other default input, whichever is sent."""
    body = get_body(call)
    key = get_required(read_guid(get_text(body, "releaseKey")), "releaseKey")
    release = service.get_release_by_key(call.session, get_folder(call), key)
    changes: dict[str, Any] = {}
    if body.get("entryPointPath") is not None:
        changes["entry_point_path"] = find_text(body, "entryPointPath", length_max=512)
    if body.get("inputArgs") is not None:
        changes["input_arguments"] = _find_json_object(body, "inputArgs")
    version = find_text(body, "processVersion", length_max=VERSION_LENGTH_MAX) or None
    service.update_release(call.session, release, service.ReleaseChanges(**changes), version, _author(call))
    return Answer()


@routes.writes("Releases_DeleteById")
def delete_release(call: Call) -> Answer:
    """Delete a release of the folder."""
    service.delete_release(call.session, _release(call))
    return Answer(status=204)


@routes.writes("Releases_DeleteByKey")
def delete_release_by_key(call: Call) -> Answer:
    """Delete a release by its key, in whichever folder within reach it is."""
    key = get_query_guid(call, "key")
    release = service.get_release_anywhere(call.session, call.tenant.tenant_id, key, call.reach)
    service.delete_release(call.session, release)
    return Answer(status=204)


@routes.writes("Releases_UpdateToSpecificPackageVersionById")
def move_to_version(call: Call) -> Answer:
    """Move a release to the version named."""
    return _to_version(call, _release(call))


@routes.writes("Releases_UpdateToSpecificPackageVersionByKeyByIdentifier")
def move_to_version_by_key(call: Call) -> Answer:
    """Move a release, found by its key, to the version named."""
    return _to_version(call, _release_by_key(call))


@routes.writes("Releases_UpdateToLatestPackageVersionById")
def move_to_latest(call: Call) -> Answer:
    """Move a release to the latest version."""
    release = _release(call)
    service.move_to_latest(call.session, release, _author(call))
    return answer_value(call, "Edm.Int64", release.id)


@routes.writes("Releases_UpdateToLatestPackageVersionByKeyByIdentifier")
def move_to_latest_by_key(call: Call) -> Answer:
    """Move a release, found by its key, to the latest version."""
    release = _release_by_key(call)
    service.move_to_latest(call.session, release, _author(call))
    return answer_value(call, "Edm.Guid", release.key)


@routes.writes("Releases_UpdateToLatestPackageVersionBulk")
def move_several_to_latest(call: Call) -> Answer:
    """Move several releases to the latest version; those that the folder does not have are named."""
    folder, author = get_folder(call), _author(call)
    failed = []
    for release_id in get_required(find_integers(get_body(call), "releaseIds"), "releaseIds"):
        try:
            service.move_to_latest(call.session, service.get_release(call.session, folder, release_id), author)
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
            service.move_to_latest(call.session, service.get_release_by_key(call.session, folder, key), author)
        except NotFound:
            failed.append(key)
    return _bulk(call, failed)


@routes.writes("Releases_RollbackToPreviousReleaseVersionById")
def roll_back(call: Call) -> Answer:
    """Return a release to the version before."""
    release = _release(call)
    service.roll_back(call.session, release, _author(call))
    return answer_value(call, "Edm.Int64", release.id)


@routes.writes("Releases_RollbackToPreviousReleaseVersionByKeyByIdentifier")
def roll_back_by_key(call: Call) -> Answer:
    """Return a release, found by its key, to the version before."""
    release = _release_by_key(call)
    service.roll_back(call.session, release, _author(call))
    return answer_value(call, "Edm.Guid", release.key)


def _release(call: Call) -> Release:
    return service.get_release(call.session, get_folder(call), get_number_argument(call, "key"))


def _release_by_key(call: Call) -> Release:
    return service.get_release_by_key(call.session, get_folder(call), get_guid_argument(call, "identifier"))


def _author(call: Call) -> service.Author:
    return service.Author(
        clock=call.clock,
        chance=call.chance,
        user_number=call.caller.number or None,
        tenant_id=call.tenant.tenant_id,
    )


def _update(call: Call, release: Release, body: Body) -> Answer:
    version = find_text(body, "ProcessVersion", length_max=VERSION_LENGTH_MAX) or None
    process_key = find_text(body, "ProcessKey", length_max=NAME_LENGTH_MAX)
    if process_key is not None and process_key.casefold() != release.process_key.casefold():
        raise InvalidRequest("A process keeps its package; make another one.", details={"field": "ProcessKey"})
    service.update_release(call.session, release, _changes(body), version, _author(call))
    return Answer()


def _to_version(call: Call, release: Release) -> Answer:
    version = get_text(get_body(call), "packageVersion", length_max=VERSION_LENGTH_MAX)
    service.move_to_version(call.session, release, version, _author(call))
    if "identifier" in call.path_arguments:
        return answer_value(call, "Edm.Guid", release.key)
    return answer_value(call, "Edm.Int64", release.id)


def _bulk(call: Call, failed: list[Any]) -> Answer:
    fields = {
        "Success": not failed,
        "Message": f"{len(failed)} of these processes were not found." if failed else None,
        "FailedItems": failed,
    }
    return answer_object(call, "BulkOperationResponseDto", fields)


def _changes(body: Body) -> service.ReleaseChanges:
    changes: dict[str, Any] = {}
    if body.get("Name") is not None:
        changes["name"] = get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    for name, column, length_max in (
        ("Description", "description", 10_000),
        ("EntryPointPath", "entry_point_path", 512),
        ("EnvironmentVariables", "environment_variables", ENVIRONMENT_LENGTH_MAX),
    ):
        if name in body:
            changes[column] = find_text(body, name, length_max=length_max)
    if "InputArguments" in body:
        changes["input_arguments"] = _find_json_object(body, "InputArguments")
    for name, column in (("AutoUpdate", "auto_update"), ("HiddenForAttendedUser", "hidden_for_attended_user")):
        flag = find_boolean(body, name)
        if flag is not None:
            changes[column] = flag
    for name, column, enum_type in (
        ("JobPriority", "job_priority", JOB_PRIORITY),
        ("RobotSize", "robot_size", ROBOT_SIZE),
        ("RemoteControlAccess", "remote_control_access", REMOTE_CONTROL_ACCESS),
    ):
        number = find_enum(body, name, enum_type)
        if number is not None:
            changes[column] = number
    priority = find_integer(body, "SpecificPriorityValue", least=1, most=PRIORITY_MAX)
    if priority is not None:
        changes["specific_priority_value"] = priority
    for name, column in (
        ("ProcessSettings", "process_settings"),
        ("VideoRecordingSettings", "video_recording_settings"),
    ):
        if name in body:
            changes[column] = find_object(body, name)
    tags = find_objects(body, "Tags")
    if tags is not None:
        changes["tags"] = [_tag(tag) for tag in tags]
    return service.ReleaseChanges(**changes)


def _tag(body: Body) -> dict[str, str | None]:
    name = get_text(body, "Name", length_max=256)
    value = find_text(body, "Value", length_max=256)
    return {
        "Name": name,
        "DisplayName": find_text(body, "DisplayName", length_max=256) or name,
        "Value": value,
        "DisplayValue": find_text(body, "DisplayValue", length_max=256) or value,
    }


def _find_json_object(body: Body, name: str) -> str | None:
    text = find_text(body, name, length_max=INPUT_LENGTH_MAX)
    if not text:
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise InvalidRequest(f"The {name} field must be a JSON object as a string.", details={"field": name})
    return text
