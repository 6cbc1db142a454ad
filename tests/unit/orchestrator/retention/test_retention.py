"""How long things are kept is set once for queues, processes and catalogues alike, and carried out."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.factories.orchestrator import OTHER_TENANT, TENANT
from tests.factories.tasks import Work

from stagedoor.orchestrator import retention_sweep
from stagedoor.orchestrator.duties import DutyCall
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.queue_retention.store import QUEUE_RETENTION
from stagedoor.orchestrator.release_retention.store import RELEASE_RETENTION
from stagedoor.orchestrator.releases.schemas import ReleaseChanges
from stagedoor.orchestrator.releases.service import Author, create_release
from stagedoor.orchestrator.retention_sweep import sweep_duty
from stagedoor.orchestrator.stored_files.models import StoredFile
from stagedoor.orchestrator.task_retention.store import TASK_RETENTION

FIELDS = {
    "QueueRetention": "QueueDefinitionId",
    "ReleaseRetention": "ReleaseId",
    "TaskRetention": "TaskCatalogId",
}


@pytest.fixture
def shop(work: Work) -> Work:
    """A folder with a queue, a process and a catalogue."""
    work.make_catalog()
    work.call("QueueDefinitions_Post", {"Name": "Invoices"})
    with work.desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="Bot", version="1.0.0"), clock=work.desk.clock)
        author = Author(clock=work.desk.clock, chance=work.desk.chance, tenant_id=TENANT.tenant_id)
        create_release(session, work.folder, "Bot", "1.0.0", ReleaseChanges(name="Bot"), author)
    return work


def thing_id(shop: Work, name: str) -> int:
    lists = {
        "QueueRetention": "QueueDefinitions_Get",
        "ReleaseRetention": "Releases_Get",
        "TaskRetention": "TaskCatalogs_Get",
    }
    found: int = shop.call(lists[name])["value"][0]["Id"]
    return found


def sweep(work: Work) -> None:
    desk = work.desk
    duty = sweep_duty((QUEUE_RETENTION, RELEASE_RETENTION, TASK_RETENTION))
    duty.carry_out(
        DutyCall(database=desk.database, files=desk.files, clock=desk.clock, chance=desk.chance, vault=desk.vault)
    )


def files_of(work: Work, bucket: int) -> list[dict[str, Any]]:
    query = {"directory": "/", "recursive": "true"}
    listed: list[dict[str, Any]] = work.call("Buckets_GetFilesByKey", key=bucket, query=query)["value"]
    return [entry for entry in listed if not entry.get("IsDirectory")]


@pytest.mark.parametrize("name", FIELDS)
class TestSetting:
    def test_nothing_is_deleted_where_nothing_was_set(self, shop: Work, name: str) -> None:
        key = thing_id(shop, name)
        shown = shop.call(f"{name}_GetById", key=key)
        assert {part: shown[part] for part in ("Action", "Period", "BucketId", "Type")} == {
            "Action": "None",
            "Period": 30,
            "BucketId": None,
            "Type": "Final",
        }
        assert shown[FIELDS[name]] == key
        assert shop.call(f"{name}_Get")["value"] == []

    def test_a_setting_is_made_changed_listed_and_forgotten(self, shop: Work, name: str) -> None:
        key = thing_id(shop, name)
        shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 7, FIELDS[name]: key}, key=key)
        archive = {"Action": "Archive", "Period": 9, "BucketId": shop.make_bucket(), "Type": "Stale"}
        shop.call(f"{name}_PutById", archive, key=key)
        shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 8}, key=key)
        listed = shop.call(f"{name}_Get", query={"$filter": "Type eq 'Final'"})["value"]
        assert listed == [{FIELDS[name]: key, "Action": "Delete", "Period": 8, "BucketId": None, "Type": "Final"}]
        stale = shop.call(f"{name}_GetById", key=key, query={"retentiontype": "Stale"})
        assert (stale["Action"], stale["BucketId"]) == ("Archive", archive["BucketId"])
        assert shop.desk.call(f"{name}_DeleteById", key=key, folder=shop.folder).status == 204
        assert shop.call(f"{name}_Get")["value"] == []

    def test_keeping_for_ever_needs_no_period(self, shop: Work, name: str) -> None:
        key = thing_id(shop, name)
        shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 7}, key=key)
        shop.call(f"{name}_PutById", {"Action": "None"}, key=key)
        shown = shop.call(f"{name}_GetById", key=key)
        assert (shown["Action"], shown["Period"]) == ("None", 30)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"Action": "Delete"},
            {"Action": "Burn", "Period": 5},
            {"Action": "Delete", "Period": 0},
            {"Action": "Delete", "Period": 100_000},
            {"Action": "Archive", "Period": 5},
            {"Action": "Delete", "Period": 5, "Type": "Fresh"},
            {"Action": "Delete", "Period": "five"},
        ],
    )
    def test_a_wrong_setting_sets_nothing(self, shop: Work, name: str, body: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest):
            shop.call(f"{name}_PutById", body, key=thing_id(shop, name))
        assert shop.call(f"{name}_Get")["value"] == []

    def test_a_setting_for_another_thing_than_the_path_s_is_refused(self, shop: Work, name: str) -> None:
        key = thing_id(shop, name)
        with pytest.raises(InvalidRequest, match=FIELDS[name]):
            shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 7, FIELDS[name]: key + 1}, key=key)

    def test_a_bucket_has_to_be_there(self, shop: Work, name: str) -> None:
        with pytest.raises(NotFound, match="bucket"):
            shop.call(f"{name}_PutById", {"Action": "Archive", "Period": 9, "BucketId": 99}, key=thing_id(shop, name))

    def test_an_unknown_type_is_refused(self, shop: Work, name: str) -> None:
        with pytest.raises(InvalidRequest, match="retentionType"):
            shop.call(f"{name}_GetById", key=thing_id(shop, name), query={"retentiontype": "Fresh"})

    def test_other_folders_and_tenants_neither_see_nor_set_it(self, shop: Work, name: str) -> None:
        key = thing_id(shop, name)
        shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 7}, key=key)
        other = shop.desk.make_folder("Other")
        asked: list[dict[str, Any]] = [{"folder": other}]
        if name != "ReleaseRetention":
            # A release is found by its folder, which is one tenant's alone.
            asked.append({"tenant": OTHER_TENANT})
        for where in asked:
            with pytest.raises(NotFound):
                shop.call(f"{name}_GetById", key=key, **where)
            with pytest.raises(NotFound):
                shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 1}, key=key, **where)
            with pytest.raises(NotFound):
                shop.call(f"{name}_DeleteById", key=key, **where)
        assert shop.call(f"{name}_Get", folder=other)["value"] == []
        assert shop.call(f"{name}_GetById", key=key)["Period"] == 7


class TestSweeping:
    def test_completed_tasks_go_when_their_time_is_over(self, shop: Work) -> None:
        done, open_task = (shop.make(taskCatalogName="Invoices")["id"] for _ in range(2))
        elsewhere = shop.make()["id"]
        for number in (done, elsewhere):
            shop.call("GenericTasks_CompleteTask", {"taskId": number})
        key = thing_id(shop, "TaskRetention")
        shop.call("TaskRetention_PutById", {"Action": "Delete", "Period": 7}, key=key)
        shop.desk.clock.advance(timedelta(days=6))
        sweep(shop)
        assert shop.names("Tasks_Get", "Id") == [done, open_task, elsewhere]
        shop.desk.clock.advance(timedelta(days=2))
        sweep(shop)
        assert shop.names("Tasks_Get", "Id") == [open_task, elsewhere]
        shop.call("TaskRetention_PutById", {"Action": "Delete", "Period": 7, "Type": "Stale"}, key=key)
        sweep(shop)
        assert shop.names("Tasks_Get", "Id") == [elsewhere]

    def test_what_is_to_be_archived_lies_in_the_bucket_and_nowhere_else(self, shop: Work) -> None:
        bucket, key = shop.make_bucket(), thing_id(shop, "TaskRetention")
        done = shop.make("=1+1", data={"Amount": 5}, taskCatalogName="Invoices")["id"]
        shop.call("GenericTasks_CompleteTask", {"taskId": done})
        shop.call("TaskRetention_PutById", {"Action": "Archive", "Period": 7, "BucketId": bucket}, key=key)
        shop.desk.clock.advance(timedelta(days=8))
        sweep(shop)
        sweep(shop)
        assert shop.names("Tasks_Get", "Id") == []
        (file,) = files_of(shop, bucket)
        assert file["FullPath"] == f"/TaskRetention/{key}/{done}-{done}.csv"
        with shop.desk.database.read() as session:
            name = session.scalars(select(StoredFile.name)).one()
        with shop.desk.files.open(name) as content:
            rows = list(csv.DictReader(content.read().decode("utf-8-sig").splitlines()))
        assert [(row["id"], row["title"], row["data"]) for row in rows] == [(str(done), "'=1+1", '{"Amount":5}')]
        assert "sealed_data" not in rows[0]

    def test_more_than_one_batch_is_archived_to_the_last(self, shop: Work, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention_sweep, "SWEPT_AT_ONCE", 2)
        bucket, key = shop.make_bucket(), thing_id(shop, "TaskRetention")
        for _ in range(5):
            task = shop.make(taskCatalogName="Invoices")
            shop.call("GenericTasks_CompleteTask", {"taskId": task["id"]})
        shop.call("TaskRetention_PutById", {"Action": "Archive", "Period": 7, "BucketId": bucket}, key=key)
        shop.desk.clock.advance(timedelta(days=8))
        sweep(shop)
        assert shop.names("Tasks_Get", "Id") == []
        assert len(files_of(shop, bucket)) == 3

    @pytest.mark.parametrize("trouble", ["gone", "read-only"])
    def test_what_no_bucket_takes_stays(self, shop: Work, trouble: str) -> None:
        bucket, key = shop.make_bucket(), thing_id(shop, "TaskRetention")
        done = shop.make(taskCatalogName="Invoices")["id"]
        shop.call("GenericTasks_CompleteTask", {"taskId": done})
        shop.call("TaskRetention_PutById", {"Action": "Archive", "Period": 7, "BucketId": bucket}, key=key)
        if trouble == "gone":
            shop.call("Buckets_DeleteById", key=bucket)
        else:
            found = shop.call("Buckets_GetById", key=bucket)
            shop.call("Buckets_PutById", {**found, "Options": "ReadOnly"}, key=bucket)
        shop.desk.clock.advance(timedelta(days=8))
        sweep(shop)
        assert shop.names("Tasks_Get", "Id") == [done]
        with shop.desk.database.read() as session:
            assert session.scalars(select(StoredFile)).all() == []

    def test_ended_queue_items_and_jobs_go_and_waiting_ones_stay(self, shop: Work) -> None:
        for reference in ("taken", "waiting"):
            shop.call("Queues_AddQueueItem", {"itemData": {"Name": "Invoices", "Reference": reference}})
        started = shop.call("Queues_StartTransaction", {"transactionData": {"Name": "Invoices"}})
        result = {"transactionResult": {"IsSuccessful": True}}
        shop.call("Queues_SetTransactionResultById", result, key=started["Id"])
        for name in ("QueueRetention", "ReleaseRetention"):
            shop.call(f"{name}_PutById", {"Action": "Delete", "Period": 1}, key=thing_id(shop, name))
        shop.call(
            "ReleaseRetention_PutById",
            {"Action": "Delete", "Period": 1, "Type": "Stale"},
            key=thing_id(shop, "ReleaseRetention"),
        )
        body = {"startInfo": {"ReleaseName": "Bot", "JobsCount": 1}}
        shop.call("Jobs_StartJobs", body)
        shop.desk.clock.advance(timedelta(hours=1))
        assert shop.names("Jobs_Get", "State") == ["Successful"]
        shop.desk.clock.advance(timedelta(days=2))
        sweep(shop)
        assert shop.names("Jobs_Get", "State") == []
        assert shop.names("QueueItems_Get", "Reference") == ["waiting"]
        shop.call(
            "QueueRetention_PutById",
            {"Action": "Delete", "Period": 1, "Type": "Stale"},
            key=thing_id(shop, "QueueRetention"),
        )
        sweep(shop)
        assert shop.names("QueueItems_Get", "Reference") == []
