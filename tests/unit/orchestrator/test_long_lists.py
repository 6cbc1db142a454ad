"""Lists of what grows start from an index, and are read in their order where many rows fit; as SQLite plans it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session
from tests.factories.orchestrator import Desk, desk_in

from stagedoor.kit.db import Base
from stagedoor.kit.growth import VALUES
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.jobs.store import is_any_due_anywhere, list_due
from stagedoor.orchestrator.queue_items.store import (
    is_any_overdue_anywhere,
    list_abandoned,
)
from stagedoor.orchestrator.queue_retention.store import QUEUE_RETENTION
from stagedoor.orchestrator.release_retention.store import RELEASE_RETENTION
from stagedoor.orchestrator.retention import Kind, Retention
from stagedoor.orchestrator.stats.store import count_jobs
from stagedoor.passage import FolderPlace

KEY = "00000000-0000-4000-8000-0000000000d1"
MOMENT = "2026-01-31T08:00:00Z"
NEWEST = {"$orderby": "CreationTime desc"}

Query = Mapping[str, str]
Statement = tuple[str, Any]
Work = Callable[[Session], object]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = desk_in(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.database.close()


@pytest.fixture(scope="module")
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Finance")


@contextmanager
def noted(desk: Desk) -> Iterator[list[Statement]]:
    """Give what the database is asked inside the block."""
    statements: list[Statement] = []

    def note(_: Connection, __: object, statement: str, parameters: object, *___: object) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(desk.database.engine, "before_cursor_execute", note)


def planned(desk: Desk, statements: Iterable[Statement]) -> list[str]:
    with desk.database.engine.connect() as connection:
        return [
            "; ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            for statement, parameters in statements
        ]


def plans_of(desk: Desk, operation_id: str, folder: FolderPlace, table: str, query: Query) -> list[str]:
    """Return how each statement is planned that reads the table's rows to show or to count them."""
    with noted(desk) as statements:
        desk.call(operation_id, folder=folder, query=query)
    about_the_table = [each for each in statements if f"FROM {table}" in each[0] and "SELECT (EXISTS" not in each[0]]
    assert about_the_table
    return planned(desk, about_the_table)


JOBS: tuple[tuple[Query, str], ...] = (
    ({}, "ix_jobs_folder_created"),
    (NEWEST, "ix_jobs_folder_created"),
    ({"$orderby": "Id"}, "ix_jobs_folder"),
    ({"$orderby": "Id desc"}, "ix_jobs_folder"),
    ({"$orderby": "StartTime desc"}, "ix_jobs_folder_started"),
    ({"$orderby": "EndTime desc"}, "ix_jobs_folder_ended"),
    ({"$filter": f"CreationTime gt {MOMENT}"}, "ix_jobs_folder_created"),
    ({"$filter": f"CreationTime gt {MOMENT}", **NEWEST}, "ix_jobs_folder_created"),
    ({"$filter": f"CreationTime ge {MOMENT} and ProcessType eq 'Process'", **NEWEST}, "ix_jobs_folder_created"),
    ({"$filter": "ReleaseName eq 'InvoiceBot'", **NEWEST}, "ix_jobs_folder_created"),
    ({"$filter": "OrganizationUnitId eq 7"}, "ix_jobs_folder_created"),
    ({"$filter": "State eq 'Successful'"}, "ix_jobs_folder_state_created"),
    ({"$filter": "State eq 'Successful'", **NEWEST}, "ix_jobs_folder_state_created"),
    ({"$filter": "Release/Id eq 5"}, "ix_jobs_release_created"),
    ({"$filter": "Release/Id eq 5", **NEWEST}, "ix_jobs_release_created"),
    ({"$filter": "Robot/Id eq 5"}, "ix_jobs_robot_created"),
    ({"$filter": "Robot/Id eq 5", **NEWEST}, "ix_jobs_robot_created"),
)
ITEMS: tuple[tuple[Query, str], ...] = (
    ({}, "ix_queue_items_folder_created"),
    (NEWEST, "ix_queue_items_folder_created"),
    ({"$orderby": "Id"}, "ix_queue_items_folder"),
    ({"$orderby": "Reference"}, "ix_queue_items_folder_reference"),
    ({"$filter": "QueueDefinitionId eq 3"}, "ix_queue_items_folder_queue_created"),
    ({"$filter": f"QueueDefinitionId eq 3 and CreationTime gt {MOMENT}"}, "ix_queue_items_folder_queue_created"),
    ({"$filter": "Status eq 'New'"}, "ix_queue_items_folder_status_created"),
    ({"$filter": "Status eq 'New'", **NEWEST}, "ix_queue_items_folder_status_created"),
    ({"$filter": "Status eq 'New' and QueueDefinitionId eq 3"}, "ix_queue_items_queue_created"),
    ({"$filter": "Status eq 'Failed' and QueueDefinitionId eq 3", **NEWEST}, "ix_queue_items_queue_created"),
    (
        {"$filter": "Status eq 'Successful' and QueueDefinitionId eq 3", "$orderby": "EndProcessing desc"},
        "ix_queue_items_queue_ended",
    ),
    ({"$filter": "QueueDefinitionName eq 'Invoices'"}, "ix_queue_items_folder_created"),
    ({"$filter": "Robot/Id eq 5"}, "ix_queue_items_robot_created"),
    ({"$filter": "RobotId eq 5", **NEWEST}, "ix_queue_items_robot_created"),
)
LOGS: tuple[tuple[Query, str], ...] = (
    ({}, "ix_robot_logs_time"),
    ({"$filter": f"TimeStamp gt {MOMENT}"}, "ix_robot_logs_time"),
    ({"$filter": "RobotName eq 'bob'", "$orderby": "TimeStamp desc"}, "ix_robot_logs_time"),
    ({"$filter": "Level eq 'Error'"}, "ix_robot_logs_level"),
    ({"$filter": "Level eq 'Error'", "$orderby": "TimeStamp desc"}, "ix_robot_logs_level"),
    ({"$filter": f"JobKey eq {KEY}"}, "ix_robot_logs_job"),
    ({"$filter": f"JobKey eq {KEY}", "$orderby": "TimeStamp"}, "ix_robot_logs_job"),
)
AUDIT: tuple[tuple[Query, str], ...] = (
    ({}, "ix_audit_logs_executed"),
    ({"$filter": "Component eq 'Jobs'", "$orderby": "ExecutionTime desc"}, "ix_audit_logs_executed"),
    ({"$filter": f"ExecutionTime gt {MOMENT}"}, "ix_audit_logs_executed"),
)
ALERTS: tuple[tuple[Query, str], ...] = (
    ({}, "ix_alerts_created"),
    ({"$filter": "Severity eq 'Error'"}, "ix_alerts_created"),
)


