"""SAP's CAP for Node (``@sap/cds`` with ``@cap-js/sqlite``) as a server of the same lists over the same rows."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bench.peers.peer import STOP_SECONDS_MAX, RunningPeer
from bench.processes import ProcessTree
from bench.upstream import free_port, wait_for_port
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.queue_items.schemas import STATUS
from stagedoor.orchestrator.scripted_robots.states import JOB_STATE

HOME = Path(__file__).with_name("cds")
CDS = HOME / "node_modules" / "@sap" / "cds"
# The package is there without it where nothing could be downloaded or built for this machine.
DRIVER = HOME / "node_modules" / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
START_ATTEMPTS = 600


def find_version() -> str | None:
    """Return the version of ``@sap/cds``; ``None`` where it, Node or the driver of SQLite is missing."""
    if shutil.which("node") is None or not CDS.exists() or not DRIVER.exists():
        return None
    version: str = json.loads((CDS / "package.json").read_text())["version"]
    return version


def copy_rows(ours: Path, theirs: Path) -> None:
    """Make the peer's file with all jobs and queue items of ours, and the indexes that serve the lists there."""
    with closing(sqlite3.connect(theirs, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-262144"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("ATTACH ? AS ours", (str(ours),))
        for statement in _statements():
            connection.execute(statement)
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def running_cds(file: Path, directory: Path) -> Iterator[RunningPeer]:
    """Serve a file that :func:`copy_rows` made, and stop at the end."""
    port = free_port()
    database = {"kind": "sqlite", "impl": "@cap-js/sqlite", "credentials": {"url": str(file)}}
    config = {"requires": {"db": database, "auth": "dummy"}, "log": {"levels": {"odata": "warn"}}}
    environment = {**os.environ, "CDS_CONFIG": json.dumps(config), "NODE_ENV": "production"}
    command = ["node", str(CDS / "bin" / "serve.js"), "growth.cds", "--port", str(port)]
    with (directory / "cds.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=HOME, env=environment, stdout=log, stderr=log)
        try:
            wait_for_port(port, START_ATTEMPTS, while_running=[process])
            yield RunningPeer(f"http://127.0.0.1:{port}", ProcessTree((process.pid,)))
        finally:
            process.terminate()
            process.wait(STOP_SECONDS_MAX)


def _statements() -> Sequence[str]:
    return (
        "CREATE TABLE growth_Jobs (Id BIGINT NOT NULL, Key NVARCHAR(36), State NVARCHAR(16), "
        "ReleaseName NVARCHAR(128), CreationTime TIMESTAMP_TEXT, PRIMARY KEY (Id))",
        "CREATE TABLE growth_QueueItems (Id BIGINT NOT NULL, Key NVARCHAR(36), QueueDefinitionId BIGINT, "
        "Status NVARCHAR(16), Reference NVARCHAR(128), CreationTime TIMESTAMP_TEXT, EndProcessing TIMESTAMP_TEXT, "
        "PRIMARY KEY (Id))",
        f"INSERT INTO growth_Jobs SELECT id, key, {_word('state', JOB_STATE)}, release_name, {_time('created_at')} "
        "FROM ours.jobs ORDER BY id",
        f"INSERT INTO growth_QueueItems SELECT id, key, queue_id, {_word('status', STATUS)}, reference, "
        f"{_time('created_at')}, {_time('end_processing')} FROM ours.queue_items ORDER BY id",
        "CREATE INDEX jobs_created ON growth_Jobs (CreationTime, Id)",
        "CREATE INDEX jobs_state_created ON growth_Jobs (State, CreationTime, Id)",
        "CREATE INDEX jobs_release_created ON growth_Jobs (ReleaseName, CreationTime, Id)",
        "CREATE INDEX items_created ON growth_QueueItems (CreationTime, Id)",
        "CREATE INDEX items_queue ON growth_QueueItems (QueueDefinitionId, Id)",
        "CREATE INDEX items_queue_status ON growth_QueueItems (QueueDefinitionId, Status, Id)",
        "CREATE INDEX items_queue_status_created ON growth_QueueItems (QueueDefinitionId, Status, CreationTime, Id)",
        "CREATE INDEX items_queue_status_ended ON growth_QueueItems (QueueDefinitionId, Status, EndProcessing, Id)",
        "CREATE INDEX items_status ON growth_QueueItems (Status, Id)",
        "CREATE INDEX items_reference ON growth_QueueItems (Reference)",
    )


def _word(column: str, words: EnumType) -> str:
    cases = " ".join(f"WHEN {number} THEN '{word}'" for word, number in words.members.items())
    return f"CASE {column} {cases} END"


def _time(column: str) -> str:
    # Milliseconds, which is what the peer keeps of a time.
    return f"replace(substr({column}, 1, 23), ' ', 'T') || 'Z'"
