"""What the vendor's Python library (``uipath`` on PyPI) offers beside what the other files use: its asynchronous twins,
inboxes of suspended jobs, secrets, the first run and requests of one's own.

Each service is held in a name like its own: by that name ``test_every_method`` finds what is tested.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served
from tests.factories.suspended import start_suspended_job
from uipath.platform import UiPath
from uipath.platform.errors import EnrichedException
from uipath.platform.orchestrator.assets import UserAsset
from uipath.platform.orchestrator.queues import CommitType, QueueItem, TransactionItem, TransactionItemResult

# The library opens connections for each service it hands out and leaves them to the collector.
pytestmark = [
    pytest.mark.usefixtures("in_the_shared_folder"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning", "ignore::DeprecationWarning"),
]

ALLOWED = (
    *("tag:Assets", "tag:FoldersNavigation", "tag:Jobs", "tag:JobTriggers", "tag:QueueItems", "tag:Queues"),
    *("tag:StudioWeb", "Releases_Get", "Users_GetCurrentUserExtended"),
)
ENDED = {"Successful", "Faulted", "Stopped"}


def has_ended(job: Any) -> bool:
    return job.state in ENDED


@pytest.fixture(scope="module")
def access_key(administrator: Administrator) -> str:
    """A key for what the library is asked to do here."""
    return administrator.make_key("uipath library, everything", ALLOWED)


def awaited(service: Any, use: Callable[[Any], Awaitable[None]]) -> None:
    """Use a service asynchronously, and close it in the loop that it was used in."""

    async def run() -> None:
        try:
            await use(service)
        finally:
            await service.aclose()

    asyncio.run(run())


class TestAsynchronously:
    def test_assets_are_listed_retrieved_and_updated_by_a_robot(
        self, uipath_as_robot: UiPath, administrator: Administrator, house: Served
    ) -> None:
        asset = {"Name": "AsyncCounter", "ValueScope": "Global", "ValueType": "Text", "StringValue": "before"}
        administrator.create("Assets", asset, folder=house.folder)

        async def use(assets: Any) -> None:
            listed = await assets.list_async(filter="Name eq 'AsyncCounter'")
            assert [each.name for each in listed.items] == ["AsyncCounter"]
            assert (await assets.retrieve_async("AsyncCounter")).string_value == "before"
            await assets.update_async(UserAsset(Name="AsyncCounter", ValueType="Text", StringValue="after"))
            assert (await assets.retrieve_async("AsyncCounter")).string_value == "after"
            assert len(await assets.retrieve_credential_async("LedgerLogin")) == 24

        awaited(uipath_as_robot.assets, use)

    def test_a_job_is_started_watched_stopped_and_started_again(self, uipath: UiPath) -> None:
        keys = []

        async def start(processes: Any) -> None:
            keys.append((await processes.invoke_async("InvoiceBot", {"InvoiceNumber": "1"})).key)
            keys.append((await processes.invoke_async("InvoiceBot", {})).key)

        async def stop(jobs: Any) -> None:
            assert await jobs.exists_async(job_key=keys[0])
            await jobs.stop_async(job_keys=[keys[1]], strategy="Kill")

        async def start_again(jobs: Any) -> None:
            done = await jobs.retrieve_async(job_key=keys[0])
            assert json.loads(await jobs.extract_output_async(done))["Approved"] is True
            again = await jobs.restart_async(job_key=keys[0])
            listed = await jobs.list_async(filter=f"Key eq {again.key}")
            assert [job.key for job in listed.items] == [again.key]

        awaited(uipath.processes, start)
        awaited(uipath.jobs, stop)
        jobs = uipath.jobs
        assert eventually(lambda: jobs.retrieve(job_key=keys[1]), has_ended).state == "Stopped"
        eventually(lambda: jobs.retrieve(job_key=keys[0]), has_ended)
        awaited(uipath.jobs, start_again)

    def test_a_transaction_goes_its_way(
        self, uipath_as_robot: UiPath, administrator: Administrator, house: Served
    ) -> None:
        administrator.create("QueueDefinitions", {"Name": "AsyncItems", "MaxNumberOfRetries": 0}, folder=house.folder)

        async def use(queues: Any) -> None:
            await queues.create_item_async(
                QueueItem(SpecificContent={"n": 1}, Reference="one"), queue_name="AsyncItems"
            )
            more = [QueueItem(SpecificContent={"n": number}) for number in (2, 3)]
            bulk = await queues.create_items_async(more, "AsyncItems", CommitType.ALL_OR_NOTHING)
            assert bulk["Success"]
            taken = await queues.create_transaction_item_async(TransactionItem(), queue_name="AsyncItems")
            await queues.update_progress_of_transaction_item_async(str(taken["Id"]), "half way")
            await queues.complete_transaction_item_async(str(taken["Id"]), TransactionItemResult(IsSuccessful=True))
            listed = await queues.list_items_async("AsyncItems")
            assert sorted(item["Status"] for item in listed["value"]) == ["New", "New", "Successful"]

        awaited(uipath_as_robot.queues, use)

    def test_a_folder_is_found_by_its_path(self, uipath: UiPath, house: Served) -> None:
        async def use(folders: Any) -> None:
            key = await folders.retrieve_key_async(folder_path=house.folder)
            assert key == await folders.retrieve_folder_key_async(house.folder)
            with pytest.raises(Exception, match="workspace"):
                await folders.get_personal_workspace_async()

        folders = uipath.folders
        assert folders.retrieve_key_by_folder_path(house.folder) == folders.retrieve_key(folder_path=house.folder)
        awaited(uipath.folders, use)


class TestInboxes:
    def start_one_that_suspends(self, administrator: Administrator) -> tuple[int, str]:
        """Return the id of a job that waits, and that of its inbox."""
        job = start_suspended_job(administrator)
        waits = administrator.orchestrator.get(
            "/odata/JobTriggers",
            params={"$filter": f"JobId eq {job['Id']}"},
            headers={"X-UIPATH-FolderPath": administrator.house.folder},
        )
        return job["Id"], str(waits.json()["value"][0]["ItemKey"])

    def test_a_payload_resumes_a_job_by_its_id_and_is_read_by_whoever_knows_the_inbox(
        self, uipath: UiPath, administrator: Administrator
    ) -> None:
        job_id, inbox_id = self.start_one_that_suspends(administrator)
        jobs = uipath.jobs
        jobs.resume(job_id=str(job_id), payload={"payload": {"answer": 42}})
        kept = jobs.retrieve_inbox_payload(inbox_id)
        assert "answer" in json.dumps(kept)
        assert jobs.retrieve_api_payload(inbox_id) == kept.get("payload")
        [resumed] = eventually(lambda: jobs.list(filter=f"Id eq {job_id}").items, lambda found: has_ended(found[0]))
        assert resumed.state == "Successful"

    def test_the_same_asynchronously_by_the_inbox(self, uipath: UiPath, administrator: Administrator) -> None:
        _, inbox_id = self.start_one_that_suspends(administrator)

        async def use(jobs: Any) -> None:
            await jobs.resume_async(inbox_id=inbox_id, payload={"payload": "go on"})
            kept = await jobs.retrieve_inbox_payload_async(inbox_id)
            assert await jobs.retrieve_api_payload_async(inbox_id) == kept.get("payload")

        awaited(uipath.jobs, use)


class TestSecrets:
    def make_secret(self, administrator: Administrator, house: Served, name: str, *, direct: bool) -> None:
        asset = {"Name": name, "ValueScope": "Global", "ValueType": "Secret", "SecretValue": "s3cret of the library"}
        administrator.create("Assets", {**asset, "AllowDirectApiAccess": direct}, folder=house.folder)

    def test_a_robot_gets_a_secret(self, uipath_as_robot: UiPath, administrator: Administrator, house: Served) -> None:
        self.make_secret(administrator, house, "LibrarySecret", direct=False)
        assets = uipath_as_robot.assets
        assert assets.retrieve_secret("LibrarySecret") == "s3cret of the library"

        async def use(assets: Any) -> None:
            assert await assets.retrieve_secret_async("LibrarySecret") == "s3cret of the library"

        awaited(uipath_as_robot.assets, use)

    def test_nobody_else_does_but_where_the_asset_says_so(
        self, uipath: UiPath, administrator: Administrator, house: Served
    ) -> None:
        self.make_secret(administrator, house, "RobotsOnly", direct=False)
        self.make_secret(administrator, house, "Direct", direct=True)
        assets = uipath.assets
        with pytest.raises(ValueError, match="No robot key available"):
            assets.retrieve_secret("RobotsOnly")
        assert assets.retrieve_secret("Direct") == "s3cret of the library"


class TestFirstRun:
    def test_it_is_enabled_without_a_warning(self, uipath: UiPath, caplog: pytest.LogCaptureFixture) -> None:
        async def use(orchestrator_setup: Any) -> None:
            await orchestrator_setup.enable_first_run_async()

        orchestrator_setup = uipath.orchestrator_setup
        orchestrator_setup.enable_first_run()
        awaited(uipath.orchestrator_setup, use)
        assert caplog.records == []


class TestOwnRequests:
    """``api_client`` takes any path below the tenant."""

    def test_a_request_of_one_s_own_is_answered(self, uipath: UiPath, house: Served) -> None:
        folder = {"X-UIPATH-FolderPath": house.folder}

        async def use(api_client: Any) -> None:
            answer = await api_client.request_async(
                "GET", "/orchestrator_/odata/Releases", params={"$top": 1}, headers=folder
            )
            assert len(answer.json()["value"]) == 1

        api_client = uipath.api_client
        answer = api_client.request(
            "GET", "/orchestrator_/odata/Jobs", params={"$filter": "State eq 'Pending'"}, headers=folder
        )
        assert answer.status_code == 200
        awaited(uipath.api_client, use)

    def test_a_refused_one_says_why(self, uipath: UiPath) -> None:
        api_client = uipath.api_client
        with pytest.raises(EnrichedException) as refused:
            api_client.request("GET", "/orchestrator_/odata/Users")
        assert refused.value.status_code == 403
