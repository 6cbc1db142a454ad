import pytest
from tests.factories.spreading import group_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tests/flows/test_console.py::test_a[dark]", "tests/flows/test_console.py::TestB::test_b"),
        ("tests/flows/faults/test_a.py::test_a[sqlite-x]", "tests/flows/faults/test_b.py::test_b[sqlite]"),
        ("tests/flows/smuggling/test_a.py::test_a[node-chunk: 0x]", "tests/flows/smuggling/test_b.py::test_b[node]"),
        ("tests/judge/test_a.py::test_a[X]", "tests/judge/test_a.py::test_a[Y]"),
    ],
)
def test_those_that_share_a_server_go_together(one: str, other: str) -> None:
    assert group_of(one) == group_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tests/flows/test_console.py::test_a", "tests/flows/test_keys.py::test_a"),
        ("tests/flows/strangers/test_a.py::test_a", "tests/flows/strangers/test_b.py::test_a"),
        ("tests/flows/faults/test_a.py::test_a[sqlite]", "tests/flows/faults/test_a.py::test_a[postgresql]"),
        ("tests/flows/smuggling/test_a.py::test_a[node-x]", "tests/flows/smuggling/test_a.py::test_a[nginx-x]"),
        ("tests/unit/kit/test_a.py::test_a", "tests/unit/kit/test_a.py::test_b"),
    ],
)
def test_those_that_do_not_may_run_at_once(one: str, other: str) -> None:
    assert group_of(one) != group_of(other)


def test_the_marks_of_xdist_would_not_do(request: pytest.FixtureRequest) -> None:
    """When this fails, xdist's own groups work again and ``factories/spreading.py`` may go."""
    node = request.node
    before = node.nodeid
    node._nodeid = f"{before}@group"
    assert node.nodeid == before
