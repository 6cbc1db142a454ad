"""How queues fare, worked out from their items."""

from datetime import timedelta

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import FolderPlace

Json = dict[str, object]
RECORDS = "QueueProcessingRecords_RetrieveLastDaysProcessingRecordsByDaysnoAndQueuedefinitionid"
STATES = "QueueProcessingRecords_RetrieveQueuesProcessingStatus"


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    folder = desk.make_folder("Shared")
    desk.call("QueueDefinitions_Post", {"Name": "Q", "SpecificDataJsonSchema": "{}"}, folder=folder)
    desk.call("QueueDefinitions_Post", {"Name": "Empty"}, folder=folder)
    return folder


@pytest.fixture
def worked(desk: Desk, folder: FolderPlace) -> None:
    """Two successes of 30 and 90 seconds, a failure of each kind, one item in progress, two new ones."""
    body = {"queueName": "Q", "commitType": "AllOrNothing", "queueItems": [{}] * 7}
    desk.call("Queues_BulkAddQueueItems", body, folder=folder)
    for seconds, failure in ((30, None), (90, None), (10, "ApplicationException"), (20, "BusinessException")):
        item = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder).content
        desk.clock.advance(timedelta(seconds=seconds))
        result = {"IsSuccessful": failure is None, "ProcessingException": failure and {"Type": failure}}
        desk.call("Queues_SetTransactionResultById", {"transactionResult": result}, key=item["Id"], folder=folder)
    desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder)


@pytest.mark.usefixtures("worked")
def test_the_state_of_a_queue_counts_its_items(desk: Desk, folder: FolderPlace) -> None:
    states = desk.call(STATES, folder=folder, query={"$filter": "QueueDefinitionName eq 'Q'"}).content["value"]
    [state] = states
    assert (state["ItemsToProcess"], state["ItemsInProgress"], state["TotalNumberOfTransactions"]) == (2, 1, 4)
    assert (state["SuccessfulTransactionsNo"], state["ApplicationExceptionsNo"], state["BusinessExceptionsNo"]) == (
        2,
        1,
        1,
    )
    assert state["ProcessingMeanTime"] == pytest.approx(60)
    assert state["SuccessfulTransactionsProcessingTime"] == pytest.approx(120)
    assert state["LastProcessed"] == "2030-01-31T08:02:30Z"
    assert (state["SpecificDataJsonSchemaExists"], state["OutputDataJsonSchemaExists"]) == (True, False)


def test_a_queue_without_items_has_zeros(desk: Desk, folder: FolderPlace) -> None:
    state = desk.call(STATES, folder=folder, query={"$filter": "QueueDefinitionName eq 'Empty'"}).content["value"][0]
    assert (state["ItemsToProcess"], state["ProcessingMeanTime"], state["LastProcessed"]) == (0, 0, None)


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(("days", "kind", "count"), [(0, "Minute", 60), (1, "Hour", 24), (7, "Day", 7)])
def test_records_are_of_minutes_hours_or_days(
    desk: Desk, folder: FolderPlace, days: int, kind: str, count: int
) -> None:
    records = desk.call(RECORDS, daysNo=days, queueDefinitionId=1, folder=folder).content["value"]
    assert len(records) == count
    assert {record["ReportType"] for record in records} == {kind}
    assert sum(record["NumberOfSuccessfulTransactions"] for record in records) == 2
    assert sum(record["TotalNumberOfTransactions"] for record in records) == 4
    assert sum(record["SuccessfulTransactionsProcessingTime"] for record in records) == pytest.approx(120)
    assert records[-1]["UiQueueMetadata"]["Name"] == "Q"
    assert (records[-1]["NumberOfRemainingTransactions"], records[-1]["NumberOfInProgressTransactions"]) == (2, 1)


@pytest.mark.parametrize("days", [-1, 91, "x"])
def test_other_spans_are_refused(desk: Desk, folder: FolderPlace, days: object) -> None:
    with pytest.raises(InvalidRequest):
        desk.call(RECORDS, daysNo=days, queueDefinitionId=1, folder=folder)


def test_queues_of_another_folder_or_tenant_are_not_told_of(desk: Desk, folder: FolderPlace) -> None:
    elsewhere = desk.make_folder("Elsewhere")
    assert desk.call(STATES, folder=elsewhere).content["value"] == []
    assert desk.call(STATES, folder=folder, tenant=OTHER_TENANT).content["value"] == []
    with pytest.raises(NotFound):
        desk.call(RECORDS, daysNo=0, queueDefinitionId=1, folder=elsewhere)
