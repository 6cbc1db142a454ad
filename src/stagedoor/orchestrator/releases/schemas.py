"""The vendor's words around releases, and what a caller sends of one."""

from dataclasses import dataclass
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_integer,
    find_object,
    find_objects,
    find_text,
    get_text,
)

NAME_LENGTH_MAX = 128
VERSION_LENGTH_MAX = 50
INPUT_LENGTH_MAX = 10_000
ENVIRONMENT_LENGTH_MAX = 4_000
ENTRY_POINT_LENGTH_MAX = 512
PRIORITY_MAX = 100

JOB_PRIORITY = EnumType("JobPriority", {"Low": 0, "Normal": 1, "High": 2})
ROBOT_SIZE = EnumType("RobotSize", {"Small": 0, "Standard": 1, "Medium": 2, "Large": 3})
REMOTE_CONTROL_ACCESS = EnumType("RemoteControlAccess", {"None": 0, "ReadOnly": 1, "Full": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseChanges:
    """What a caller may set on a release, beside its version. A field left :data:`UNSET` stays as it is."""

    name: str = UNSET
    description: str | None = UNSET
    entry_point_path: str | None = UNSET
    entry_point_id: int | None = UNSET
    input_arguments: str | None = UNSET
    environment_variables: str | None = UNSET
    auto_update: bool = UNSET
    hidden_for_attended_user: bool = UNSET
    job_priority: int = UNSET
    specific_priority_value: int = UNSET
    robot_size: int | None = UNSET
    remote_control_access: int = UNSET
    process_settings: dict[str, Any] | None = UNSET
    video_recording_settings: dict[str, Any] | None = UNSET
    tags: list[dict[str, Any]] | None = UNSET


def find_version(body: Body, name: str) -> str | None:
    """Return the version that the field names; an empty one names none."""
    return find_text(body, name, length_max=VERSION_LENGTH_MAX) or None


def read_new_release(body: Body) -> tuple[str, ReleaseChanges]:
    """Read the package that a new release is to run and the rest of it; both need a name."""
    process_key = get_text(body, "ProcessKey", length_max=NAME_LENGTH_MAX)
    get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    return process_key, read_changes(body)


def read_move(body: Body) -> ReleaseChanges:
    """Read what may change together with the version of a release, in the fields that ``UpdateByKey`` has for it."""
    changes: dict[str, Any] = {}
    if body.get("entryPointPath") is not None:
        changes["entry_point_path"] = find_text(body, "entryPointPath", length_max=ENTRY_POINT_LENGTH_MAX)
    if body.get("inputArgs") is not None:
        changes["input_arguments"] = _find_json_object(body, "inputArgs")
    return ReleaseChanges(**changes)


def read_changes(body: Body) -> ReleaseChanges:
    """Read what is sent of a release, beside its package; what is not sent stays unset."""
    changes: dict[str, Any] = {}
    if body.get("Name") is not None:
        changes["name"] = get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    for name, column, length_max in (
        ("Description", "description", 10_000),
        ("EntryPointPath", "entry_point_path", ENTRY_POINT_LENGTH_MAX),
        ("EnvironmentVariables", "environment_variables", ENVIRONMENT_LENGTH_MAX),
    ):
        if name in body:
            changes[column] = find_text(body, name, length_max=length_max)
    if body.get("EntryPointPath") is None and body.get("EntryPointId") is not None:
        changes["entry_point_id"] = find_integer(body, "EntryPointId")
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
        changes["tags"] = [_read_tag(tag) for tag in tags]
    return ReleaseChanges(**changes)


def _read_tag(body: Body) -> dict[str, str | None]:
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
