"""The first step: heads that are too large, at the bounds that the page about them tells."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.house import SmallHouse, open_small_house

from stagedoor.catalog.canonical import PATH_BYTES_MAX, QUERY_BYTES_MAX
from stagedoor.door.chain.bound_head import HEADERS_MAX
from stagedoor.kit.settings import Limits

DOCS = Path(__file__).parents[4] / "docs"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    with open_small_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.mark.parametrize("path", ["/odata/", "/console/", "/identity_/", "/api/stagedoor/v1/"])
def test_a_longer_path_is_refused_on_every_surface(small: SmallHouse, path: str) -> None:
    longest = path.ljust(PATH_BYTES_MAX, "a")
    assert small.ask("GET", longest).status != 414
    assert small.ask("GET", f"{longest}a").status == 414


@pytest.mark.parametrize(
    "path", ["/odata/Jobs", "/console", "/identity_/connect/authorize", "/api/stagedoor/v1/whoami"]
)
def test_a_longer_query_is_refused_on_every_surface(small: SmallHouse, path: str) -> None:
    longest = "state=".ljust(QUERY_BYTES_MAX, "a")
    assert small.ask("GET", f"{path}?{longest}").status != 414
    assert small.ask("GET", f"{path}?{longest}a").status == 414


def test_more_headers_and_larger_ones_are_refused(small: SmallHouse) -> None:
    assert small.ask("GET", "/healthz", [("x-a", "")] * HEADERS_MAX).status == 200
    assert small.ask("GET", "/healthz", [("x-a", "")] * (HEADERS_MAX + 1)).status == 431
    largest = Limits().head_bytes_max - len("x-a")
    assert small.ask("GET", "/healthz", [("x-a", "a" * largest)]).status == 200
    assert small.ask("GET", "/healthz", [("x-a", "a" * (largest + 1))]).status == 431


@pytest.mark.parametrize(
    "name", ["authorization", "host", "content-length", "content-type", "x-api-key", "idempotency-key"]
)
def test_what_is_to_come_once_is_refused_twice(small: SmallHouse, name: str) -> None:
    assert small.ask("GET", "/healthz", [(name, "1")]).status != 400
    assert small.ask("GET", "/healthz", [(name, "1"), (name, "1")]).status == 400


def test_the_page_about_it_tells_the_same_bounds() -> None:
    text = " ".join((DOCS / "errors" / "head_too_large.md").read_text().split())
    told = re.search(r"(\d+) KiB of path, (\d+) KiB of query, (\d+) KiB of headers, (\d+) headers", text)
    assert told is not None
    in_force = (PATH_BYTES_MAX // 1024, QUERY_BYTES_MAX // 1024, Limits().head_bytes_max // 1024, HEADERS_MAX)
    assert tuple(int(number) for number in told.groups()) == in_force
