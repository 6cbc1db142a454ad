import pickle

import pytest

from stagedoor.kit.secret import Secret


@pytest.mark.parametrize("shown", [str, repr, "{}".format, "{:>5}".format, lambda secret: f"{[secret]}"])
def test_a_secret_never_shows_itself(shown: object) -> None:
    assert "canary" not in shown(Secret("canary"))  # type: ignore[operator]


def test_a_secret_reveals_itself_on_demand_alone() -> None:
    assert Secret("canary").reveal() == "canary"
    assert Secret("canary") == Secret("canary")
    assert Secret("canary") != Secret("other")
    assert Secret("canary") != "canary"
    assert not Secret("")


def test_a_secret_is_neither_pickled_nor_hashed() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("canary"))
    with pytest.raises(TypeError):
        {Secret("canary")}
