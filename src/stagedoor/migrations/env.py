"""How Alembic reaches the store; run by :mod:`stagedoor.migrations.upgrade` with an open connection."""

from alembic import context

from stagedoor.kit.db import Base
from stagedoor.migrations import tables

assert tables  # noqa: S101  # imported for its effect: every table registers itself with Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
