"""Whatever Python prints for a JSON object is read as that object, and anything else is left for JSON to judge."""

import json

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.orchestrator.single_quotes import with_double_quotes

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    TEXTS | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


@given(st.dictionaries(TEXTS, VALUES))
def test_what_python_prints_is_read_as_it_was_meant(value: dict[str, object]) -> None:
    assert json.loads(with_double_quotes(str(value))) == value


@given(VALUES)
def test_what_is_json_already_stays_as_it_is(value: object) -> None:
    written = json.dumps(value)
    assert json.loads(with_double_quotes(written)) == value


@given(st.text("'\"\\\\xuU0{}:, a\n", max_size=200))
def test_any_text_at_all_comes_through(text: str) -> None:
    assert isinstance(with_double_quotes(text), str)
