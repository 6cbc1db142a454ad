"""A query finds the same rows, in the same order, on PostgreSQL as on SQLite: the same tests, another database."""

from tests.unit.orchestrator.odata.conftest import listed
from tests.unit.orchestrator.odata.test_expand import TestRows
from tests.unit.orchestrator.odata.test_filter_rows import (
    test_a_filter_finds_its_rows,
    test_a_hundred_expressions_are_understood,
    test_hundreds_of_values_in_one_in_are_understood,
    test_the_deepest_filter_still_runs,
    test_values_never_become_sql,
)
from tests.unit.orchestrator.odata.test_options import TestCount, TestList, TestOne, TestOrder, TestPages, TestSelect

__all__ = [
    "TestCount",
    "TestList",
    "TestOne",
    "TestOrder",
    "TestPages",
    "TestRows",
    "TestSelect",
    "listed",
    "test_a_filter_finds_its_rows",
    "test_a_hundred_expressions_are_understood",
    "test_hundreds_of_values_in_one_in_are_understood",
    "test_the_deepest_filter_still_runs",
    "test_values_never_become_sql",
]
