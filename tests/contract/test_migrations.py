"""The schema that the versions make is the schema that the models describe, and it can go back."""

import gc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text

from stagedoor.kit.db import Base, Database
from stagedoor.kit.growth import VALUES
from stagedoor.migrations.tables import register_tables
from stagedoor.migrations.upgrade import HEAD, SCRIPTS, StoreTooNew, find_version, upgrade_store

ANY_VALUE = {int: 1, bool: False, str: "x", datetime: datetime(2030, 1, 31, 8, tzinfo=UTC)}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A store without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.db'}"
    else:
        url = request.getfixturevalue("postgresql").make_database()
    database = Database(url)
    yield database
    database.close()


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def test_an_upgraded_store_has_exactly_the_tables_of_the_models(database: Database) -> None:
    register_tables()
    upgrade_store(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_an_upgrade_that_keeps_others_out_leaves_no_connection_open(database: Database) -> None:
    with database.alone():
        upgrade_store(database)
    database.close()
    # What is collected while it is open is warned of, and a warning is an error.
    gc.collect()


def test_the_head_that_the_start_looks_for_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade_store(database)
    upgrade_store(database)
    assert find_version(database) == HEAD


def test_an_upgraded_store_of_sqlite_is_told_of_the_tables_that_grow(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'store.db'}")) as database:
        upgrade_store(database)
        with database.read() as session:
            told = set(session.scalars(text("SELECT tbl FROM sqlite_stat1")))
    growing = {table.name for table in Base.metadata.sorted_tables if VALUES in table.info}
    assert told == growing != set()


def test_every_version_can_go_back(database: Database) -> None:
    upgrade_store(database)
    config = alembic_config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}


def test_a_store_of_a_newer_version_is_refused_by_name(database: Database) -> None:
    upgrade_store(database)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew):
        upgrade_store(database)


def test_a_store_with_tenants_and_what_hangs_on_them_is_upgraded(database: Database) -> None:
    config = alembic_config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO organizations (id, name, display_name, created_at, legacy_window_open)"
            " VALUES ('o', 'acme', 'Acme', '2030-01-31 08:00:00', false)",
            "INSERT INTO tenants (id, organization_id, name, display_name, created_at)"
            " VALUES ('t', 'o', 'dev', 'Dev', '2030-01-31 08:00:00')",
            "INSERT INTO users (id, organization_id, number, username, email, first_name, last_name, is_administrator,"
            " is_active, is_directory_user, created_at, existed_since) VALUES ('u', 'o', 1, 'ada', 'ada@acme.example',"
            " '', '', false, true, false, '2030-01-31 08:00:00', '2030-01-31 08:00:00')",
            "INSERT INTO role_assignments (id, user_id, tenant_id, role) VALUES (1, 'u', 't', 'Robot')",
        ):
            connection.execute(text(statement))
        connection.commit()
    upgrade_store(database)
    with database.read() as session:
        assert session.execute(text("SELECT name, connection_id FROM tenants")).all() == [("dev", None)]


def test_keys_made_before_there_were_limits_have_none(database: Database) -> None:
    config = alembic_config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in (
            "INSERT INTO organizations (id, name, display_name, created_at, legacy_window_open)"
            " VALUES ('o', 'acme', 'Acme', '2030-01-31 08:00:00', false)",
            "INSERT INTO tenants (id, organization_id, name, display_name, created_at)"
            " VALUES ('t', 'o', 'dev', 'Dev', '2030-01-31 08:00:00')",
            "INSERT INTO api_users (serial, id, organization_id, name, owner_group, created_at, created_by)"
            " VALUES (1, 'a', 'o', 'nightly', 'Administrators', '2030-01-31 08:00:00', 'ada')",
            "INSERT INTO access_keys (id, organization_id, tenant_id, api_user_id, name, secret_hash, allow, networks,"
            " created_at, created_by) VALUES ('k', 'o', 't', 'a', 'nightly', 'h', '[]', '[]',"
            " '2030-01-31 08:00:00', 'ada')",
        ):
            connection.execute(text(statement))
        connection.commit()
    upgrade_store(database)
    with database.read() as session:
        limits = "rate_requests, rate_seconds, burst, daily_quota, concurrency, weight"
        assert session.execute(text(f"SELECT {limits} FROM access_keys")).all() == [(None, None, None, None, None, 1)]


def test_what_befell_an_item_before_events_had_a_folder_is_in_the_items(database: Database) -> None:
    config = alembic_config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0026")
        connection.commit()
        # What items and events hang on besides each other is left out. SQLite heeds this between transactions alone.
        no_foreign_keys = (
            "PRAGMA foreign_keys = OFF" if database.is_sqlite else "SET session_replication_role = replica"
        )
        connection.connection.cursor().execute(no_foreign_keys)
        for item, folder, queue in ((1, 7, 70), (2, 8, 80)):
            insert_row(connection, "queue_items", id=item, folder_id=folder, queue_id=queue)
            insert_row(connection, "queue_item_events", id=item + 10, item_id=item)
        connection.commit()
        command.upgrade(config, "0027")
        connection.commit()
        found = connection.execute(text("SELECT id, folder_id, queue_id FROM queue_item_events ORDER BY id")).all()
    assert found == [(11, 7, 70), (12, 8, 80)]


def insert_row(connection: Connection, name: str, **given: int) -> None:
    """Insert a row with these values, and with any in the other columns that need one."""
    table = Table(name, MetaData(), autoload_with=connection)
    filled = {column.name: ANY_VALUE[column.type.python_type] for column in table.columns if not column.nullable}
    connection.execute(table.insert().values({**filled, **given}))
