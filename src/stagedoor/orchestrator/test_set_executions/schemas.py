"""The vendor's words around test executions, and what a caller sends to start, repeat and look through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    INT32_MAX,
    find_boolean,
    find_enum,
    find_guid,
    find_integer,
    find_object,
    find_objects,
    find_text,
    find_texts,
    get_required,
)
from stagedoor.orchestrator.releases.schemas import REMOTE_CONTROL_ACCESS
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE

VARIATIONS_MAX = 1_000
CASES_AT_ONCE_MAX = 1_000
DEFAULT_RUNTIME = ROBOT_TYPE.members["TestAutomation"]


class Status(IntEnum):
    """Where a test case, or a whole test set, stands."""

    PENDING = 0
    RUNNING = 1
    CANCELLING = 2
    PASSED = 3
    FAILED = 4
    CANCELLED = 5


ENDED = frozenset({Status.PASSED, Status.FAILED, Status.CANCELLED})

STATUS = EnumType(
    "TestExecutionStatus",
    {
        "Pending": Status.PENDING,
        "Running": Status.RUNNING,
        "Cancelling": Status.CANCELLING,
        "Passed": Status.PASSED,
        "Failed": Status.FAILED,
        "Cancelled": Status.CANCELLED,
    },
)
TRIGGER_TYPE = EnumType(
    "TestSetExecutionTriggerType", {"Manual": 0, "Scheduled": 1, "ExternalTool": 2, "TestManager": 3}
)
COVERAGE_STATUS = EnumType("CoverageStatus", {"Disabled": 0, "Pending": 1, "Processing": 2, "Completed": 3})
TEST_CASE_TYPE = EnumType("TestCaseType", {"TestCase": 0, "TestDataSetup": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """Where the jobs of test cases run, and in which order."""

    robot_id: int | None = None
    machine_id: int | None = None
    runtime_type: int | None = None
    enforce_order: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseOptions:
    """What is said of one test case of a set: its inputs, each of which makes a run of its own, and its turn."""

    unique_id: str
    package_identifier: str | None
    variations: Sequence[Mapping[str, Any]]
    execution_order: int | None
    test_manager_case_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """How a test set is to be run."""

    trigger_type: int = 0
    batch_execution_key: str | None = None
    cases: Sequence[CaseOptions] = ()
    only_these: bool = False
    remote_control_access: int | None = None
    schedule_id: int | None = None
    seating: Seating = Seating()


@dataclass(frozen=True, slots=True)
class Repetition:
    """A test case that is to be run again; without an input it gets that of the last run."""

    case_execution_id: int
    input_arguments: Mapping[str, Any] | None
    execution_order: int | None


@dataclass(frozen=True, slots=True)
class AttachmentFilter:
    """Which run's attachments are wanted, by its id or by its key, and with which tags."""

    run_id: int | None
    run_key: str | None
    tags: frozenset[str]


def read_run(body: Body) -> RunRequest:
    """Read how a test set is to be run."""
    cases = find_objects(body, "testCases", entries_max=CASES_AT_ONCE_MAX) or []
    return RunRequest(
        trigger_type=find_enum(body, "triggerType", TRIGGER_TYPE) or 0,
        batch_execution_key=find_guid(body, "batchExecutionKey"),
        cases=[_read_case(each) for each in cases],
        only_these=bool(find_boolean(body, "executeOnlySpecifiedTestCases")),
        remote_control_access=find_enum(body, "remoteControlAccess", REMOTE_CONTROL_ACCESS),
        seating=read_seating(body),
    )


def read_seating(body: Body) -> Seating:
    """Read where jobs run, and whether one waits for the other."""
    return Seating(
        robot_id=find_integer(body, "robotId") or None,
        machine_id=find_integer(body, "machineId") or None,
        runtime_type=find_enum(body, "runtimeType", ROBOT_TYPE),
        enforce_order=find_boolean(body, "enforceExecutionOrder"),
    )


def read_repetitions(body: Body) -> list[Repetition]:
    """Read which test cases are to be run again; one at least."""
    cases = find_objects(body, "testCaseExecutions", entries_max=CASES_AT_ONCE_MAX)
    return [
        Repetition(
            get_required(find_integer(each, "testCaseExecutionId"), "testCaseExecutionId"),
            find_object(each, "inputArguments"),
            find_integer(each, "executionOrder", most=INT32_MAX),
        )
        for each in get_required(cases or None, "testCaseExecutions")
    ]


def read_attachment_filter(body: Body, run_id: str, run_key: str) -> AttachmentFilter:
    """Read which attachments are wanted; the run is named by one of the two fields."""
    wanted = AttachmentFilter(
        find_integer(body, run_id), find_guid(body, run_key), frozenset(find_texts(body, "tags") or ())
    )
    if wanted.run_id is None and wanted.run_key is None:
        raise InvalidRequest(f"The {run_id} or the {run_key} field is required.", details={"field": run_id})
    return wanted


def _read_case(body: Body) -> CaseOptions:
    variations = find_objects(body, "inputArgumentsVariations", entries_max=VARIATIONS_MAX) or []
    return CaseOptions(
        get_required(find_guid(body, "uniqueId"), "uniqueId"),
        find_text(body, "packageIdentifier", length_max=128) or None,
        [each.plain() for each in variations],
        find_integer(body, "executionOrder", most=INT32_MAX),
        find_guid(body, "testManagerTestCaseId"),
    )
