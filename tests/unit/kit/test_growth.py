"""What SQLite is told of a table that grows decides how it begins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Index, Integer, MetaData, String, Table, create_engine

from stagedoor.kit.growth import VALUES, describe_growth

TABLES = MetaData()
THINGS = Table(
    "things",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("place", Integer),
    Column("key", String),
    Index("ix_things_place", "place", "id"),
    Index("ix_things_key", "key"),
    info={VALUES: {"place": 5, "key": 500_000}},
)
OTHERS = Table("others", TABLES, Column("id", Integer, primary_key=True), Column("place", Integer, index=True))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'things.db'}")
    TABLES.create_all(engine)
    with engine.begin() as connection:
        describe_growth(connection, TABLES.sorted_tables)
        describe_growth(connection, TABLES.sorted_tables)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_each_index_is_told_of_once_with_the_rows_that_share_its_columns(connection: Connection) -> None:
    told = connection.exec_driver_sql("SELECT idx, stat FROM sqlite_stat1 ORDER BY idx").all()
    assert [tuple(row) for row in told] == [
        ("ix_things_key", "1000000 2"),
        ("ix_things_place", "1000000 200000 1"),
    ]


def test_what_few_rows_share_is_looked_for_first_though_another_index_has_the_order(connection: Connection) -> None:
    asked = "SELECT * FROM things WHERE place = 1 AND key = 'a' ORDER BY id LIMIT 10"
    (plan, *_) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
    assert "ix_things_key" in plan[3]
