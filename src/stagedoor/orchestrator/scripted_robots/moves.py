"""The way of a job from state to state: which move comes next by its script, and what a request to stop does.

Pure functions over a state, a script and a time; who keeps jobs applies what they return.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script, SoftStop
from stagedoor.orchestrator.scripted_robots.states import JobState, StopStrategy


@dataclass(frozen=True, slots=True)
class Move:
    """The state that a job comes to, and when it will move on by itself; ``None`` means not by itself."""

    state: JobState
    next_at: datetime | None


def begin(script: Script, at: datetime) -> Move:
    """Return where a job starts."""
    return Move(JobState.PENDING, _after(at, script.pending_seconds))


def resume(script: Script, at: datetime) -> Move:
    """Return where a suspended job goes on."""
    return Move(JobState.RESUMED, _after(at, script.pending_seconds))


def move_on(state: JobState, script: Script, at: datetime, *, was_resumed: bool) -> Move:
    """Return the move that the script makes at ``at``, the time when it was due."""
    match state:
        case JobState.PENDING | JobState.RESUMED:
            hangs = script.ending is Ending.HANG
            return Move(JobState.RUNNING, None if hangs else _after(at, script.running_seconds))
        case JobState.RUNNING:
            return Move(_end_of(script, was_resumed=was_resumed), None)
        case JobState.STOPPING:
            finishes = script.soft_stop is SoftStop.FINISH
            return Move(JobState.SUCCESSFUL if finishes else JobState.STOPPED, None)
        case JobState.TERMINATING:
            return Move(JobState.STOPPED, None)
        case _:
            return Move(state, None)


def stop(state: JobState, script: Script, at: datetime, strategy: StopStrategy) -> Move | None:
    """Return the move that a request to stop makes, or ``None`` where it changes nothing.

    A job that no robot has yet stops at once. Being asked twice is being asked once, but a kill goes over a soft stop.
    The caller has made sure that the job is not at its end.
    """
    match state, strategy:
        case ((JobState.PENDING | JobState.RESUMED | JobState.SUSPENDED), _):
            return Move(JobState.STOPPED, None)
        case JobState.RUNNING, StopStrategy.SOFT_STOP:
            ignores = script.soft_stop is SoftStop.IGNORE
            return Move(JobState.STOPPING, None if ignores else _after(at, script.stopping_seconds))
        case ((JobState.RUNNING | JobState.STOPPING), StopStrategy.KILL):
            return Move(JobState.TERMINATING, _after(at, script.terminating_seconds))
        case _:
            return None


def _end_of(script: Script, *, was_resumed: bool) -> JobState:
    match script.ending:
        case Ending.FAULT:
            return JobState.FAULTED
        case Ending.SUSPEND if not was_resumed:
            return JobState.SUSPENDED
        case _:
            return JobState.SUCCESSFUL


def _after(at: datetime, seconds: float) -> datetime:
    return at + timedelta(seconds=seconds)
