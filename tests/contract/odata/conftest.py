"""The workshop of the OData layer's tests, on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session
from tests.factories.postgresql import PostgreSQL
from tests.factories.workshop import opened_workshop


@pytest.fixture(scope="module")
def workshop(postgresql: PostgreSQL) -> Iterator[Session]:
    url = postgresql.make_database()
    with opened_workshop(url) as session:
        yield session
    postgresql.drop_database(url)
