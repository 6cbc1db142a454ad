"""Whatever a field holds, it stays in its place in the path and the query."""

from urllib.parse import unquote

import httpx2
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.client._requests import ODATA_OPTIONS, Place, call_of

PLACE = Place.parse("http://stagedoor.test/acme/dev")
PREFIX = "/acme/dev/orchestrator_/odata"
# A lone surrogate has no UTF-8 form and so no place in a URL.
texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: name[0] != "$")


@given(texts)
def test_text_in_a_quoted_argument_comes_back_as_it_was(name: str) -> None:
    url = httpx2.URL(PLACE.url(call_of("BusinessRules_GetReadUriByName", fields={"name": name}).target))
    raw_path = url.raw_path.decode()
    head, tail = f"{PREFIX}/BusinessRules/UiPath.Server.Configuration.OData.GetReadUri(name='", "')"
    assert raw_path.startswith(head)
    assert raw_path.endswith(tail)
    argument = raw_path[len(head) : -len(tail)]
    assert unquote(argument).replace("''", "'") == name
    assert not set("/?#'") & set(argument)


@given(st.text())
def test_text_in_a_bare_argument_never_changes_the_path(key: str) -> None:
    try:
        target = call_of("Jobs_GetById", fields={"key": key}).target
    except ValueError:
        return
    assert PLACE.url(target) == f"http://stagedoor.test{PREFIX}/Jobs({key})"


@given(st.dictionaries(names, texts))
def test_query_options_come_back_as_they_were(fields: dict[str, str]) -> None:
    url = httpx2.URL(PLACE.url(call_of("GET", "/odata/Jobs", fields=fields).target))
    sent = {f"${name}" if name.lower() in ODATA_OPTIONS else name: value for name, value in fields.items()}
    assert dict(url.params.multi_items()) == sent
    assert url.path == f"{PREFIX}/Jobs"
