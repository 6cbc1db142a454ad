"""What SQLite is told of tables that grow, so that it begins with what few rows share.

Knowing nothing of a table it takes every index to find ten rows, and reads the million of a folder in their order for
the one that has a key. ``ANALYZE`` would count what is there, which at first is nothing. So each model of a table that
grows says how many values a column has among a million rows (:data:`VALUES` in its ``info``), and that is what SQLite
plans with. PostgreSQL counts by itself.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Table

ROWS = 1_000_000

FEW_ROWS = 10_000

VALUES = "values among a million rows"
"""The key in a table's ``info``; columns that are not named there have a value of their own in each row."""

IN_FEW_ROWS = "columns that few rows have"
"""The key for columns that are set while a row waits for something, and whose indexes are over those rows alone."""


def describe_growth(connection: Connection, tables: Iterable[Table]) -> None:
    """Write down what SQLite plans with, in place of what was there. Connections that are open may not notice."""
    # Makes the table of statistics, and counts nothing.
    connection.exec_driver_sql("ANALYZE sqlite_schema")
    for table in tables:
        values: Mapping[str, int] | None = table.info.get(VALUES)
        if values is None:
            continue
        connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table.name,))
        in_few_rows = table.info.get(IN_FEW_ROWS, frozenset())
        listed = connection.exec_driver_sql("SELECT name FROM pragma_index_list(?)", (table.name,))
        for index in listed.scalars().all():
            asked = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
            columns = connection.exec_driver_sql(asked, (index,)).scalars().all()
            rows = ROWS if in_few_rows.isdisjoint(columns) else FEW_ROWS
            connection.exec_driver_sql(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                (table.name, index, _statistic(columns, values, rows)),
            )


def _statistic(columns: Iterable[str], values: Mapping[str, int], rows: int) -> str:
    """Return the number of rows, then how many share the first column, the first two, and so on."""
    shared = [rows]
    for column in columns:
        rows = max(1, rows // values.get(column, ROWS))
        shared.append(rows)
    return " ".join(map(str, shared))
