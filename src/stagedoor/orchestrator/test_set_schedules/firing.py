"""Schedules of test sets fire: each moment once over all processes, and what was missed while no server ran once.

Whoever finds a schedule due takes its row, moves the next moment on and starts the run in one transaction; a second one
finds that moment gone.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.errors import OrchestratorError
from stagedoor.orchestrator.test_set_executions.conductor import Conductor
from stagedoor.orchestrator.test_set_executions.schemas import TRIGGER_TYPE, RunRequest
from stagedoor.orchestrator.test_set_executions.service import run_set
from stagedoor.orchestrator.test_set_schedules import service, store
from stagedoor.orchestrator.test_set_schedules.models import SetSchedule
from stagedoor.orchestrator.test_sets.models import CaseSet

AT_ONCE = 100

_log = get_logger(__name__)


def fire_due(duty: DutyCall) -> None:
    """Fire every schedule that is due, each in a transaction of its own."""
    now = duty.clock.now()
    with duty.database.write() as session:
        service.plan_stale(session, now)
    while True:
        with duty.database.read() as session:
            due = store.list_due(session, now, limit=AT_ONCE)
        for schedule_id, due_at in due:
            with duty.database.write() as session:
                schedule = store.take_due(session, schedule_id, due_at)
                if schedule is not None:
                    _fire(session, schedule, duty)
        if len(due) < AT_ONCE:
            return


FIRE_TEST_SCHEDULES = Duty(
    "fire test set schedules", every=timedelta(seconds=1), carry_out=fire_due, is_due=store.is_any_due
)


def _fire(session: Session, schedule: SetSchedule, duty: DutyCall) -> None:
    service.plan(session, schedule, duty.clock.now())
    session.flush()
    request = RunRequest(trigger_type=TRIGGER_TYPE.members["Scheduled"], schedule_id=schedule.id)
    conductor = Conductor(
        session=session,
        tenant_id=schedule.tenant_id,
        user_number=schedule.creator_user_number,
        clock=duty.clock,
        chance=duty.chance,
    )
    try:
        with session.begin_nested():
            run_set(conductor, session.get_one(CaseSet, schedule.set_id), request)
    except OrchestratorError as refusal:
        # A set that was disabled or emptied is no reason to stop the others, nor this one for good.
        _log.warning("test_schedule_not_fired", schedule=schedule.id, tenant=schedule.tenant_id, reason=refusal.public)
