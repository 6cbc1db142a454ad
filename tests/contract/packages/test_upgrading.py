"""Packages of an older store keep what they said, and can be run, downloaded and told apart afterwards."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from tests.contract.test_migrations import alembic_config
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.kit.db import Database
from stagedoor.orchestrator.package_files.reader import read_package
from stagedoor.passage import FolderPlace

BEFORE = "0008"
KEY = "00000000-0000-4000-8000-000000000001"
WHEN = "2026-01-01 00:00:00+00:00"
ROWS = (
    "INSERT INTO folders (id, tenant_id, key, branch, display_name, name_folded, fully_qualified_name, path_folded, "
    "folder_type, provision_type, permission_model, feed_type, created_at) "
    "VALUES (1, :tenant, :key, '/1/', 'Shared', 'shared', 'Shared', 'shared', 0, 1, 1, 1, :moment)",
    "INSERT INTO packages (id, tenant_id, key, key_folded, name, name_folded, title, version, is_latest_version, "
    "package_type, target_framework, main_entry_point_path, requires_user_interaction, is_attended, is_compiled, "
    "input_arguments, published_at) VALUES (1, :tenant, 'Bot:1.0.0', 'bot:1.0.0', 'Bot', 'bot', 'Bot', '1.0.0', true, "
    "1, 2, 'Main.xaml', false, false, true, '[{\"name\":\"Amount\"}]', :moment)",
    "INSERT INTO releases (id, tenant_id, key, folder_id, package_id, name, name_folded, process_key, process_version, "
    "arguments, auto_update, hidden_for_attended_user, job_priority, specific_priority_value, remote_control_access, "
    "created_at) VALUES (1, :tenant, :key, 1, 1, 'Bot', 'bot', 'Bot', '1.0.0', '{}', false, false, 1, 45, 0, :moment)",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A store without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        url = request.getfixturevalue("postgresql").make_database()
    database = Database(url)
    yield database
    database.close()


def upgrade_to(database: Database, revision: str) -> None:
    config = alembic_config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def test_a_package_of_an_older_store_has_a_feed_an_entry_point_and_a_file(bare: Database, tmp_path: Path) -> None:
    upgrade_to(bare, BEFORE)
    with bare.write() as session:
        for row in ROWS:
            session.execute(text(row.replace(":moment", f"'{WHEN}'")), {"tenant": TENANT.tenant_id, "key": KEY})
    upgrade_to(bare, "head")
    desk = Desk(bare, directory=tmp_path)
    folder = FolderPlace(id=1, key=KEY, path="Shared", lineage=(KEY,))
    release = desk.call("Releases_GetById", key=1, folder=folder, query={"$expand": "EntryPoint"}).content
    assert (release["EntryPoint"]["Path"], release["FeedId"]) == ("Main.xaml", TENANT.tenant_id)
    file = desk.call("Processes_DownloadPackageByKey", key="Bot:1.0.0").content
    assert read_package(BytesIO(file)).name == "Bot"
