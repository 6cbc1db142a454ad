"""Jobs move by the clock, as their scripts say."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.started_jobs import after, script, seen, start, start_many, stop

from stagedoor.orchestrator.jobs import due
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.orchestrator.scripted_robots.states import JobState
from stagedoor.passage import FolderPlace


class TestMoving:
    def test_a_job_waits_runs_and_succeeds_by_the_clock(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder, InputArguments='{"amount": 5}')
        after(desk, 0.5)
        assert seen(desk, folder, job)["State"] == "Pending"
        after(desk, 0.5)
        running = seen(desk, folder, job)
        assert (running["State"], running["StartTime"]) == ("Running", "2030-01-31T08:00:01Z")
        assert running["HostMachineName"]
        after(desk, 2)
        done = seen(desk, folder, job)
        assert (done["State"], done["EndTime"]) == ("Successful", "2030-01-31T08:00:03Z")
        assert json.loads(str(done["OutputArguments"])) == {"amount": 5}
        assert done["Info"] == "Job completed"

    def test_times_are_those_of_the_script_however_late_one_looks(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        desk.clock.advance(timedelta(days=3))
        done = seen(desk, folder, job)
        assert (done["State"], done["OutputArguments"]) == ("Successful", "{}")
        assert (done["StartTime"], done["EndTime"]) == ("2030-01-31T08:00:01Z", "2030-01-31T08:00:03Z")

    def test_a_list_shows_where_every_job_stands_by_now(self, desk: Desk, folder: FolderPlace) -> None:
        start_many(desk, folder, JobsCount=600)
        after(desk, 3)
        query = {"$filter": "State eq 'Successful'", "$count": "true", "$top": "1"}
        page = desk.call("Jobs_Get", folder=folder, query=query).content
        assert page["@odata.count"] == 600
        assert "@odata.count" not in desk.call("Jobs_Get", folder=folder).content

    def test_all_jobs_move_though_nobody_looks_in_however_many_parts(
        self, desk: Desk, folder: FolderPlace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(due, "AT_ONCE", 2)
        start_many(desk, folder, JobsCount=5)
        after(desk, 3)
        desk.orchestrator.attend_to_duties()
        with desk.database.read() as session:
            states = session.scalars(text("SELECT state FROM jobs")).all()
        assert states == [JobState.SUCCESSFUL] * 5

    def test_a_script_may_fault(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.FAULT, reason="System.Exception: no invoice\n   at Main"))
        job = start(desk, folder)
        after(desk, 3)
        faulted = seen(desk, folder, job)
        assert (faulted["State"], faulted["Info"]) == ("Faulted", "System.Exception: no invoice\n   at Main")
        assert faulted["JobError"]["title"] == "System.Exception: no invoice"
        assert (faulted["ErrorCode"], faulted["OutputArguments"]) == ("Robot.ScriptedFault", None)

    def test_a_script_may_hang_until_it_is_killed(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.HANG))
        job = start(desk, folder)
        desk.clock.advance(timedelta(days=30))
        assert seen(desk, folder, job)["State"] == "Running"
        stop(desk, folder, job, "Kill")
        assert seen(desk, folder, job)["State"] == "Terminating"
        after(desk, 1)
        assert seen(desk, folder, job)["State"] == "Stopped"

    def test_a_script_may_give_an_output_of_its_own(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(output={"total": 7}), "invoice*")
        job = start(desk, folder, InputArguments='{"amount": 5}')
        after(desk, 3)
        assert seen(desk, folder, job)["OutputArguments"] == '{"total":7}'

    def test_a_call_may_bring_its_own_script(self, desk: Desk, folder: FolderPlace) -> None:
        headers = {"scripted-robot": '{"pendingSeconds": 10, "ending": "fault", "reason": "as asked"}'}
        job = start_many(desk, folder, headers=headers)[0]
        after(desk, 9)
        assert seen(desk, folder, job)["State"] == "Pending"
        after(desk, 3)
        assert seen(desk, folder, job)["Info"] == "as asked"

    def test_another_tenant_s_rules_do_not_count(self, desk: Desk, folder: FolderPlace) -> None:
        with desk.write() as session:
            create_rule(session, OTHER_TENANT.tenant_id, "*", Script(ending=Ending.FAULT))
        job = start(desk, folder)
        after(desk, 3)
        assert seen(desk, folder, job)["State"] == "Successful"
