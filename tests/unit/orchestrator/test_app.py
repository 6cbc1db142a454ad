"""One operation, one transaction: what is built is carried out, what is not answers 501 by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from tests.factories.orchestrator import TENANT, Desk, desk_in

from stagedoor.catalog.matcher import CATALOG
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.orchestrator.app import ROOMS, join_routes
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotBuilt
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.settings.models import Setting

room = Routes()


@room.writes("Alerts_MarkAsRead")
def write_twice(call: Call) -> Answer:
    for name in call.body["names"]:
        call.session.add(Setting(tenant_id=call.tenant.tenant_id, name=name, name_folded=name))
        call.session.flush()
    if "fail" in call.body:
        raise InvalidRequest
    return Answer()


@room.reads("Alerts_Get")
def count(call: Call) -> Answer:
    return Answer(content=call.session.scalar(select(func.count()).select_from(Setting)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path, [room])
    yield desk
    desk.database.close()


def test_what_a_handler_wrote_is_there_when_it_answers(desk: Desk) -> None:
    desk.call("Alerts_MarkAsRead", {"names": ["a", "b"]})
    assert desk.call("Alerts_Get").content == 2


def test_what_the_door_holds_in_memory_is_renewed_before_the_answer(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    directory = FolderDirectory(desk.database, desk.changes)
    desk.changes.start_from_now()
    desk.call("Folders_Post", {"DisplayName": "New"})
    assert directory.find_by_path(TENANT.tenant_id, "New") is not None
    desk.database.close()


def test_a_folder_is_made_even_if_the_news_of_it_is_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_in(tmp_path)

    def store_away() -> int:
        raise StoreUnavailable

    monkeypatch.setattr(desk.changes, "catch_up", store_away)
    assert desk.call("Folders_Post", {"DisplayName": "New"}).status == 201
    assert [folder["DisplayName"] for folder in desk.call("Folders_Get").content["value"]] == ["New"]
    desk.database.close()


def test_a_handler_that_refuses_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Alerts_MarkAsRead", {"names": ["a", "b"], "fail": True})
    assert desk.call("Alerts_Get").content == 0


def test_a_collision_in_the_store_is_a_conflict_with_nothing_half_done(desk: Desk) -> None:
    with pytest.raises(Conflict) as refusal:
        desk.call("Alerts_MarkAsRead", {"names": ["a", "a"]})
    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert desk.call("Alerts_Get").content == 0


def test_an_operation_that_is_not_built_is_named(desk: Desk) -> None:
    with pytest.raises(NotBuilt, match="Buckets_Get") as refusal:
        desk.call("Buckets_Get", b"not even JSON")
    assert refusal.value.status == 501
    assert refusal.value.details == {"operation": "Buckets_Get"}
    assert desk.orchestrator.built_operations == {"Alerts_Get", "Alerts_MarkAsRead"}


def test_a_body_on_a_read_is_not_looked_at(desk: Desk) -> None:
    assert desk.call("Alerts_Get", b"{nonsense").content == 0


def test_two_rooms_cannot_claim_one_operation() -> None:
    with pytest.raises(ValueError, match="Alerts_MarkAsRead"):
        join_routes([room, room])


def test_every_route_is_an_operation_of_the_catalogue() -> None:
    routes = join_routes(ROOMS)
    for operation_id, route in routes.items():
        operation = CATALOG.get_operation(operation_id)
        assert operation.id == operation_id, "ids are written as the catalogue writes them"
        assert operation.method != "GET" or not route.writes, f"{operation_id} is a GET and must not write"


def test_the_tenant_of_a_call_is_the_requests(desk: Desk) -> None:
    desk.call("Alerts_MarkAsRead", {"names": ["a"]})
    with desk.database.read() as session:
        assert session.scalar(select(Setting.tenant_id)) == TENANT.tenant_id
