"""Versions sort as SemVer says, with NuGet's fourth number; no text breaks the order."""

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.orchestrator.processes.version_order import version_order


def test_the_order_of_versions() -> None:
    in_order = [
        "",
        "0.9",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0",
        "1.0.0.1",
        "1.0.2",
        "1.0.10",
        "2.0.0+build.7",
        "10.0.0",
    ]
    shuffled = [*in_order[1::2], *in_order[::2]]
    assert sorted(shuffled, key=version_order) == in_order


@given(st.lists(st.text(max_size=40)))
def test_any_texts_have_one_order_however_they_come(versions: list[str]) -> None:
    turned = [*versions[1:], *versions[:1]]
    one, other = (list(map(version_order, sorted(texts, key=version_order))) for texts in (versions, turned))
    assert one == other
