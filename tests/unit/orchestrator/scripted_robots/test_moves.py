"""The way of a job from state to state, whatever its script says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.orchestrator.scripted_robots.moves import Move, begin, move_on, resume, stop
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script, SoftStop
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JobState, StopStrategy

NOW = datetime(2030, 1, 31, tzinfo=UTC)
SECONDS = st.floats(0, 1000)
SCRIPTS = st.builds(
    Script,
    pending_seconds=SECONDS,
    running_seconds=SECONDS,
    ending=st.sampled_from(Ending),
    stopping_seconds=SECONDS,
    soft_stop=st.sampled_from(SoftStop),
    terminating_seconds=SECONDS,
)


def run(script: Script, move: Move, *, was_resumed: bool = False) -> list[Move]:
    moves = [move]
    while moves[-1].next_at is not None:
        moves.append(move_on(moves[-1].state, script, moves[-1].next_at, was_resumed=was_resumed))
        assert len(moves) < 10
    return moves


@given(SCRIPTS)
def test_a_job_left_alone_waits_runs_and_comes_to_the_end_of_its_script(script: Script) -> None:
    states = [move.state for move in run(script, begin(script, NOW))]
    ends = {
        Ending.SUCCEED: [JobState.SUCCESSFUL],
        Ending.FAULT: [JobState.FAULTED],
        Ending.HANG: [],
        Ending.SUSPEND: [JobState.SUSPENDED],
    }
    assert states == [JobState.PENDING, JobState.RUNNING, *ends[script.ending]]


@given(SCRIPTS)
def test_time_never_runs_backwards(script: Script) -> None:
    times = [move.next_at for move in run(script, begin(script, NOW)) if move.next_at is not None]
    assert times, "what begins has a move to make"
    assert times == sorted(times)
    assert all(time >= NOW for time in times)


@given(SCRIPTS, st.sampled_from(sorted(set(JobState) - FINAL_STATES)))
def test_a_kill_ends_every_job_that_is_not_at_its_end(script: Script, state: JobState) -> None:
    move = stop(state, script, NOW, StopStrategy.KILL)
    if move is None:
        assert state is JobState.TERMINATING
        return
    assert run(script, move)[-1].state is JobState.STOPPED


@given(SCRIPTS, st.sampled_from(StopStrategy))
def test_being_asked_twice_is_being_asked_once(script: Script, strategy: StopStrategy) -> None:
    first = stop(JobState.RUNNING, script, NOW, strategy)
    assert first is not None
    assert stop(first.state, script, NOW, strategy) is None


def test_a_resumed_job_does_not_suspend_again() -> None:
    script = Script(ending=Ending.SUSPEND)
    states = [move.state for move in run(script, resume(script, NOW), was_resumed=True)]
    assert states == [JobState.RESUMED, JobState.RUNNING, JobState.SUCCESSFUL]


def test_a_state_without_a_way_on_stays() -> None:
    for state in (*FINAL_STATES, JobState.SUSPENDED):
        assert move_on(state, Script(), NOW + timedelta(1), was_resumed=False) == Move(state, None)
