"""What is told of a figure."""

import pytest
from bench.figures import Figure, at_least, at_most


def figure(*samples: float, **more: object) -> Figure:
    return Figure(row="gateway", name="added", samples=samples, unit="ms", **more)  # type: ignore[arg-type]


def test_the_value_is_the_median_of_the_rounds() -> None:
    assert figure(9.0, 1.0, 2.0).value == 2.0


@pytest.mark.parametrize(
    ("budget", "outcome"),
    [(at_most(2), "met"), (at_most(1.9), "MISSED"), (at_least(2), "met"), (at_least(2.1), "MISSED"), (None, "")],
)
def test_a_figure_meets_its_budget_up_to_the_limit_itself(budget: object, outcome: str) -> None:
    assert figure(2.0, budget=budget).outcome == outcome


def test_the_ratio_is_a_multiple_of_the_budget() -> None:
    assert figure(3.0, budget=at_most(2)).ratio == 1.5
    assert figure(3.0).ratio is None
