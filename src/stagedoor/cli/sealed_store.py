"""A server's store and its master key, opened for those who look after them; the server may run meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.master_key_options import settle_master_key
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session
from stagedoor.kit.settings import settings_from_environment

if TYPE_CHECKING:
    from stagedoor.kit.db import Database
    from stagedoor.kit.master_key_source import MasterKeySource


@dataclass(frozen=True, slots=True)
class SealedStore:
    """A store whose schema is current, and where its master key comes from."""

    database: "Database"
    source: "MasterKeySource"


@contextmanager
def open_sealed_store(
    session: Session, data_dir: Path | None, master_key_file: Path | None, master_key_command: str | None
) -> Iterator[SealedStore]:
    """Open the store as ``stagedoor up`` with the same options would; raises :class:`CommandFailed` where none is."""
    key_source = server_part("stagedoor.kit.master_key_source").key_source
    try:
        settings = settings_from_environment(session.world.environment, data_dir=data_dir)
    except ValueError as wrong:
        raise click.UsageError(f"A STAGEDOOR_ variable cannot be read: {wrong}.") from wrong
    settings = replace(settings, data_dir=settings.data_dir.resolve())
    settings = settle_master_key(settings, master_key_file, master_key_command)
    if not settings.database_url and not (settings.data_dir / "stagedoor.db").is_file():
        raise CommandFailed(
            f"No Stagedoor keeps its data in {settings.data_dir}.",
            hint="Give the directory that `stagedoor up --data-dir` was given; `.stagedoor` when it was given none.",
            code="no_data_directory",
        )
    source = key_source(settings)
    database = server_part("stagedoor.kit.db").Database(settings.store_url)
    try:
        with database.alone():
            server_part("stagedoor.migrations.upgrade").upgrade_store(database)
        yield SealedStore(database, source)
    finally:
        database.close()
