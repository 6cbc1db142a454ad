"""Whatever is typed as an address is read or refused, and whatever a stranger calls a token is read or nothing."""

from urllib.parse import unquote, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.addresses import list_token_urls, read_partial_address
from stagedoor.upstream.connections.discovery import read_claims
from stagedoor.upstream.connections.errors import ConnectionRefused
from stagedoor.upstream.connections.schemas import ConnectionKind

PATH = st.lists(
    st.sampled_from(
        ["", "acme", "prod", "odata", "Jobs", "orchestrator_", "portal_", "identity", "..", "%2e%2e", "a;b"]
    )
).map("/".join)
HOSTS = st.sampled_from(["cloud.uipath.com", "platform.uipath.com", "h", "127.0.0.1:8443", "[::1]", "evil.uipath.com."])
ADDRESSES = st.one_of(
    st.text(),
    st.builds(
        "{}://{}/{}".format, st.sampled_from(["https", "http", "HTTPS", "ftp"]), st.one_of(HOSTS, st.text()), PATH
    ),
)
UPSTREAMS = st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["acme/prod", "prod", "../prod", "a/b/c", "/"]))


@given(ADDRESSES, UPSTREAMS)
@example("http://a..b/", None)
@example("https://cloud.uipath.com", "acme/..")
def test_an_address_is_read_or_refused_and_leads_where_it_was_pointed(address: str, upstream: str | None) -> None:
    try:
        read = read_partial_address(address, upstream)
    except ConnectionRefused:
        return
    typed = urlsplit(address)
    for url in (
        read.base_url,
        *list_token_urls(ConnectionKind.APP, read),
        *list_token_urls(ConnectionKind.PASSWORD, read),
    ):
        parts = urlsplit(url)
        assert (parts.scheme, parts.hostname, parts.port) == (typed.scheme, typed.hostname, typed.port)
        assert not parts.query
        assert not parts.fragment
        assert not {".", ".."} & {unquote(segment) for segment in parts.path.split("/")}
        assert url.isprintable()


@given(st.one_of(st.text(), st.builds("{}.{}.{}".format, st.text(), st.text(), st.text())))
def test_claims_of_any_text_are_read_or_nothing(token: str) -> None:
    assert isinstance(read_claims(Secret(token)), dict)
