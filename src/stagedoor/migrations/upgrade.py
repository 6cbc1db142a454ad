"""Bring a store's schema to the version that this code speaks."""

from pathlib import Path

from sqlalchemy import inspect, text

from stagedoor.kit.db import Base, Database
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.growth import describe_growth

HEAD = "0032"
"""The newest version; ``tests/contract/test_migrations.py`` holds it against the scripts."""

SCRIPTS = Path(__file__).parent


class StoreTooNew(StagedoorError):
    """A newer Stagedoor wrote this store, and this one does not know its schema."""

    code = "store_too_new"
    status = 503
    public = "The store was written by a newer Stagedoor."
    hint = "Start that version or a later one."


def upgrade_store(database: Database) -> None:
    """Create or upgrade the schema; does next to nothing when it is current.

    Each version runs in a transaction of its own. Raises :class:`StoreTooNew` for a version not known here.
    """
    if find_version(database) == HEAD:
        return
    # Alembic takes a quarter of a second to import and is needed on the first start and after an upgrade alone.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as unknown:
            raise StoreTooNew(internal=str(unknown)) from unknown
        if database.is_sqlite:
            describe_growth(connection, Base.metadata.sorted_tables)
        connection.commit()
    if database.is_sqlite:
        # Whoever was connected already has read what there was to plan with.
        database.engine.dispose()


def find_version(database: Database) -> str | None:
    """Return the schema version of the store, or ``None`` for an empty one."""
    with database.read() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        version: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
        return version
