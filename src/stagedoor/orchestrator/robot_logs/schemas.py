"""What a robot sends of a line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_integer, find_moment, find_text, get_required, read_guid

LINE_LENGTH_MAX = 1024 * 1024
LINES_MAX = 1000
NAME_LENGTH_MAX = 512

LOG_LEVEL = EnumType("LogLevel", {"Trace": 0, "Debug": 1, "Info": 2, "Warn": 3, "Error": 4, "Fatal": 5})
# Robots write the longer words of .NET.
_LEVELS = {"verbose": 0, "information": 2, "warning": 3, "critical": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it was sent; ``None`` where nothing was said."""

    level: int
    message: str
    time_stamp: datetime | None
    process_name: str | None
    windows_identity: str | None
    robot_name: str | None
    host_machine_name: str | None
    job_key: str | None
    machine_id: int | None
    machine_key: str | None
    raw: str


def read_line(body: Body) -> Line:
    """Read a line that was sent as an object; raises ``InvalidRequest`` naming the field that is wrong."""
    raw = orjson.dumps(body.plain()).decode()
    if len(raw) > LINE_LENGTH_MAX:
        raise InvalidRequest(f"A log line may have {LINE_LENGTH_MAX} characters.")
    return Line(
        level=_level(body.get("level")),
        message=get_required(find_text(body, "message"), "message"),
        time_stamp=find_moment(body, "timeStamp"),
        process_name=_name(body, "processName"),
        windows_identity=_name(body, "windowsIdentity"),
        robot_name=_name(body, "robotName"),
        host_machine_name=_name(body, "hostMachineName") or _name(body, "machineName"),
        job_key=_guid(body, "jobId") or _guid(body, "jobKey"),
        machine_id=find_integer(body, "machineId"),
        machine_key=_guid(body, "machineKey"),
        raw=raw,
    )


def read_lines(sent: Any) -> list[Line]:
    """Read many lines, each the JSON text of an object; raises ``InvalidRequest`` telling which one is wrong."""
    if not isinstance(sent, list):
        raise InvalidRequest("The request body must be a list of strings, each with a log entry as JSON.")
    if len(sent) > LINES_MAX:
        raise InvalidRequest(f"A request may have {LINES_MAX} log entries.")
    return [read_line(_parsed(text, place)) for place, text in enumerate(sent)]


def _parsed(text: Any, place: int) -> Body:
    if not isinstance(text, str) or len(text) > LINE_LENGTH_MAX:
        raise InvalidRequest(f"Log entry {place} must be a string of at most {LINE_LENGTH_MAX} characters.")
    try:
        line = orjson.loads(text)
    except orjson.JSONDecodeError:
        line = None
    if not isinstance(line, dict):
        raise InvalidRequest(f"Log entry {place} must be the JSON text of an object.")
    return Body(line)


def _level(value: Any) -> int:
    if value is None:
        return LOG_LEVEL.members["Info"]
    written = str(value)
    number = _LEVELS.get(written.strip().lower())
    number = LOG_LEVEL.find_number(written) if number is None else number
    if number is None:
        raise InvalidRequest(
            f"The level field must be one of {', '.join(LOG_LEVEL.members)}.", details={"field": "level"}
        )
    return number


def _name(body: Body, name: str) -> str | None:
    return find_text(body, name, length_max=NAME_LENGTH_MAX)


def _guid(body: Body, name: str) -> str | None:
    written = find_text(body, name, length_max=64)
    # A robot outside of any job sends an empty one.
    return read_guid(written) if written else None
