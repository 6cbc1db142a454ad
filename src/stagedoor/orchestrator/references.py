"""Which tables refer to which, read from the schema, so that a new table cannot be forgotten in a list somewhere."""

from collections.abc import Iterator

from sqlalchemy import ForeignKey

from stagedoor.kit.db import Base


def list_holding_keys(table: str) -> Iterator[ForeignKey]:
    """Yield the foreign keys of other tables that hold rows of ``table`` in place: those without ``ON DELETE``."""
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if other.name != table and key.target_fullname == f"{table}.id" and key.ondelete is None:
                yield key
