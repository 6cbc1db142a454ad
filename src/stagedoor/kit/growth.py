"""What SQLite is told of tables that grow, so that it begins with what few rows share.

Knowing nothing of a table it takes every index to find ten rows, and reads the million of a folder in their order for
the one that has a key. ``ANALYZE`` would count what is there, which at first is nothing. So each model of a table that
grows says how many values a column has among a million rows (:data:`VALUES` in its ``info``), and that is what SQLite
plans with. PostgreSQL counts by itself.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Table

ROWS = 1_000_000

VALUES = "values among a million rows"
"""The key in a table's ``info``; columns that are not named there have a value of their own in each row."""


def describe_growth(connection: Connection, tables: Iterable[Table]) -> None:
    """Write down what SQLite plans with, in place of what was there. Connections that are open may not notice."""
    # Makes the table of statistics, and counts nothing.
    connection.exec_driver_sql("ANALYZE sqlite_schema")
    for table in tables:
        values: Mapping[str, int] | None = table.info.get(VALUES)
        if values is None:
            continue
        connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table.name,))
        listed = connection.exec_driver_sql("SELECT name FROM pragma_index_list(?)", (table.name,))
        for index in listed.scalars().all():
            columns = connection.exec_driver_sql("SELECT name FROM pragma_index_info(?) ORDER BY seqno", (index,))
            connection.exec_driver_sql(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                (table.name, index, _statistic(columns.scalars().all(), values)),
            )


def _statistic(columns: Iterable[str], values: Mapping[str, int]) -> str:
    """Return the number of rows, then how many share the first column, the first two, and so on."""
    rows = ROWS
    shared = [rows]
    for column in columns:
        rows = max(1, rows // values.get(column, ROWS))
        shared.append(rows)
    return " ".join(map(str, shared))
