"""Lists come page after page, and end."""

from collections.abc import Callable
from typing import Any

import anyio
import httpx2
import pytest
from tests.factories.wire import Wire, ok

from stagedoor.client import AsyncStagedoor, ServerFailed, Stagedoor

BASE = "http://stagedoor.test/acme/dev"


def store(count: int, *, page_max: int = 1000) -> Callable[[httpx2.Request], httpx2.Response]:
    """A list of this many items that honours ``$top`` and ``$skip``."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        skip = int(request.url.params.get("$skip", 0))
        top = min(int(request.url.params.get("$top", page_max)), page_max)
        return ok({"value": [{"Id": number} for number in range(skip, min(skip + top, count))]})

    return answer


def ids(wire: Wire, **options: Any) -> list[int]:
    stagedoor = Stagedoor(BASE, key="k", **wire.options())
    return [item["Id"] for item in stagedoor.items("Jobs_Get", **options)]


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (9, 1), (10, 2), (11, 2), (30, 4)])
def test_pages_are_fetched_until_one_is_short(count: int, calls: int) -> None:
    wire = Wire(store(count))
    assert ids(wire, page_size=10) == list(range(count))
    assert len(wire.sent) == calls


def test_fields_stay_on_every_page() -> None:
    wire = Wire(store(15))
    ids(wire, page_size=10, fields={"filter": "Id gt 0", "orderby": "Id"})
    assert [request.url.params["$filter"] for request in wire.sent] == ["Id gt 0"] * 2
    assert [request.url.params.get("$skip") for request in wire.sent] == [None, "10"]


@pytest.mark.parametrize("bound", [{"limit": 12}, {"fields": {"top": 12}}, {"limit": 99, "fields": {"top": 12}}])
def test_a_bound_on_the_whole_is_kept(bound: dict[str, Any]) -> None:
    wire = Wire(store(100))
    assert ids(wire, page_size=10, **bound) == list(range(12))
    assert [request.url.params["$top"] for request in wire.sent] == ["10", "2"]


def test_a_limit_of_nothing_asks_for_nothing() -> None:
    wire = Wire(store(100))
    assert ids(wire, limit=0) == []
    assert wire.sent == []


def test_a_given_start_is_kept() -> None:
    assert ids(Wire(store(25)), page_size=10, fields={"skip": 5}) == list(range(5, 25))


def test_next_links_are_followed_at_our_own_address() -> None:
    wire = Wire(
        ok({"value": [{"Id": 1}], "@odata.nextLink": "https://evil.test/odata/Jobs?$skiptoken=abc&$filter=x"}),
        ok({"value": [{"Id": 2}]}),
    )
    assert ids(wire) == [1, 2]
    assert (wire.sent[1].url.host, wire.sent[1].url.path) == ("stagedoor.test", wire.sent[0].url.path)
    assert wire.sent[1].url.params["$skiptoken"] == "abc"


def test_more_than_was_asked_for_is_the_whole_list() -> None:
    wire = Wire(ok({"value": [{"Id": number} for number in range(7)]}))
    assert ids(wire, page_size=3) == list(range(7))
    assert len(wire.sent) == 1


def test_a_list_that_goes_round_in_circles_is_ended() -> None:
    wire = Wire(ok({"value": [{"Id": 1}, {"Id": 2}]}))
    with pytest.raises(ServerFailed, match="does not end"):
        ids(wire, page_size=2)
    assert len(wire.sent) == 2


def test_folder_lists_are_paged_in_their_own_words() -> None:
    wire = Wire(ok({"PageItems": [{"Id": 1}, {"Id": 2}], "Count": 3}), ok({"PageItems": [{"Id": 3}], "Count": 3}))
    stagedoor = Stagedoor(BASE, key="k", **wire.options())
    found = [folder["Id"] for folder in stagedoor.items("FoldersNavigation_GetFoldersForCurrentUser", page_size=2)]
    assert found == [1, 2, 3]
    assert dict(wire.sent[1].url.params) == {"take": "2", "skip": "2"}


def test_a_single_thing_is_no_list() -> None:
    with pytest.raises(ServerFailed, match="is no list"):
        ids(Wire(ok({"Id": 1})))


def test_a_write_is_not_paged() -> None:
    wire = Wire(ok({"value": []}))
    with pytest.raises(ValueError, match="is a write"):
        list(Stagedoor(BASE, key="k", **wire.options()).items("Jobs_StartJobs"))
    assert wire.sent == []


def test_a_page_holds_at_least_one_item() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ids(Wire(store(1)), page_size=0)


def test_a_page_is_fetched_when_it_is_needed() -> None:
    wire = Wire(store(100))
    items = Stagedoor(BASE, key="k", **wire.options()).items("Jobs_Get", page_size=10)
    assert [next(items)["Id"] for _ in range(10)] == list(range(10))
    assert len(wire.sent) == 1


def test_the_async_twin_pages_alike() -> None:
    wire = Wire(store(25))

    async def read() -> list[int]:
        async with AsyncStagedoor(BASE, key="k", **wire.async_options()) as stagedoor:
            return [item["Id"] async for item in stagedoor.items("Jobs_Get", page_size=10, limit=21)]

    assert anyio.run(read) == list(range(21))
