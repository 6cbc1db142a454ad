"""The lists that clients ask for most are read from an index in their order, as SQLite plans it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from tests.factories.orchestrator import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path)
    yield desk
    desk.database.close()


def plans_of(desk: Desk, operation_id: str, table: str, query: dict[str, str]) -> list[str]:
    """Return how each statement that reads the table's rows is planned."""
    folder = desk.make_folder("Finance")
    statements: list[tuple[str, Any]] = []

    def note(_: Connection, __: object, statement: str, parameters: object, *___: object) -> None:
        if f"FROM {table} \n" in statement and "EXISTS" not in statement:
            statements.append((statement, parameters))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    desk.call(operation_id, folder=folder, query=query)
    event.remove(desk.database.engine, "before_cursor_execute", note)
    assert statements
    with desk.database.engine.connect() as connection:
        return [
            "; ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            for statement, parameters in statements
        ]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"$orderby": "CreationTime desc"}, "ix_jobs_folder_created"),
        (
            {"$filter": "CreationTime gt 2026-01-31T08:00:00Z", "$orderby": "CreationTime desc"},
            "ix_jobs_folder_created",
        ),
        ({"$filter": "ReleaseName eq 'InvoiceBot'", "$orderby": "CreationTime desc"}, "ix_jobs_folder_created"),
        ({"$filter": "State eq 'Successful'", "$orderby": "CreationTime desc"}, "ix_jobs_folder_state_created"),
        ({"$orderby": "Id"}, "ix_jobs_folder "),
    ],
)
def test_a_list_of_jobs_is_read_in_its_order(desk: Desk, query: dict[str, str], index: str) -> None:
    (plan,) = plans_of(desk, "Jobs_Get", "jobs", {**query, "$top": "10"})
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"$orderby": "CreationTime desc"}, "ix_queue_items_folder_created"),
        (
            {"$filter": "Status eq 'Failed' and QueueDefinitionId eq 3", "$orderby": "CreationTime desc"},
            "ix_queue_items_queue_created",
        ),
        (
            {"$filter": "Status eq 'Successful' and QueueDefinitionId eq 3", "$orderby": "EndProcessing desc"},
            "ix_queue_items_queue_ended",
        ),
        ({"$filter": "QueueDefinitionId eq 3"}, "ix_queue_items_folder_queue "),
        ({"$filter": "Status eq 'New' and QueueDefinitionId eq 3"}, "ix_queue_items_folder_queue_status"),
        ({"$filter": "Status eq 'New'"}, "ix_queue_items_folder_status"),
        ({"$filter": "Reference eq 'INV-4711'"}, "ix_queue_items_folder_reference"),
    ],
)
def test_a_list_of_queue_items_is_read_in_its_order(desk: Desk, query: dict[str, str], index: str) -> None:
    (plan,) = plans_of(desk, "QueueItems_Get", "queue_items", {**query, "$top": "10"})
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_what_is_counted_by_state_is_counted_in_the_index_alone(desk: Desk) -> None:
    query = {"$filter": "State eq 'Faulted'", "$count": "true", "$skip": "1", "$top": "10"}
    _, count = plans_of(desk, "Jobs_Get", "jobs", query)
    assert "USING COVERING INDEX ix_jobs_folder_state" in count
