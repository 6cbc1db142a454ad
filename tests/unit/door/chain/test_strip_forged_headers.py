"""Who is on the line: what a stranger says of itself is not heard, what a trusted proxy says is."""

import pytest
from tests.factories.house import SmallHouse

from stagedoor.door.chain.strip_forged_headers import TrustedProxies, strip_forged_headers
from stagedoor.door.visit import Visit

PROXY = "10.1.2.3"


def visit_of(small: SmallHouse, *headers: tuple[str, str], peer: str | None = "192.0.2.7") -> Visit:
    scope = {
        "method": "GET",
        "scheme": "http",
        "client": None if peer is None else (peer, 4000),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    visit = Visit(small.house, scope, 0.0, "0" * 32)
    strip_forged_headers(visit)
    return visit


def test_a_stranger_does_not_say_who_it_is(small: SmallHouse) -> None:
    visit = visit_of(small, ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https"), ("x-real-ip", "::1"))
    assert (visit.head.client_address, visit.head.scheme) == ("192.0.2.7", "http")
    assert visit.scope["client"] == ("192.0.2.7", 0)
    assert visit.head.raw_headers == ()


def test_a_trusted_proxy_does(small: SmallHouse) -> None:
    visit = visit_of(small, ("x-forwarded-for", "198.51.100.4"), ("x-forwarded-proto", "HTTPS"), peer=PROXY)
    assert (visit.head.client_address, visit.head.scheme) == ("198.51.100.4", "https")


def test_the_first_stranger_from_the_right_is_the_caller(small: SmallHouse) -> None:
    hops = ("x-forwarded-for", "127.0.0.1, 198.51.100.4, 10.9.9.9")
    assert visit_of(small, hops, peer=PROXY).head.client_address == "198.51.100.4"


def test_several_headers_are_one_list(small: SmallHouse) -> None:
    hops = (("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "198.51.100.4"))
    assert visit_of(small, *hops, peer=PROXY).head.client_address == "198.51.100.4"


def test_where_all_hops_are_proxies_the_farthest_counts(small: SmallHouse) -> None:
    assert visit_of(small, ("x-forwarded-for", "10.3.3.3, 10.4.4.4"), peer=PROXY).head.client_address == "10.3.3.3"


@pytest.mark.parametrize("proto", ["ftp", "", "https, http"])
def test_a_scheme_that_is_none_changes_nothing(small: SmallHouse, proto: str) -> None:
    assert visit_of(small, ("x-forwarded-proto", proto), ("x-forwarded-for", "::1"), peer=PROXY).head.scheme == "http"


def test_a_peer_without_address_is_no_proxy(small: SmallHouse) -> None:
    assert visit_of(small, ("x-forwarded-for", "127.0.0.1"), peer=None).head.client_address == ""


@pytest.mark.parametrize(
    "name",
    [
        "forwarded",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-uipath-internal-tenantid",
        "x-uipath-internal-accountid",
        "x-stagedoor-caller",
    ],
)
@pytest.mark.parametrize("peer", ["192.0.2.7", PROXY])
def test_what_only_services_say_goes_no_further(small: SmallHouse, name: str, peer: str) -> None:
    visit = visit_of(small, (name, "forged"), ("accept", "text/plain"), peer=peer)
    assert visit.scope["headers"] == [(b"accept", b"text/plain")]
    assert dict(visit.head.headers) == {"accept": "text/plain"}


def test_a_network_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        TrustedProxies.from_settings(("10.0.0.0/99",))
