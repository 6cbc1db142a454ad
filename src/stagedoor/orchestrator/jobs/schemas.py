"""The vendor's words around jobs, and what a caller sends to start and stop them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_guid,
    find_integer,
    find_integers,
    find_objects,
    find_text,
    get_required,
)
from stagedoor.orchestrator.releases.schemas import JOB_PRIORITY, REMOTE_CONTROL_ACCESS
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.scripted_robots.states import STOP_STRATEGY, StopStrategy

JOBS_AT_ONCE_MAX = 1000
ARGUMENTS_LENGTH_MAX = 10_000


class Strategy(IntEnum):
    """How many jobs to start, and for whom; the numbers are the vendor's."""

    ALL = 0
    SPECIFIC = 1
    ROBOT_COUNT = 2
    JOBS_COUNT = 3
    MODERN_JOBS_COUNT = 4


STRATEGY = EnumType(
    "StartProcessStrategy",
    {
        "All": Strategy.ALL,
        "Specific": Strategy.SPECIFIC,
        "RobotCount": Strategy.ROBOT_COUNT,
        "JobsCount": Strategy.JOBS_COUNT,
        "ModernJobsCount": Strategy.MODERN_JOBS_COUNT,
    },
)
JOB_TYPE = EnumType("JobType", {"Unattended": 0, "Attended": 1, "ServerlessGeneric": 2})
PROCESS_TYPE = EnumType("ProcessType", {"Undefined": 0, "Process": 1})
SOURCE_TYPE = EnumType(
    "JobSourceType",
    {
        word: number
        for number, word in enumerate(
            (
                "Manual",
                "Schedule",
                "Agent",
                "Queue",
                "StudioWeb",
                "IntegrationTrigger",
                "StudioDesktop",
                "AutomationOpsPipelines",
                "Apps",
                "SAP",
                "HttpTrigger",
                "HttpTriggerCallback",
                "RobotAPI",
                "CommandLine",
                "RobotNetAPI",
                "Autopilot",
                "TestManager",
                "AgentService",
                "ProcessOrchestration",
                "PluginEcosystem",
                "PerformanceTesting",
                "AgentHub",
                "ApiWorkflow",
            )
        )
    },
)
# Two of these have another name where a job is started.
_NAMES_AT_START = {"HttpTriggerCallback": "HttpTriggerWithCallback", "Agent": "Assistant"}
SOURCE = EnumType(
    "StartProcessSource", {_NAMES_AT_START.get(word, word): number for word, number in SOURCE_TYPE.members.items()}
)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a job is to run: a machine, a robot, both or neither."""

    machine_id: int | None = None
    robot_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """Which release to run, how often, where and with what. ``arguments`` is the input, already read.

    ``starting_schedule_id`` names the trigger that asks; how long its jobs may run is told in seconds.
    """

    release_key: str | None
    release_name: str | None = None
    strategy: Strategy | None
    count: int | None
    robot_ids: Sequence[int]
    seats: Sequence[Seat]
    source: int
    job_priority: int | None
    specific_priority_value: int | None
    runtime_type: int | None
    input_arguments: str | None
    arguments: Mapping[str, Any] | None
    input_file: str | None
    environment_variables: str | None = None
    reference: str | None = None
    batch_execution_key: str | None = None
    requires_user_interaction: bool | None = None
    stop_strategy: int | None
    resume_on_same_context: bool
    remote_control_access: int | None = None
    entry_point_path: str | None
    parent_operation_id: str | None = None
    profiling_options: str | None = None
    trace_id: str | None = None
    parent_span_id: str | None = None
    root_span_id: str | None = None
    starting_schedule_id: int | None = None
    stop_after_seconds: int | None = None
    kill_after_seconds: int | None = None


def read_start(body: Body) -> StartRequest:
    """Read the ``startInfo`` of a request; raises ``InvalidRequest`` naming the field that is wrong."""
    strategy = find_enum(body, "Strategy", STRATEGY)
    robot_ids = find_integers(body, "RobotIds") or []
    robots_count = find_integer(body, "NoOfRobots", most=JOBS_AT_ONCE_MAX)
    jobs_count = find_integer(body, "JobsCount", most=JOBS_AT_ONCE_MAX)
    seats = find_objects(body, "MachineRobots") or []
    input_arguments = find_text(body, "InputArguments", length_max=ARGUMENTS_LENGTH_MAX) or None
    return StartRequest(
        release_key=find_guid(body, "ReleaseKey"),
        release_name=find_text(body, "ReleaseName", length_max=128),
        strategy=None if strategy is None else Strategy(strategy),
        count=jobs_count or robots_count,
        robot_ids=robot_ids,
        seats=[Seat(find_integer(seat, "MachineId"), find_integer(seat, "RobotId")) for seat in seats],
        source=find_enum(body, "Source", SOURCE) or 0,
        job_priority=find_enum(body, "JobPriority", JOB_PRIORITY),
        specific_priority_value=find_integer(body, "SpecificPriorityValue", least=1, most=100),
        runtime_type=find_enum(body, "RuntimeType", ROBOT_TYPE),
        input_arguments=input_arguments,
        arguments=None if input_arguments is None else read_arguments(input_arguments),
        input_file=find_guid(body, "InputFile"),
        environment_variables=find_text(body, "EnvironmentVariables", length_max=4000),
        reference=find_text(body, "Reference", length_max=128),
        batch_execution_key=find_guid(body, "BatchExecutionKey"),
        requires_user_interaction=find_boolean(body, "RequiresUserInteraction"),
        stop_strategy=find_enum(body, "StopStrategy", STOP_STRATEGY),
        resume_on_same_context=bool(find_boolean(body, "ResumeOnSameContext")),
        remote_control_access=find_enum(body, "RemoteControlAccess", REMOTE_CONTROL_ACCESS),
        entry_point_path=find_text(body, "EntryPointPath", length_max=512),
        parent_operation_id=find_text(body, "ParentOperationId", length_max=128),
        profiling_options=find_text(body, "ProfilingOptions", length_max=4000),
        trace_id=find_text(body, "TraceId", length_max=255),
        parent_span_id=find_text(body, "ParentSpanId", length_max=255),
        root_span_id=find_text(body, "RootSpanId", length_max=255),
    )


def read_arguments(written: str) -> dict[str, Any]:
    """Return a job's input as an object from its JSON text."""
    try:
        arguments = orjson.loads(written)
    except orjson.JSONDecodeError as malformed:
        raise InvalidRequest(
            f"The InputArguments field is not valid JSON: line {malformed.lineno}, column {malformed.colno}.",
            hint='Send the arguments as JSON in a string, such as "{\\"name\\": 1}".',
            details={"field": "InputArguments"},
        ) from malformed
    if not isinstance(arguments, dict):
        raise InvalidRequest(
            "The InputArguments field must hold a JSON object with one member for each argument.",
            details={"field": "InputArguments"},
        )
    return arguments


def read_stop_strategy(body: Body) -> StopStrategy:
    """Read how jobs are to be stopped."""
    return StopStrategy(get_required(find_enum(body, "strategy", STOP_STRATEGY), "strategy"))
