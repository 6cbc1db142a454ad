from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from tests.factories.audit import START, audit_entry
from tests.factories.store import empty_database

from stagedoor.audit import store
from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.chain_store import begin_chain
from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.models import AuditRow
from stagedoor.audit.service import list_rows
from stagedoor.kit.db import Database

ACME = "11111111-0f53-4c9a-9d1b-0f6a2a4f1f0a"
OTHER = "22222222-0f53-4c9a-9d1b-0f6a2a4f1f0a"
KEY = ChainKey(bytes(32))
CANARY = "CanaryCanary0123456789"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = empty_database(tmp_path)
    yield database
    database.close()


def add(database: Database, *entries: AuditEntry) -> None:
    with database.write() as session:
        store.add_rows(session, entries, KEY, begin_chain(session, KEY, START))


def listed(database: Database, organization_id: str | None = ACME, **filters: object) -> list[AuditRow]:
    with database.read() as session:
        rows = list_rows(session, organization_id, **filters)  # type: ignore[arg-type]  # each test names its filter
        session.expunge_all()
    return rows


def test_an_entry_is_read_back_as_it_was_written(database: Database) -> None:
    add(database, audit_entry(reason="r", sentence="s"))
    [row] = listed(database)
    entry = audit_entry(reason="r", sentence="s")
    for column in set(AuditRow.__table__.columns.keys()) - {"id", "chain", "link"}:
        assert getattr(row, column) == getattr(entry, column), column
    assert row.time == START


def test_the_tail_has_the_newest_rows_newest_last(database: Database) -> None:
    add(database, *(audit_entry(status=200 + number) for number in range(5)))
    assert [row.status for row in listed(database, limit=2)] == [203, 204]


def test_following_the_tail_gives_the_rows_after_the_last_one_seen(database: Database) -> None:
    add(database, *(audit_entry(status=200 + number) for number in range(5)))
    second = listed(database)[1]
    assert [row.status for row in listed(database, after=second.id, limit=2)] == [202, 203]
    assert listed(database, after=listed(database)[-1].id) == []


def test_another_organizations_rows_are_not_listed(database: Database) -> None:
    add(database, audit_entry(), audit_entry(organization_id=OTHER), audit_entry(organization_id=None))
    assert len(listed(database)) == 1
    assert len(listed(database, OTHER)) == 1
    assert len(listed(database, None)) == 3


def test_rows_are_found_by_verdict(database: Database) -> None:
    add(database, audit_entry(), audit_entry(verdict="denied", status=403))
    assert [row.status for row in listed(database, verdict="denied")] == [403]


@pytest.mark.parametrize("caller", ["6b1c0a4e-0f53-4c9a-9d1b-0f6a2a4f1f0a", "nightly export", "Ab3dE5gH"])
def test_rows_are_found_by_the_callers_id_and_name_and_by_the_credential(database: Database, caller: str) -> None:
    add(database, audit_entry(), audit_entry(caller_id=OTHER, caller_name="x", credential_id="y"))
    assert len(listed(database, caller=caller)) == 1


def test_a_list_is_bounded_whatever_is_asked(database: Database) -> None:
    add(database, *(audit_entry() for _ in range(510)))
    assert len(listed(database, limit=10**9)) == 500
    assert len(listed(database, limit=-1)) == 1


@pytest.mark.parametrize("field", ["path", "sentence", "caller_name", "folder", "request_id", "tenant", "organization"])
def test_what_a_stranger_wrote_is_redacted(database: Database, field: str) -> None:
    add(database, audit_entry(**{field: f"sd_Ab12Cd34_{CANARY}"}))
    [row] = listed(database)
    assert getattr(row, field) == "***"


def test_the_query_of_a_path_is_redacted_by_name(database: Database) -> None:
    add(database, audit_entry(path=f"/api/account/authenticate?password={CANARY}"))
    assert listed(database)[0].path == "/api/account/authenticate?password=***"


def test_unstorable_text_does_not_take_its_neighbours_with_it(database: Database) -> None:
    add(database, audit_entry(), audit_entry(path="/\ud800\x00/\u00e9"), audit_entry(sentence="s" * 5000))
    rows = listed(database)
    assert rows[1].path == "/?\N{REPLACEMENT CHARACTER}/\u00e9"
    assert len(rows[2].sentence or "") == 1024


def test_a_secret_at_the_cut_is_redacted_before_the_cut(database: Database) -> None:
    add(database, audit_entry(sentence="x" * 1010 + f" sd_Ab12Cd34_{CANARY}"))
    assert "sd_" not in (listed(database)[0].sentence or "")


def test_a_secret_is_redacted_each_time_and_never_remembered(database: Database) -> None:
    path = f"/odata/Jobs?password={CANARY}"
    add(database, *(audit_entry(path=path) for _ in range(3)))
    assert {row.path for row in listed(database)} == {"/odata/Jobs?password=***"}
    assert CANARY not in repr(store._ABOUT_THE_REQUEST._as_they_are)


def test_what_is_remembered_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "REMEMBERED", 10)
    store._ABOUT_THE_REQUEST._as_they_are.clear()
    long = "/" + "x" * store.REMEMBERED_CHARACTERS_MAX
    add(database, *(audit_entry(path=f"/odata/Jobs({number})") for number in range(55)), audit_entry(path=long))
    assert [row.path for row in listed(database)] == [f"/odata/Jobs({number})" for number in range(55)] + [long]
    assert 0 < len(store._ABOUT_THE_REQUEST._as_they_are) <= 10
    assert long not in repr(store._ABOUT_THE_REQUEST._as_they_are)


def test_the_log_offers_no_way_to_change_or_remove_a_row() -> None:
    assert not [name for name in vars(store) if any(word in name for word in ("update", "delete", "remove", "change"))]


class PsycopgSession:
    """Stands where a session on PostgreSQL would, and keeps what the driver would be given."""

    def __init__(self) -> None:
        self.dialect = PGDialect_psycopg()
        self.locked: list[str] = []
        self.statement = ""
        self.rows: list[dict[str, object]] = []

    def connection(self) -> "PsycopgSession":
        return self

    def execute(self, statement: Select[Any]) -> None:
        self.locked.append(str(statement))

    def exec_driver_sql(self, statement: str, rows: list[dict[str, object]]) -> None:
        self.statement, self.rows = statement, rows


def test_on_postgresql_rows_are_numbered_in_the_order_in_which_they_commit() -> None:
    session = PsycopgSession()
    store.keep_commit_order(session)  # type: ignore[arg-type]  # stands in for one
    store.add_rows(session, [audit_entry(), audit_entry(status=404)], KEY, Chain(1, 0, ""))  # type: ignore[arg-type]
    assert "pg_advisory_xact_lock" in session.locked[0]
    assert "%(path)s" in session.statement
    assert [row["status"] for row in session.rows] == [200, 404]
    assert session.rows[0]["time"] == START
