"""A Stagedoor whose queues and jobs have grown: filled by bulk SQL, asked in process as the gateway asks."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.house import PreparedHouse, prepare_house
from bench.run import Run
from stagedoor.catalog import CATALOG
from stagedoor.door.house import House
from stagedoor.door.opening import open_house
from stagedoor.kit.settings import Settings
from stagedoor.orchestrator.call import Answer
from stagedoor.orchestrator.folders.store import EVERYWHERE
from stagedoor.orchestrator.request import OrchestratorRequest
from stagedoor.passage import Caller, CallerKind, CredentialKind, FolderPlace, GrantTerms, TenantPlace

QUEUES = ("Invoices", "Orders", "Returns", "Claims", "Letters")
PROCESS = "InvoiceBot"
SECONDS_APART = 30
"""Between one row and the next; a million rows are most of a year."""

# Status and state by the row's number: nearly all are done, some failed, few are under way, the last ones are new.
_NEW_ITEM = "n > :count - :waiting"
_ITEM_STATUS = f"CASE WHEN {_NEW_ITEM} THEN 0 WHEN n % 1000 = 7 THEN 1 WHEN n % 24 = 3 THEN 2 ELSE 3 END"
_JOB_STATE = "CASE WHEN n > :count - 100 THEN 1 WHEN n % 24 = 3 THEN 4 ELSE 5 END"
_BACK = f"'-' || ((:count - n) * {SECONDS_APART}) || ' seconds'"
_MADE = f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {_BACK})"
# Keys in no order, as drawn ones are: the factor scatters the first eight digits.
_KEY = "printf('%08x-0000-4000-8000-%012x', (n * 2654435761) & 4294967295, n)"

_ITEMS: Mapping[str, str] = {
    "id": "t.id + n",
    "queue_id": f"t.queue_id + n % {len(QUEUES)}",
    "key": _KEY,
    "unique_key": _KEY,
    "reference": "'INV-' || n",
    "reference_folded": "'inv-' || n",
    "status": _ITEM_STATUS,
    "turn": f"CASE WHEN {_NEW_ITEM} THEN t.turn END",
    "created_at": _MADE,
    "start_processing": f"CASE WHEN NOT ({_NEW_ITEM}) THEN {_MADE} END",
    "end_processing": f"CASE WHEN NOT ({_NEW_ITEM}) AND n % 1000 <> 7 THEN {_MADE} END",
}
_JOBS: Mapping[str, str] = {
    "id": "t.id + n",
    "key": _KEY,
    "batch_execution_key": _KEY,
    "release_name": "'Process ' || (n % 50)",
    "state": _JOB_STATE,
    "created_at": _MADE,
    "started_at": _MADE,
    "ended_at": f"CASE WHEN n <= :count - 100 THEN {_MADE} END",
    "next_move_at": "NULL",
}


@dataclass(frozen=True, slots=True)
class Grown:
    """One tenant with ``count`` queue items and as many jobs."""

    prepared: PreparedHouse
    house: House
    tenant: TenantPlace
    folder: FolderPlace
    count: int

    def ask(
        self, operation_id: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Answer:
        """Carry out one operation in the folder."""
        return self.house.orchestrator.carry_out(
            OrchestratorRequest(
                operation=CATALOG.get_operation(operation_id),
                tenant=self.tenant,
                caller=_caller(self.tenant),
                folder=self.folder,
                reach=EVERYWHERE,
                query=query or {},
                headers={"content-type": "application/json"},
                body=b"" if body is None else json.dumps(body).encode(),
                base_url="http://bench.test/orchestrator_",
            )
        )


@contextmanager
def grown_house(run: Run, count: int) -> Iterator[Grown]:
    """Yield a Stagedoor with so many queue items and jobs; what one real row holds, all hold."""
    prepared = prepare_house(run.directory / f"data-{count}")
    with open_house(Settings(data_dir=prepared.data_dir)) as house:
        organization = house.directory.find_organization(prepared.organization)
        assert organization is not None
        tenant = organization.tenants[0].place
        grown = Grown(prepared, house, tenant, _only_folder(prepared), count)
        for name in QUEUES[1:]:
            grown.ask("QueueDefinitions_Post", body={"Name": name})
        item = {"Name": QUEUES[0], "Priority": "Normal", "SpecificContent": {"Invoice": "4711", "Amount": 12.5}}
        grown.ask("Queues_AddQueueItem", body={"itemData": item})
        start = {"ReleaseName": PROCESS, "Strategy": "ModernJobsCount", "JobsCount": 1}
        grown.ask("Jobs_StartJobs", body={"startInfo": start})
        _multiply(prepared, "queue_items", _ITEMS, count)
        _multiply(prepared, "jobs", _JOBS, count)
        yield grown


def _multiply(prepared: PreparedHouse, table: str, varied: Mapping[str, str], count: int) -> None:
    """Copy the table's one row; its indexes are made anew afterwards, which takes half as long."""
    with closing(sqlite3.connect(prepared.data_dir / "stagedoor.db", isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-262144", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
        ).fetchall()
        told = connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE tbl = ?", (table,)).fetchall()
        values = ", ".join(varied.get(column, f"t.{column}") for column in columns)
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        waiting = max(count // 50, 500)
        connection.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count) "
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {values} FROM numbers, (SELECT * FROM {table} ORDER BY id LIMIT 1) AS t",
            {"count": count, "waiting": waiting},
        )
        # The row that was copied is the first by its id, and by its time from now on.
        of_all = f"FROM {table}"
        first = (
            f"UPDATE {table} SET created_at = (SELECT min(created_at) {of_all}) WHERE id = (SELECT min(id) {of_all})"
        )
        connection.execute(first)
        for _, sql in indexes:
            connection.execute(sql)
        # With an index goes what is planned with.
        connection.execute("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table,))
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", told)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _only_folder(prepared: PreparedHouse) -> FolderPlace:
    with closing(sqlite3.connect(prepared.data_dir / "stagedoor.db")) as connection:
        number, key, path = connection.execute("SELECT id, key, fully_qualified_name FROM folders").fetchone()
    return FolderPlace(number, key, path, (key,))


def _caller(tenant: TenantPlace) -> Caller:
    return Caller(
        kind=CallerKind.API_USER,
        id="00000000-0000-4000-8000-000000000001",
        name="bench",
        organization_id=tenant.organization_id,
        credential_kind=CredentialKind.ACCESS_KEY,
        credential_id="bench",
        terms=GrantTerms(()),
        tenant_ids=frozenset((tenant.tenant_id,)),
    )
