"""An item is found by its reference in any letter case, whichever way the reference came."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.orchestrator import Desk, desk_in

from stagedoor.passage import FolderPlace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path)
    yield desk
    desk.database.close()


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    folder = desk.make_folder("Finance")
    desk.call(
        "QueueDefinitions_Post",
        {"Name": "Invoices", "MaxNumberOfRetries": 1, "AcceptAutomaticallyRetry": True},
        folder=folder,
    )
    return folder


def add(desk: Desk, folder: FolderPlace, reference: str) -> int:
    item = {"Name": "Invoices", "Reference": reference, "SpecificContent": {"a": 1}}
    return int(desk.call("Queues_AddQueueItem", {"itemData": item}, folder=folder).content["Id"])


def found(desk: Desk, folder: FolderPlace, reference: str) -> list[int]:
    query = {"$filter": f"Reference eq '{reference}'"}
    return [item["Id"] for item in desk.call("QueueItems_Get", folder=folder, query=query).content["value"]]


@pytest.mark.parametrize("asked", ["Straße 7", "STRASSE 7", "straße 7"])
def test_the_case_of_a_reference_does_not_count_beyond_ascii_either(
    desk: Desk, folder: FolderPlace, asked: str
) -> None:
    item_id = add(desk, folder, "Straße 7")
    assert found(desk, folder, asked) == [item_id]


def test_a_retry_is_found_beside_the_item_that_failed(desk: Desk, folder: FolderPlace) -> None:
    item_id = add(desk, folder, "INV-1")
    desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Invoices"}}, folder=folder)
    failure = {"Reason": "The page did not load.", "Type": "ApplicationException"}
    result = {"transactionResult": {"IsSuccessful": False, "ProcessingException": failure}}
    desk.call("Queues_SetTransactionResultById", result, folder=folder, key=item_id)
    first, retry = found(desk, folder, "inv-1")
    assert first == item_id != retry
