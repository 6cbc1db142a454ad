"""Where the OData layer's tests keep the workshop: on PostgreSQL, or on each store in turn."""

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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty store of each kind."""
    if request.param == "sqlite":
        yield "sqlite://"
        return
    postgresql: PostgreSQL = request.getfixturevalue("postgresql")
    url = postgresql.make_database()
    yield url
    postgresql.drop_database(url)
