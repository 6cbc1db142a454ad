"""A server's audit and the key of its chains, opened for those who look after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stagedoor.cli.sealed_store import open_sealed_store
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.audit.chain import ChainKey
    from stagedoor.kit.db import Database


@contextmanager
def open_audit(
    session: Session, data_dir: Path | None, master_key_file: Path | None, master_key_command: str | None
) -> "Iterator[tuple[Database, ChainKey]]":
    """Open the store and derive the key; raises as :func:`~stagedoor.cli.sealed_store.open_sealed_store` does."""
    with open_sealed_store(session, data_dir, master_key_file, master_key_command) as opened:
        service = server_part("stagedoor.admin.sealing.service")
        with opened.database.alone():
            keys = service.open_sealing_keys(
                opened.database, opened.source, session.world.clock, session.world.draw_chance()
            )
        chain = server_part("stagedoor.audit.chain")
        yield opened.database, chain.ChainKey(keys.vault.derive_hash_key(chain.PURPOSE))