@pytest.mark.parametrize(
    ("operation_id", "table", "query", "index"),
    [
        (operation_id, table, query, index)
        for operation_id, table, cases in (
            ("Jobs_Get", "jobs", JOBS),
            ("QueueItems_Get", "queue_items", ITEMS),
            ("RobotLogs_Get", "robot_logs", LOGS),
            ("AuditLogs_Get", "audit_logs", AUDIT),
            ("Alerts_Get", "alerts", ALERTS),
        )
        for query, index in cases
    ],
)
def test_a_list_is_read_from_an_index_in_its_order(
    desk: Desk, folder: FolderPlace, operation_id: str, table: str, query: Query, index: str
) -> None:
    plan = plans_of(desk, operation_id, folder, table, {**query, "$top": "10"})[0]
    assert re.search(rf"SEARCH {table} USING (COVERING )?INDEX {index} \(", plan), plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("order", [{}, NEWEST], ids=["", "newest"])
@pytest.mark.parametrize(
    ("operation_id", "table", "condition", "index"),
    [
        ("Jobs_Get", "jobs", f"Key eq {KEY}", "sqlite_autoindex_jobs_1 (key=?)"),
        ("Jobs_Get", "jobs", f"BatchExecutionKey eq {KEY}", "ix_jobs_batch_execution_key (batch_execution_key=?)"),
        ("Jobs_Get", "jobs", "StartingScheduleId eq 4", "ix_jobs_schedule (starting_schedule_id=?)"),
        ("QueueItems_Get", "queue_items", f"Key eq {KEY}", "ix_queue_items_key (key=?)"),
        (
            "QueueItems_Get",
            "queue_items",
            "Reference eq 'INV-4711'",
            "ix_queue_items_folder_reference (folder_id=? AND reference_folded=?)",
        ),
        (
            "QueueItems_Get",
            "queue_items",
            "Reference eq 'INV-4711' and QueueDefinitionId eq 3",
            "ix_queue_items_folder_reference (folder_id=? AND reference_folded=?)",
        ),
    ],
)
def test_what_few_rows_share_is_found_first_and_sorted_then(
    desk: Desk, folder: FolderPlace, operation_id: str, table: str, condition: str, index: str, order: Query
) -> None:
    plan = plans_of(desk, operation_id, folder, table, {"$filter": condition, **order, "$top": "10"})[0]
    assert f"SEARCH {table} USING INDEX {index}" in plan


