"""The SQL of common queries is answered through indexes, not by reading tables whole; as SQLite plans it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from tests.factories.workshop import FIRST_KEY, JOB, JOBS, Job, workshop_call

from stagedoor.orchestrator.odata.options import parse_options
from stagedoor.orchestrator.odata.read import options_of
from stagedoor.orchestrator.odata.to_sql import SqlWriter


def plan(session: Session, query: str) -> str:
    call = workshop_call(session, {"$filter": query})
    condition = options_of(call, JOBS).filter
    assert condition is not None
    statement = select(Job.id).where(SqlWriter(call, JOB).condition(condition))
    written = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    return "; ".join(
        row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {written.replace(':', chr(92) + ':')}"))
    )


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("Id eq 5", "INTEGER PRIMARY KEY (rowid=?)"),
        ("Id gt 5 and Id le 9", "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (f"Key eq '{FIRST_KEY}'", "ix_jobs_key (key=?)"),
        (f"Key in ('{FIRST_KEY}',{FIRST_KEY})", "ix_jobs_key (key=?)"),
        ("Robot/Id eq 5", "ix_jobs_robot_id (robot_id=?)"),
        ("Robot/Name eq 'bob'", "ix_robots_name_folded (name_folded=?)"),
        ("RobotLabel eq 'bob'", "ix_robots_name_folded (name_folded=?)"),
        ("startswith(Robot/Name,'bo')", "ix_robots_name_folded (name_folded>? AND name_folded<?)"),
        ("RobotLabel in ('bob','eve')", "ix_robots_name_folded (name_folded=?)"),
    ],
)
def test_an_index_answers(workshop: Session, query: str, index: str) -> None:
    planned = plan(workshop, query)
    assert index in planned
    assert "SCAN jobs" not in planned


@pytest.mark.parametrize(
    ("query", "sql"),
    [
        ("contains(Name,'x')", "strpos(lower(jobs.name), 'x') > 0"),
        ("startswith(Name,'x')", "starts_with(lower(jobs.name), 'x')"),
        (
            "year(CreationTime) eq 2026",
            "CAST(EXTRACT(year FROM date_trunc('second', jobs.created_at AT TIME ZONE 'UTC')) AS BIGINT)",
        ),
        ("Name eq 'Ü'", "lower(jobs.name) = lower('Ü')"),
        ("Name ne 'x'", "lower(jobs.name) IS DISTINCT FROM 'x'"),
        ("not (Priority gt 1)", "NOT coalesce(jobs.priority > 1, false)"),
        ("IsLate", "jobs.is_late = true"),
        (
            "substring(Name,2) eq 'x'",
            "substr(lower(jobs.name), CAST(CASE WHEN (2 < 0) THEN 0 WHEN (2 > 1000000000) THEN 1000000000 ELSE 2 END "
            "AS INTEGER) + 1) = 'x'",
        ),
    ],
)
def test_postgresql_gets_its_own_words(workshop: Session, query: str, sql: str) -> None:
    call = workshop_call(workshop)
    condition = parse_options({"$filter": query}, JOBS, call.clock.now()).filter
    assert condition is not None
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    written = SqlWriter(call, JOB).condition(condition).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    assert sql in str(written).replace("\n", " ")
