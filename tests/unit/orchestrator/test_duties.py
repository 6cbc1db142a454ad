from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.duties import Duties, Duty, DutyCall

MINUTE = timedelta(minutes=1)


class Process:
    """A process with a duty of its own to note when it was carried out."""

    def __init__(self, desk: Desk) -> None:
        self.carried_out = 0
        self.duties = Duties([Duty("broken", MINUTE, self._break), Duty("counting", MINUTE, self._count)], call(desk))

    def _count(self, call: DutyCall) -> None:
        self.carried_out += 1

    def _break(self, call: DutyCall) -> None:
        raise ValueError


def call(desk: Desk) -> DutyCall:
    return DutyCall(database=desk.database, files=desk.files, clock=desk.clock, chance=desk.chance, vault=desk.vault)


def test_a_duty_is_carried_out_once_a_period_by_one_of_many_processes(desk: Desk) -> None:
    processes = [Process(desk), Process(desk)]
    for expected in (1, 2, 3):
        for process in (*processes, *processes):
            process.duties.attend()
        assert sum(process.carried_out for process in processes) == expected
        desk.clock.advance(MINUTE)


def test_one_that_fails_keeps_no_other_waiting_and_is_due_again(desk: Desk) -> None:
    process = Process(desk)
    process.duties.attend()
    desk.clock.advance(MINUTE)
    process.duties.attend()
    assert process.carried_out == 2


def test_a_process_that_starts_later_takes_over_when_it_is_due(desk: Desk) -> None:
    Process(desk).duties.attend()
    later = Process(desk)
    later.duties.attend()
    assert later.carried_out == 0
    desk.clock.advance(MINUTE)
    later.duties.attend()
    assert later.carried_out == 1


def test_what_is_not_due_is_seen_in_one_transaction_and_once_a_period(desk: Desk) -> None:
    looks: list[Session] = []
    carried_out: list[DutyCall] = []

    def look(session: Session, _: datetime) -> bool:
        looks.append(session)
        return False

    duties = Duties([Duty(name, MINUTE, carried_out.append, look) for name in ("one", "two")], call(desk))
    for expected in (2, 4):
        duties.attend()
        duties.attend()
        assert len(looks) == expected
        assert looks[-1] is looks[-2]
        desk.clock.advance(MINUTE)
    assert not carried_out
