"""The vendor's Python library (``uipath`` on PyPI), unmodified, with an access key as its secret."""

import asyncio
import json
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served
from uipath.platform import UiPath
from uipath.platform.errors import EnrichedException, FolderNotFoundException
from uipath.platform.orchestrator import Asset
from uipath.platform.orchestrator.assets import UserAsset
from uipath.platform.orchestrator.queues import (
    CommitType,
    QueueItem,
    QueueItemPriority,
    TransactionItem,
    TransactionItemResult,
)

# The library opens connections for each service it hands out and leaves them to the collector.
pytestmark = [
    pytest.mark.usefixtures("in_the_shared_folder"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

ALLOWED = (
    *("tag:Assets", "tag:Buckets", "tag:FoldersNavigation", "tag:Jobs", "tag:QueueItems", "tag:Queues"),
    "QueueItems_SetTransactionProgressById",
)
ENDED = {"Successful", "Faulted", "Stopped"}
ARGUMENTS = {"InvoiceNumber": "2026-117", "Amount": 118.5}


@pytest.fixture(scope="module")
def access_key(administrator: Administrator) -> str:
    """A key for what the library is asked to do here."""
    return administrator.make_key("uipath library", ALLOWED)


def make_text_asset(administrator: Administrator, house: Served, name: str, text: str) -> None:
    asset = {"Name": name, "ValueScope": "Global", "ValueType": "Text", "StringValue": text}
    administrator.create("Assets", asset, folder=house.folder)


def make_queue(administrator: Administrator, folder: str, name: str) -> None:
    administrator.create("QueueDefinitions", {"Name": name, "MaxNumberOfRetries": 0}, folder=folder)


class TestAssets:
    def test_an_asset_is_retrieved_by_its_name(self, uipath: UiPath) -> None:
        asset = uipath.assets.retrieve("ApprovalLimit")
        assert isinstance(asset, Asset)
        assert (asset.value_type, asset.int_value, asset.value) == ("Integer", 1000, "1000")

    def test_an_asset_is_retrieved_asynchronously(self, uipath: UiPath) -> None:
        async def retrieve() -> Any:
            service = uipath.assets
            try:
                return await service.retrieve_async("InvoiceInbox")
            finally:
                await service.aclose()

        assert asyncio.run(retrieve()).string_value == "invoices@example.com"

    def test_assets_are_listed_with_filter_order_and_page(
        self, uipath: UiPath, administrator: Administrator, house: Served
    ) -> None:
        for number in range(3):
            make_text_asset(administrator, house, f"PagedAsset{number}", str(number))
        first = uipath.assets.list(filter="startswith(Name, 'PagedAsset')", orderby="Name desc", top=2)
        assert ([asset.name for asset in first.items], first.has_more) == (["PagedAsset2", "PagedAsset1"], True)
        rest = uipath.assets.list(filter="startswith(Name, 'PagedAsset')", orderby="Name desc", top=2, skip=2)
        assert ([asset.name for asset in rest.items], rest.has_more) == (["PagedAsset0"], False)

    def test_a_robot_updates_an_asset_and_reads_it_back(
        self, uipath_as_robot: UiPath, administrator: Administrator, house: Served
    ) -> None:
        make_text_asset(administrator, house, "RobotCounter", "before")
        before = uipath_as_robot.assets.retrieve("RobotCounter")
        assert isinstance(before, UserAsset)
        uipath_as_robot.assets.update(UserAsset(Name="RobotCounter", ValueType="Text", StringValue="after"))
        assert uipath_as_robot.assets.retrieve("RobotCounter").string_value == "after"

    def test_a_robot_gets_a_credential_in_the_clear(self, uipath_as_robot: UiPath) -> None:
        assert uipath_as_robot.assets.retrieve("LedgerLogin").credential_username == "ledger-bot"
        assert len(uipath_as_robot.assets.retrieve_credential("LedgerLogin") or "") == 24

    def test_nobody_but_a_robot_gets_a_credential(self, uipath: UiPath) -> None:
        asset = uipath.assets.retrieve("LedgerLogin")
        assert (asset.credential_username, asset.credential_password) == ("ledger-bot", "")
        with pytest.raises(ValueError, match="No robot key available"):
            uipath.assets.retrieve_credential("LedgerLogin")


class TestJobs:
    def test_a_started_job_is_watched_until_it_is_successful(self, uipath: UiPath) -> None:
        started = uipath.processes.invoke("InvoiceBot", ARGUMENTS)
        assert started.state == "Pending"
        jobs = uipath.jobs
        ended = eventually(lambda: jobs.retrieve(job_key=started.key), lambda job: job.state in ENDED)
        assert (ended.state, json.loads(ended.input_arguments or "")) == ("Successful", ARGUMENTS)
        assert json.loads(jobs.extract_output(ended) or "") == {
            "Approved": True,
            "Message": "The invoice may be paid.",
        }
        again = jobs.restart(job_key=ended.key)
        assert again.key != ended.key
        assert json.loads(again.input_arguments or "") == ARGUMENTS

    def test_a_job_is_killed_by_its_key(self, uipath: UiPath) -> None:
        started = uipath.processes.invoke("InvoiceBot", ARGUMENTS)
        jobs = uipath.jobs
        jobs.stop(job_keys=[started.key], strategy="Kill")
        ended = eventually(lambda: jobs.retrieve(job_key=started.key), lambda job: job.state in ENDED)
        assert ended.state == "Stopped"

    def test_jobs_are_listed_newest_first(self, uipath: UiPath) -> None:
        started = [uipath.processes.invoke("InvoiceBot", ARGUMENTS).id for _ in range(2)]
        listed = uipath.jobs.list(filter="ReleaseName eq 'InvoiceBot'", orderby="CreationTime desc", top=20)
        ids = [job.id for job in listed.items]
        assert set(started) <= set(ids)
        assert ids == sorted(ids, reverse=True)

    def test_a_job_that_is_not_there_is_not_found(self, uipath: UiPath) -> None:
        unknown = "5f0d6a0e-5b1c-4d6e-9f2f-0a1b2c3d4e5f"
        assert not uipath.jobs.exists(unknown)
        with pytest.raises(LookupError, match="not found"):
            uipath.jobs.retrieve(job_key=unknown)

    def test_an_unknown_process_is_refused_by_name(self, uipath: UiPath) -> None:
        with pytest.raises(EnrichedException) as refused:
            uipath.processes.invoke("NoSuchProcess", {})
        assert refused.value.status_code in {400, 404}
        assert "NoSuchProcess" in str(refused.value)


class TestQueues:
    def test_items_are_added_and_listed(self, uipath: UiPath, administrator: Administrator, house: Served) -> None:
        make_queue(administrator, house.folder, "LibraryItems")
        one = QueueItem(SpecificContent={"n": 1}, Priority=QueueItemPriority.HIGH, Reference="one")
        added: Any = uipath.queues.create_item(one, queue_name="LibraryItems")
        assert (added["Status"], added["Priority"], added["Reference"]) == ("New", "High", "one")
        more = [QueueItem(SpecificContent={"n": number}) for number in (2, 3)]
        bulk: Any = uipath.queues.create_items(more, "LibraryItems", CommitType.ALL_OR_NOTHING)
        assert (bulk["Success"], bulk["FailedItems"]) == (True, [])
        listed: Any = uipath.queues.list_items("LibraryItems")
        assert sorted(item["SpecificContent"]["n"] for item in listed["value"]) == [1, 2, 3]

    def test_a_transaction_is_taken_reports_progress_and_is_completed(
        self, uipath_as_robot: UiPath, administrator: Administrator, house: Served
    ) -> None:
        make_queue(administrator, house.folder, "LibraryTransactions")
        queues = uipath_as_robot.queues
        queues.create_item(QueueItem(SpecificContent={"invoice": 7}), queue_name="LibraryTransactions")
        taken: Any = queues.create_transaction_item(TransactionItem(), queue_name="LibraryTransactions")
        assert (taken["Status"], taken["SpecificContent"]) == ("InProgress", {"invoice": 7})
        queues.update_progress_of_transaction_item(str(taken["Id"]), "half way")
        result = TransactionItemResult(IsSuccessful=True, Output={"paid": True})
        queues.complete_transaction_item(str(taken["Id"]), result)
        listed: Any = queues.list_items("LibraryTransactions")
        (item,) = listed["value"]
        assert (item["Status"], item["Progress"], item["Output"]) == ("Successful", "half way", {"paid": True})


class TestFolders:
    def test_a_folder_key_is_found_by_its_path(self, uipath: UiPath, house: Served) -> None:
        key = uipath.folders.retrieve_key(folder_path=house.folder)
        assert key is not None
        listed = uipath.assets.list(folder_key=key, filter="Name eq 'InvoiceInbox'")
        assert [asset.name for asset in listed.items] == ["InvoiceInbox"]
        with pytest.raises(FolderNotFoundException):
            uipath.folders.retrieve_folder_key("No such folder")

    def test_a_folder_path_beyond_ascii_goes_in_the_encoded_header(
        self, uipath: UiPath, administrator: Administrator
    ) -> None:
        parent = administrator.make_folder("Über uns")
        child = administrator.make_folder("Größe 大", parent["Id"])
        path = child["FullyQualifiedName"]
        assert path == "Über uns/Größe 大"
        make_queue(administrator, path, "Grüße")
        added: Any = uipath.queues.create_item(QueueItem(SpecificContent={}), queue_name="Grüße", folder_path=path)
        assert added["QueueDefinitionName"] == "Grüße"
        assert added["OrganizationUnitFullyQualifiedName"] == path

    def test_a_folder_that_is_not_there_is_refused_with_the_vendor_s_code(self, uipath: UiPath) -> None:
        with pytest.raises(EnrichedException) as refused:
            uipath.assets.list(folder_path="Nowhere")
        assert refused.value.error_info is not None
        assert refused.value.error_info.error_code == "1100"


class TestRefusals:
    def test_a_key_without_the_operation_is_refused_in_our_words(self, house: Served) -> None:
        stranger = UiPath(base_url=house.tenant_url, secret=house.sample_key)
        with pytest.raises(EnrichedException) as refused:
            stranger.folders.get_personal_workspace()
        assert refused.value.status_code == 403
        assert refused.value.error_info is not None
        assert refused.value.error_info.message == (
            "You are not authorized! This credential may not use Users_GetCurrentUserExtended."
        )

    def test_an_unknown_key_is_not_authenticated(self, house: Served) -> None:
        stranger = UiPath(base_url=house.tenant_url, secret=house.sample_key[:-1] + "_")
        with pytest.raises(EnrichedException) as refused:
            stranger.assets.list()
        assert refused.value.status_code == 401
