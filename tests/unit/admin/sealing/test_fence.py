"""What is stored is looked through for keys that are forgotten, and no row of it twice."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text
from tests.factories.store import empty_database

from stagedoor.admin.sealing import fence

THINGS = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("sealed_thing", Text))
ROWS = 1500


def test_many_rows_that_are_stored_in_parts_are_looked_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[object] = []
    monkeypatch.setattr(fence, "_find_key_id", looked_at.append)
    database = empty_database(tmp_path)
    THINGS.create(database.engine)
    fence.refuse_forgotten_keys(database, lambda: None)
    with database.write() as session:
        stored = session.execute(THINGS.insert().returning(THINGS.c.id), [{"sealed_thing": "x"} for _ in range(ROWS)])
        assert len(stored.all()) == ROWS
    database.close()
    assert len(looked_at) == ROWS