def test_the_history_of_a_folders_items_is_merged_in_their_order(desk: Desk, folder: FolderPlace) -> None:
    (plan,) = plans_of(desk, "QueueItemEvents_Get", folder, "queue_items", {"$top": "10"})
    assert plan.startswith("MERGE (UNION ALL)")
    assert plan.count("SEARCH queue_items USING INDEX ix_queue_items_folder (folder_id=?)") == 3
    assert plan.count("SEARCH queue_item_events USING INDEX ix_queue_item_events_folder (folder_id=?)") == 1
    # What is left to sort are the events of one item.
    assert "TEMP B-TREE FOR ORDER BY" not in plan


@pytest.mark.parametrize(
    ("operation_id", "table", "query", "index"),
    [
        ("Jobs_Get", "jobs", {}, "ix_jobs_folder_created"),
        ("Jobs_Get", "jobs", {"$filter": "State eq 'Successful'", **NEWEST}, "ix_jobs_folder_state_created"),
        ("QueueItems_Get", "queue_items", {"$filter": "QueueDefinitionId eq 3"}, "ix_queue_items_folder_queue_created"),
        ("RobotLogs_Get", "robot_logs", {}, "ix_robot_logs_time"),
    ],
)
def test_many_rows_are_skipped_in_an_index_alone(
    desk: Desk, folder: FolderPlace, operation_id: str, table: str, query: Query, index: str
) -> None:
    plan = plans_of(desk, operation_id, folder, table, {**query, "$skip": "500000", "$top": "10"})[0]
    assert f"SEARCH {table} USING COVERING INDEX {index}" in plan
    # The few rows of the page are fetched by their ids, and sorted once more.
    assert f"SEARCH {table} USING INTEGER PRIMARY KEY (rowid=?)" in plan


@pytest.mark.parametrize(
    ("operation_id", "table", "condition", "index"),
    [
        ("Jobs_Get", "jobs", "State eq 'Faulted'", "ix_jobs_folder_state_created"),
        ("QueueItems_Get", "queue_items", "Status eq 'New'", "ix_queue_items_folder_status_created"),
        ("QueueItems_Get", "queue_items", "QueueDefinitionId eq 3", "ix_queue_items_"),
        ("RobotLogs_Get", "robot_logs", "Level eq 'Error'", "ix_robot_logs_level"),
    ],
)
def test_what_is_counted_is_counted_in_the_index_alone(
    desk: Desk, folder: FolderPlace, operation_id: str, table: str, condition: str, index: str
) -> None:
    query = {"$filter": condition, "$count": "true", "$skip": "1", "$top": "10"}
    _, count = plans_of(desk, operation_id, folder, table, query)
    assert f"USING COVERING INDEX {index}" in count


NOW = datetime(2030, 1, 31, tzinfo=UTC)


def outlived(retention: Retention, kind: Kind) -> Work:
    conditions = retention.outlived(7, kind, NOW)
    assert conditions is not None
    return lambda session: session.scalars(select(retention.rows).where(*conditions).limit(1)).all()


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (outlived(RELEASE_RETENTION, Kind.FINAL), r"ix_jobs_release_created \(release_id=\? AND created_at<\?\)"),
        (outlived(QUEUE_RETENTION, Kind.FINAL), r"ix_queue_items_(queue_)?ended \(.*queue_id=\? .*end_processing<\?\)"),
        (outlived(QUEUE_RETENTION, Kind.STALE), r"ix_queue_items_queue_created \(folder_id=\? AND queue_id=\?"),
        (
            lambda session: is_any_due_anywhere(session, NOW),
            r"ix_jobs_due \(next_move_at<\?\).*ix_jobs_stop \(stop_at<",
        ),
        (
            lambda session: list_due(session, KEY, NOW, limit=1),
            r"ix_jobs_due \(next_move_at<\?\).*ix_jobs_stop \(stop_at<",
        ),
        (
            lambda session: is_any_overdue_anywhere(session, NOW),
            r"ix_queue_items_waiting .*ix_queue_items_abandonable ",
        ),
        (lambda session: list_abandoned(session, KEY, NOW, limit=1), r"ix_queue_items_abandonable \(abandoned_at<\?"),
        (lambda session: count_jobs(session, KEY, EVERYWHERE), r"COVERING INDEX ix_jobs_folder_state_created"),
    ],
)
def test_what_happens_by_itself_reads_no_table_whole(desk: Desk, work: Work, index: str) -> None:
    with noted(desk) as statements, desk.database.read() as session:
        work(session)
    (plan,) = planned(desk, statements)
    assert re.search(index, plan), plan
    assert not re.search("SCAN (jobs|queue_items)", plan)


def test_columns_that_many_rows_share_are_columns_of_their_tables() -> None:
    told = {table.name: table.info[VALUES] for table in Base.metadata.sorted_tables if VALUES in table.info}
    assert {"jobs", "queue_items", "queue_item_events", "robot_logs", "audit_logs", "alerts"} <= set(told)
    for name, values in told.items():
        assert set(values) <= set(Base.metadata.tables[name].columns.keys())
