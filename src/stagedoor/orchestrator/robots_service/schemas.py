"""What a robot sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_guid,
    find_integer,
    find_text,
    find_texts,
    get_required,
    read_guid,
)
from stagedoor.orchestrator.job_triggers.schemas import Wait, read_waits
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JOB_STATE, JobState

JOBS_MAX = 50
OUTPUT_LENGTH_MAX = 1024 * 1024
INFO_LENGTH_MAX = 10_000
STATE_LENGTH_MAX = 4 * 1024 * 1024
"""Letters of Base64: three MiB of what a program remembers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A robot's sign of life: how many more jobs it takes, which it has, and whether it leaves.

    ``robot_key`` names its process; one that does not say it shows in no session. ``machine_id`` is the machine whose
    secret it signed in with, ``machine_key`` the one that it says it is on.
    """

    robot_key: str | None
    runtimes: int
    version: str | None
    machine_key: str | None
    machine_id: int | None = None
    host_machine_name: str | None
    jobs_max: int
    job_keys: tuple[str, ...]
    is_leaving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """How a job ended, or that it was suspended. ``info`` is what went wrong, where something did.

    A suspended job says what it waits for, and hands over the state that it goes on from, in Base64.
    """

    job_key: str
    state: JobState
    output: dict[str, Any]
    info: str | None
    waits: Sequence[Wait] = ()
    kept_state: str | None = None


def read_heartbeat(body: Body) -> Heartbeat:
    """Read a sign of life; raises ``InvalidRequest`` naming the field that is wrong."""
    keys = find_texts(body, "JobKeys") or []
    read = [read_guid(key) for key in keys]
    if len(keys) > JOBS_MAX or None in read:
        raise InvalidRequest(f"The JobKeys field must list at most {JOBS_MAX} GUIDs.", details={"field": "JobKeys"})
    return Heartbeat(
        robot_key=find_guid(body, "RobotKey"),
        runtimes=find_integer(body, "Runtimes", least=1, most=JOBS_MAX) or 1,
        version=find_text(body, "Version", length_max=50) or None,
        machine_key=find_text(body, "MachineKey", length_max=255) or None,
        host_machine_name=find_text(body, "HostMachineName", length_max=450) or None,
        jobs_max=find_integer(body, "JobsMax", most=JOBS_MAX) or 0,
        job_keys=tuple(key for key in read if key is not None),
        is_leaving=find_boolean(body, "Leaving") or False,
    )


def read_report(body: Body) -> JobReport:
    """Read how a job ended; raises ``InvalidRequest`` for a state that is no end and for output that is no object."""
    state = get_required(find_enum(body, "State", JOB_STATE), "State")
    if state not in (*FINAL_STATES, JobState.SUSPENDED):
        raise InvalidRequest(
            "The State field must be Successful, Faulted, Stopped or Suspended.", details={"field": "State"}
        )
    return JobReport(
        job_key=get_required(find_guid(body, "JobKey"), "JobKey"),
        state=JobState(state),
        output=_read_output(find_text(body, "OutputArguments", length_max=OUTPUT_LENGTH_MAX)),
        info=(find_text(body, "Info", length_max=INFO_LENGTH_MAX) or "").strip() or None,
        waits=read_waits(body),
        kept_state=find_text(body, "KeptState", length_max=STATE_LENGTH_MAX) or None,
    )


def _read_output(written: str | None) -> dict[str, Any]:
    if not written:
        return {}
    try:
        value = orjson.loads(written)
        # What is nested deeper than can be written again is nobody's output.
        orjson.dumps(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        value = None
    if not isinstance(value, dict):
        raise InvalidRequest(
            "The OutputArguments field must be a JSON object as a string.", details={"field": "OutputArguments"}
        )
    return value
