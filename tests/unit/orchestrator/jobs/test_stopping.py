"""Jobs: stopped, killed, and resumed where they are suspended."""

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.started_jobs import after, script, seen, start, start_many, stop

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script, SoftStop
from stagedoor.passage import FolderPlace


class TestStopping:
    def test_a_pending_job_stops_at_once(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        assert stop(desk, folder, job) == 200
        stopped = seen(desk, folder, job)
        assert (stopped["State"], stopped["EndTime"]) == ("Stopped", "2030-01-31T08:00:00Z")
        after(desk, 60)
        assert seen(desk, folder, job)["State"] == "Stopped"

    @pytest.mark.parametrize(
        ("soft_stop", "end"),
        [(SoftStop.STOP, "Stopped"), (SoftStop.FINISH, "Successful"), (SoftStop.IGNORE, "Stopping")],
    )
    def test_a_running_job_takes_a_soft_stop_as_its_script_says(
        self, desk: Desk, folder: FolderPlace, soft_stop: SoftStop, end: str
    ) -> None:
        script(desk, Script(soft_stop=soft_stop, stopping_seconds=2))
        job = start(desk, folder)
        after(desk, 1)
        stop(desk, folder, job)
        assert (seen(desk, folder, job)["State"], seen(desk, folder, job)["StopStrategy"]) == ("Stopping", "SoftStop")
        after(desk, 2)
        assert seen(desk, folder, job)["State"] == end

    def test_a_kill_goes_over_a_soft_stop(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(soft_stop=SoftStop.IGNORE))
        job = start(desk, folder)
        after(desk, 1)
        for strategy in ("SoftStop", "SoftStop", "Kill", "SoftStop"):
            stop(desk, folder, job, strategy)
        after(desk, 1)
        ended = seen(desk, folder, job)
        assert (ended["State"], ended["Info"], ended["StopStrategy"]) == ("Stopped", "Job was killed", "Kill")

    def test_a_finished_job_is_not_stopped(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        after(desk, 3)
        with pytest.raises(Conflict) as refusal:
            stop(desk, folder, job)
        assert refusal.value.status == 409

    def test_many_jobs_are_stopped_all_or_none(self, desk: Desk, folder: FolderPlace) -> None:
        done = start(desk, folder)
        after(desk, 3)
        jobs = start_many(desk, folder, JobsCount=2)
        ids = [job["Id"] for job in jobs]
        for wrong, refusal in ((done["Id"], Conflict), (999, NotFound)):
            with pytest.raises(refusal):
                desk.call("Jobs_StopJobs", {"strategy": "Kill", "jobIds": [*ids, wrong]}, folder=folder)
        assert [seen(desk, folder, job)["State"] for job in jobs] == ["Pending", "Pending"]
        assert desk.call("Jobs_StopJobs", {"strategy": "Kill", "jobIds": [*ids, ids[0]]}, folder=folder).status == 200
        assert [seen(desk, folder, job)["State"] for job in jobs] == ["Stopped", "Stopped"]

    @pytest.mark.parametrize("body", [{}, {"strategy": "Gently", "jobIds": [1]}, {"strategy": "Kill"}, {"jobIds": [1]}])
    def test_how_and_which_have_to_be_said(self, desk: Desk, folder: FolderPlace, body: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("Jobs_StopJobs", body, folder=folder)


class TestResuming:
    def test_a_suspended_job_goes_on_and_succeeds(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.SUSPEND))
        job = start(desk, folder)
        after(desk, 60)
        assert seen(desk, folder, job)["State"] == "Suspended"
        resumed = desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, folder=folder).content
        assert (resumed["State"], resumed["ResumeVersion"]) == ("Resumed", 1)
        after(desk, 3)
        done = seen(desk, folder, job)
        assert (done["State"], done["StartTime"]) == ("Successful", "2030-01-31T08:00:01Z")

    def test_a_suspended_job_may_be_stopped(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.SUSPEND))
        job = start(desk, folder)
        after(desk, 3)
        stop(desk, folder, job)
        assert seen(desk, folder, job)["State"] == "Stopped"

    def test_a_job_that_is_not_suspended_is_not_resumed(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        with pytest.raises(Conflict) as refusal:
            desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, folder=folder)
        assert refusal.value.status == 409
