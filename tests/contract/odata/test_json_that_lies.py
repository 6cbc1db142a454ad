"""What is kept as JSON and is not what its declaration says breaks no query, on either store."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories.workshop import JOB, Job, opened_workshop, workshop_call

from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.odata.read import read_set

JOBS = EntitySet("Jobs", JOB)
LIES: list[Any] = [
    {"Mode": "a\0b", "Retries": 3},
    {"Mode": 5, "Retries": "3", "IsQuiet": "true", "Inner": {"Depth": [1]}},
    {"Mode": {"Mode": "x"}, "Retries": None, "IsQuiet": 1, "Inner": 4},
    {"mode": "x", "Retries": 1e300},
    [1, 2],
    "text",
    5,
    {},
]


@pytest.fixture(scope="module")
def session(store_url: str) -> Iterator[Session]:
    with opened_workshop(store_url) as session:
        for job in session.query(Job).all():
            job.settings = LIES[job.id % len(LIES)]
            job.marks = [lie for lie in LIES if isinstance(lie, dict)]
            job.numbers = ["x", None, True, {"a": 1}, 2]
        session.flush()
        yield session


@pytest.mark.parametrize(
    "query",
    [
        *("Settings/Mode eq 'x'", "contains(Settings/Mode,'b')", "Settings/Retries ge 3", "Settings/IsQuiet eq true"),
        *("Settings/Inner/Depth lt 5", "not (Settings/IsQuiet)", "Settings/Mode in ('a',null)"),
        *("Marks/any(m: m/Name eq 'x')", "Marks/all(m: m/Weight gt 1)", "Marks/$count gt 1"),
    ],
)
def test_a_query_is_answered(session: Session, query: str) -> None:
    for options in (
        {"$filter": query},
        {"$orderby": "Settings/Mode,Settings/Retries desc", "$select": "Settings/Mode"},
    ):
        assert read_set(workshop_call(session, options), JOBS).status == 200


def test_items_of_another_type_count_as_missing(session: Session) -> None:
    content = read_set(workshop_call(session, {"$filter": "Numbers/any(n: n gt 1)", "$select": "Id"}), JOBS).content
    assert len(content["value"]) == 6
    content = read_set(workshop_call(session, {"$filter": "Numbers/all(n: n gt 1)"}), JOBS).content
    assert content["value"] == []
