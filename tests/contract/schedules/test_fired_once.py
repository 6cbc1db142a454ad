"""A trigger fires each of its moments once, on every store that Stagedoor runs on, however many processes look.

Real transactions from many threads, on a SQLite file and on PostgreSQL.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from stagedoor.kit.chance import SeededChance, SystemChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.files import LocalFiles
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.duties import DutyCall
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.process_schedules.firing import fire_due
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.process_schedules.schemas import read_schedule
from stagedoor.orchestrator.process_schedules.service import Writer, create_schedule
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.seed import seed_tenant

TENANT_ID = "00000000-0000-4000-8000-0000000000d1"
THREADS = 16
TRIGGERS = 12
START = datetime(2030, 1, 31, 8, 0, tzinfo=UTC)


@pytest.fixture
def duty(database: Database, tmp_path: Path) -> DutyCall:
    clock = HeldClock(START)
    with database.write() as session:
        seed_tenant(session, TENANT_ID, clock=clock, chance=SeededChance(1))
        release = session.scalars(select(Release)).one()
        writer = Writer(
            tenant_id=TENANT_ID, folder_id=release.folder_id, user_number=1, now=START, chance=SeededChance(2)
        )
        for number in range(TRIGGERS):
            body = {
                "Name": f"T{number}",
                "ReleaseId": release.id,
                "TimeZoneId": "UTC",
                "StartProcessCron": "0 * * * * ?",
                "StartStrategy": 1,
            }
            create_schedule(session, read_schedule(Body(body)), writer)
    return DutyCall(
        database=database,
        files=LocalFiles(tmp_path / "files"),
        clock=clock,
        chance=SystemChance(),
        vault=Vault(bytes(32)),
    )


def test_each_moment_of_each_trigger_makes_one_job(duty: DutyCall) -> None:
    clock = duty.clock
    assert isinstance(clock, HeldClock)
    for minute in (1, 2, 3):
        clock.advance(timedelta(minutes=1))
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(fire_due, [duty] * THREADS))
        with duty.database.read() as session:
            started = Counter(
                session.scalars(select(Job.starting_schedule_id).where(Job.starting_schedule_id.is_not(None)))
            )
        assert set(started.values()) == {minute}
        assert len(started) == TRIGGERS


def test_a_process_that_dies_while_it_fires_leaves_the_moment_to_another_one(
    duty: DutyCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = duty.clock
    assert isinstance(clock, HeldClock)
    clock.advance(timedelta(minutes=1))

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("stagedoor.orchestrator.process_schedules.firing.start_jobs", die)
        with pytest.raises(KeyboardInterrupt):
            fire_due(duty)
    with duty.database.read() as session:
        assert session.scalar(select(func.count()).where(Job.starting_schedule_id.is_not(None))) == 0
        waiting = select(func.count()).where(ProcessSchedule.next_fire_at <= clock.now())
        assert session.scalar(waiting) == TRIGGERS
    fire_due(duty)
    with duty.database.read() as session:
        assert session.scalar(select(func.count()).where(Job.starting_schedule_id.is_not(None))) == TRIGGERS
