"""Paths that are no operation are refused with a word that helps."""

import pytest
from tests.factories.house import SmallHouse


@pytest.mark.parametrize("path", ["/odata/Jobs/$count", "/odata/QueueItems/%24COUNT"])
def test_the_path_that_counts_in_other_services_is_refused_with_the_way_to_count_here(
    small: SmallHouse, path: str
) -> None:
    answer = small.ask("GET", f"/acme/dev/orchestrator_{path}", key=small.sample_key)
    assert answer.status == 404
    assert "$count=true" in answer.json()["stagedoor"]["hint"]


def test_counting_that_way_works(small: SmallHouse) -> None:
    answer = small.ask("GET", "/acme/dev/orchestrator_/odata/Jobs?$count=true&$top=0", key=small.sample_key)
    assert isinstance(answer.json()["@odata.count"], int)
    assert answer.json()["value"] == []


def test_any_other_unknown_path_points_to_the_list_of_operations(small: SmallHouse) -> None:
    answer = small.ask("GET", "/acme/dev/orchestrator_/odata/Nothing", key=small.sample_key)
    assert "stagedoor operations" in answer.json()["stagedoor"]["hint"]
