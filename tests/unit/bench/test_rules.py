"""The rules that all compared gateways are given."""

import re
from pathlib import Path

import pytest
from bench.peers.key_check import KeyCheck
from bench.peers.rules import (
    CLERK,
    READER,
    allowed_paths,
    allowed_patterns,
    draw_rules,
    operations_of,
    selectors_of,
)
from bench.upstream import LARGE_PATH, MATCHED_PATH, SHOWING_PATH, SMALL_PATH

from stagedoor.access.selectors import Selectors, bits_of
from stagedoor.catalog import CATALOG

PREFIX = "/acme/dev/orchestrator_"


def test_a_reader_may_call_what_is_timed_and_a_clerk_may_not() -> None:
    paths = set(allowed_paths(PREFIX))
    for path in (SMALL_PATH, LARGE_PATH, SHOWING_PATH):
        assert f"{READER}:GET:{PREFIX}{path}" in paths
        assert f"{CLERK}:GET:{PREFIX}{path}" not in paths


@pytest.mark.parametrize("role", [READER, CLERK])
def test_a_grant_of_stagedoor_covers_what_the_others_are_given_operation_by_operation(role: str) -> None:
    covered = Selectors(CATALOG).resolve(tuple(selectors_of(role)))
    assert covered == bits_of(operations_of(role))


def test_a_path_with_a_parameter_matches_one_pattern_and_nothing_longer() -> None:
    pattern = re.compile("|".join(allowed_patterns(PREFIX)))
    asked = f"{READER}:GET:{PREFIX}{MATCHED_PATH}"
    assert pattern.fullmatch(asked)
    assert not pattern.fullmatch(f"{asked}/more")
    assert not pattern.fullmatch(asked.replace("(7)", "(7)/../(8)"))
    assert not pattern.fullmatch(asked.replace("GET", "DELETE"))


def test_keys_in_load_are_readers_only_and_each_once() -> None:
    rules = draw_rules(40)
    drawn = rules.draw_keys_for_load()
    assert sorted(drawn) == sorted(holder.key for holder in rules.holders if holder.role == READER)
    assert len(drawn) == 36
    assert drawn != sorted(drawn)


def test_no_file_of_the_rules_holds_a_key(tmp_path: Path) -> None:
    rules = draw_rules(10)
    rules.write_files(tmp_path, PREFIX)
    written = "".join(file.read_text() for file in tmp_path.iterdir())
    assert not any(holder.key in written for holder in rules.holders)


def test_the_key_check_reads_the_rules_and_keeps_to_them(tmp_path: Path) -> None:
    rules = draw_rules(10)
    rules.write_files(tmp_path, PREFIX)
    check = KeyCheck.read(tmp_path)
    reader, clerk = (f"Bearer {rules.get_holder(role).key}".encode() for role in (READER, CLERK))
    small = PREFIX + SMALL_PATH
    assert check.check(reader, "GET", f"{small}?$top=10") == "reader-0"
    assert check.check(reader, "GET", PREFIX + MATCHED_PATH) == "reader-0"
    assert check.check(reader, "DELETE", small) == 403
    assert check.check(reader, "GET", f"{small}/../Jobs") == 403
    assert check.check(reader, "GET", SMALL_PATH) == 403
    assert check.check(clerk, "GET", small) == 403
    assert check.check(reader[:-1] + b"~", "GET", small) == 401
    assert check.check(reader.removeprefix(b"Bearer "), "GET", small) == 401
    assert check.check(b"", "GET", small) == 401
