"""The states of a job, with the vendor's numbers."""

from enum import IntEnum

from stagedoor.orchestrator.entity import EnumType


class JobState(IntEnum):
    """Where a job stands."""

    PENDING = 0
    RUNNING = 1
    STOPPING = 2
    TERMINATING = 3
    FAULTED = 4
    SUCCESSFUL = 5
    STOPPED = 6
    SUSPENDED = 7
    RESUMED = 8


class StopStrategy(IntEnum):
    """How a job is asked to end: politely, or not."""

    SOFT_STOP = 0
    KILL = 1


FINAL_STATES = frozenset({JobState.FAULTED, JobState.SUCCESSFUL, JobState.STOPPED})
IN_HAND_STATES = frozenset({JobState.RUNNING, JobState.STOPPING, JobState.TERMINATING})
"""A robot has the job: it runs, or is being stopped."""

JOB_STATE = EnumType(
    "JobState",
    {
        "Pending": JobState.PENDING,
        "Running": JobState.RUNNING,
        "Stopping": JobState.STOPPING,
        "Terminating": JobState.TERMINATING,
        "Faulted": JobState.FAULTED,
        "Successful": JobState.SUCCESSFUL,
        "Stopped": JobState.STOPPED,
        "Suspended": JobState.SUSPENDED,
        "Resumed": JobState.RESUMED,
    },
)
STOP_STRATEGY = EnumType(
    "StopStrategy",
    {"SoftStop": StopStrategy.SOFT_STOP, "Kill": StopStrategy.KILL},
    # The vendor begins at 1, and its people's PowerShell module sends the numbers.
    sent={"SoftStop": 1, "Kill": 2},
)
