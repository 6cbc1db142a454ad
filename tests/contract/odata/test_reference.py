"""On each store a filter finds the rows that a second reading of the language, in plain Python, says it should."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy.orm import Session
from tests.factories.odata_filters import add_jobs, filters, rows_of
from tests.factories.odata_reference import holds, parse
from tests.factories.workshop import JOB, NOW, opened_workshop, workshop_call

from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.odata.read import read_set

JOBS = EntitySet("Jobs", JOB)


class Shop:
    """A store with jobs, and the same jobs as dictionaries."""

    def __init__(self, session: Session, rows: dict[int, dict[str, Any]]) -> None:
        self.session = session
        self.rows = rows


@pytest.fixture(scope="module")
def shop(store_url: str) -> Iterator[Shop]:
    with opened_workshop(store_url) as session:
        add_jobs(session, 40, all_there=False)
        yield Shop(session, rows_of(session))


@given(text=filters)
@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_filter_finds_what_the_reference_finds(shop: Shop, text: str) -> None:
    tree = parse(text)
    wanted = [number for number, row in shop.rows.items() if holds(tree, row, NOW)]
    content = read_set(workshop_call(shop.session, {"$filter": text, "$select": "Id"}), JOBS).content
    assert [each["Id"] for each in content["value"]] == wanted, text
