"""Hostile paths and queries: refused or brought to one form, never two, and never an accident."""

from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.operation_paths import plain_path

from stagedoor.catalog.canonical import canonical_path, canonical_query
from stagedoor.catalog.errors import PathRefused, QueryRefused
from stagedoor.catalog.matcher import CATALOG

PIECES = st.sampled_from(
    [
        *("/", "//", ".", "..", "\\", ";", "'", "''", "(", ")", ",", "=", "@", "$", "%", "[", "]", " ", "+", "?", "#"),
        *("%2f", "%2F", "%2e", "%5c", "%27", "%28", "%29", "%25", "%00", "%3b", "%24", "%20", "%C3%A4", "%FF", "ä"),
        *(
            "odata",
            "Jobs",
            "api",
            "UiPath.Server.Configuration.OData.",
            "StartJobs",
            "GetByKey",
            "identifier",
            "key",
            "5",
        ),
    ]
)
TRICKY = st.lists(PIECES, max_size=24).map("".join)
PATHS = st.one_of(
    TRICKY.map(lambda tail: "/" + tail),
    st.tuples(st.sampled_from([plain_path(operation) for operation in CATALOG.operations]), TRICKY).map("".join),
    st.text(max_size=80),
    st.binary(max_size=80),
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "get", ""])


@given(PATHS, METHODS)
@example("/odata/Jobs%2F..%2F", "GET")
@example("/odata/x('%27%2F')", "GET")
def test_a_canonical_path_is_its_own_canonical_form_and_matches_alike(raw: str | bytes, method: str) -> None:
    try:
        path = canonical_path(raw)
    except PathRefused:
        return
    assert path.isascii()
    assert path.startswith("/")
    assert not {"", ".", ".."}.intersection(path[1:].removesuffix("/").split("/")) or path == "/"
    assert not {";", "\\", "?", "#", "\x00"}.intersection(path)
    assert canonical_path(path) == path
    again = CATALOG.match(method, canonical_path(path.encode()))
    match = CATALOG.match(method, path)
    assert match == again
    assert match is None or match.operation.method == method


@given(st.text(max_size=200), METHODS)
def test_the_matcher_answers_any_text_and_never_breaks(text: str, method: str) -> None:
    match = CATALOG.match(method, text)
    assert match is None or match.operation in CATALOG.operations


@given(st.text(min_size=1, max_size=40))
def test_a_quoted_key_comes_out_as_it_went_in(value: str) -> None:
    path = f"/odata/Libraries('{quote(value.replace(chr(39), chr(39) * 2), safe='', errors='surrogatepass')}')"
    try:
        canonical = canonical_path(path)
    except PathRefused:
        return
    match = CATALOG.match("DELETE", canonical)
    assert match is not None
    assert match.arguments == {"key": value}


@given(st.one_of(st.text(max_size=120), st.binary(max_size=120), TRICKY, st.lists(TRICKY, max_size=6).map("&".join)))
def test_a_canonical_query_is_its_own_canonical_form(raw: str | bytes) -> None:
    try:
        query = canonical_query(raw)
    except QueryRefused:
        return
    assert query.text.isascii()
    assert canonical_query(query.text) == query
