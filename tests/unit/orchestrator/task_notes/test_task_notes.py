"""Notes on tasks, and the history that shows them."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import GRACE, Work, caller_of

from stagedoor.orchestrator.errors import InvalidRequest, NotFound


def test_a_note_is_kept_with_who_wrote_it(work: Work) -> None:
    task = work.make()
    answer = work.desk.call(
        "TaskNotes_CreateTaskNote",
        {"Text": "look here", "TaskId": task["id"]},
        folder=work.folder,
        caller=caller_of(GRACE),
    )
    assert (answer.status, answer.content["Text"], answer.content["CreatorUserId"]) == (201, "look here", GRACE)
    listed = work.call("TaskNotes_GetByTaskId", taskId=task["id"], query={"$expand": "CreatorUser"})
    assert [note["CreatorUser"]["userName"] for note in listed["value"]] == ["grace"]
    activities = work.call("TaskActivities_GetByTaskId", taskId=task["id"], query={"$expand": "TaskNote,CreatorUser"})
    assert [each["ActivityType"] for each in activities["value"]] == ["Created", "Commented"]
    assert activities["value"][1]["TaskNote"]["Text"] == "look here"
    assert activities["value"][1]["TaskKey"] == task["key"]


@pytest.mark.parametrize("body", [{"TaskId": 1}, {"Text": "x"}, {"Text": "x" * 513, "TaskId": 1}, {"Text": 5}])
def test_what_cannot_be_read_is_refused(work: Work, body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        work.call("TaskNotes_CreateTaskNote", body)


def test_another_folders_or_tenants_task_takes_and_shows_no_notes(work: Work) -> None:
    task = work.make()
    for asked in ({"folder": work.desk.make_folder("Other")}, {"tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            work.call("TaskNotes_CreateTaskNote", {"Text": "x", "TaskId": task["id"]}, **asked)
        for operation in ("TaskNotes_GetByTaskId", "TaskActivities_GetByTaskId"):
            with pytest.raises(NotFound):
                work.call(operation, taskId=task["id"], **asked)
    assert work.history(task["id"]) == ["Created"]
