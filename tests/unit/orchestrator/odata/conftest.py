"""The workshop, opened once for tests that only read it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories.workshop import JOBS, opened_workshop, workshop_call

from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.odata.read import read_set

ListJobs = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def workshop() -> Iterator[Session]:
    with opened_workshop() as session:
        yield session


@pytest.fixture
def listed(workshop: Session) -> ListJobs:
    """Return the body of a list, given its query options."""

    def list_jobs(query: dict[str, str] | None = None, entity_set: EntitySet = JOBS) -> dict[str, Any]:
        content: dict[str, Any] = read_set(workshop_call(workshop, query), entity_set).content
        return content

    return list_jobs
