"""Items that were there before references were folded are found like those that came after."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

from stagedoor.kit.db import Database
from stagedoor.migrations.upgrade import SCRIPTS

COLUMNS = (
    "id, reference, tenant_id, folder_id, queue_id, key, unique_key, status, review_status, priority, created_at, "
    "seconds_in_previous_attempts, retry_number, manual_retry_number, row_version"
)
REST = "'t', 1, 1, 'k', 'k', 0, 0, 1, '2030-01-31 08:00:00', 0, 0, 0, 1"


def test_the_references_of_a_store_that_is_upgraded_are_folded(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(database, "0022")
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        items = [(number, f"Straße {number}" if number % 2 else None) for number in range(1, 20_003)]
        connection.executemany(f"INSERT INTO queue_items ({COLUMNS}) VALUES (?, ?, {REST})", items)
        connection.commit()
    upgrade(database, "0023")
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        folded = connection.execute("SELECT id, reference_folded FROM queue_items ORDER BY id").fetchall()
    assert folded == [(number, f"strasse {number}" if number % 2 else None) for number in range(1, 20_003)]
    database.close()


def upgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
