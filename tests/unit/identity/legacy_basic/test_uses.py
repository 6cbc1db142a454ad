"""Counting the uses of basic authentication."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.acme import START, acme
from tests.factories.legacy import Legacy, legacy_of
from tests.factories.people import people_of

from stagedoor.identity.legacy_basic import uses as room
from stagedoor.identity.legacy_basic.uses import client_of
from stagedoor.kit.errors import StoreUnavailable


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[Legacy]:
    with acme(tmp_path) as world:
        yield legacy_of(people_of(world))


def note(legacy: Legacy, user_id: str, *, client: str = "curl/8", minute: int = 0, operation: str = "Jobs_Get") -> None:
    legacy.uses.note(
        organization_id=legacy.people.world.organization.id,
        user_id=user_id,
        client_address="192.0.2.7",
        user_agent=client,
        operation=operation,
        now=START + timedelta(minutes=minute),
    )


def counted(legacy: Legacy) -> list[tuple[str, str, int]]:
    with legacy.people.world.database.read() as session:
        uses = legacy.service.list_uses(session, legacy.people.world.organization.id)
    return [(use.client, use.operation, use.count) for use in uses]


def test_counts_add_up_over_batches_and_keep_the_first_and_the_last_time(legacy: Legacy) -> None:
    ada = legacy.people.make().id
    for minute in (5, 3):
        note(legacy, ada, minute=minute)
    assert legacy.uses.flush() == 2
    note(legacy, ada, minute=9)
    assert legacy.uses.flush() == 1
    assert legacy.uses.flush() == 0
    with legacy.people.world.database.read() as session:
        (use,) = legacy.service.list_uses(session, legacy.people.world.organization.id)
    assert (use.count, use.first_used_at, use.last_used_at) == (
        3,
        START + timedelta(minutes=3),
        START + timedelta(minutes=9),
    )


def test_a_locked_store_loses_no_count(legacy: Legacy, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = legacy.people.make().id
    note(legacy, ada)
    with monkeypatch.context() as patched:

        def refuse() -> None:
            note(legacy, ada, minute=1)
            raise StoreUnavailable(internal="locked")

        patched.setattr(legacy.people.world.database, "write", refuse)
        with pytest.raises(StoreUnavailable):
            legacy.uses.flush()
    assert legacy.uses.flush() == 2
    assert counted(legacy) == [("curl", "Jobs_Get", 2)]


def test_made_up_clients_cost_no_memory_and_stay_counted(legacy: Legacy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PLACES_MAX", 5)
    ada = legacy.people.make().id
    for number in range(50):
        note(legacy, ada, client=f"client{number}")
    assert len(legacy.uses._pending) == 6
    assert legacy.uses.flush() == 50
    assert ("other", "Jobs_Get", 45) in counted(legacy)


@pytest.mark.parametrize(
    ("user_agent", "client"),
    [
        ("python-requests/2.31.0", "python-requests"),
        ("Mozilla/5.0 (X11)", "Mozilla"),
        ("PostmanRuntime", "PostmanRuntime"),
        ("", "unknown"),
        (" x", "unknown"),
        ("<script>", "unknown"),
        ("a" * 1000, "a" * 64),
    ],
)
def test_the_client_is_the_product_without_its_version(user_agent: str, client: str) -> None:
    assert client_of(user_agent) == client
