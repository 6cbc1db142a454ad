"""Where each kind asks for its token, from the address that people copy."""

import pytest

from stagedoor.upstream.connections.addresses import (
    check_address,
    derive_token_url,
    list_token_urls,
    read_address,
    read_partial_address,
    read_token_url,
)
from stagedoor.upstream.connections.errors import ConnectionRefused
from stagedoor.upstream.connections.schemas import ConnectionKind

CLOUD = "https://cloud.uipath.com/acme/prod/orchestrator_"


@pytest.mark.parametrize(
    ("address", "base_url", "token_url"),
    [
        (CLOUD, CLOUD, "https://cloud.uipath.com/identity_/connect/token"),
        (f"{CLOUD}/", CLOUD, "https://cloud.uipath.com/identity_/connect/token"),
        (f"{CLOUD}/odata/Jobs", CLOUD, "https://cloud.uipath.com/identity_/connect/token"),
        ("https://cloud.uipath.com/acme/prod", CLOUD, "https://cloud.uipath.com/identity_/connect/token"),
        (
            "https://govcloud.uipath.us/acme/prod/orchestrator_",
            "https://govcloud.uipath.us/acme/prod/orchestrator_",
            "https://govcloud.uipath.us/identity_/connect/token",
        ),
        (
            "https://suite.acme.example/acme/prod/orchestrator_",
            "https://suite.acme.example/acme/prod/orchestrator_",
            "https://suite.acme.example/identity_/connect/token",
        ),
        ("https://orch.acme.example", "https://orch.acme.example", "https://orch.acme.example/identity/connect/token"),
        (
            "https://orch.acme.example:8443/odata",
            "https://orch.acme.example:8443",
            "https://orch.acme.example:8443/identity/connect/token",
        ),
    ],
)
def test_an_application_asks_the_identity_server_beside_its_orchestrator(
    address: str, base_url: str, token_url: str
) -> None:
    found = read_address(address)
    assert (found.base_url, derive_token_url(ConnectionKind.APP, found)) == (base_url, token_url)


def test_a_user_key_is_taken_to_the_account_host_of_2019() -> None:
    on_cloud = read_address("https://platform.uipath.com/acme/prod")
    assert on_cloud.base_url == "https://platform.uipath.com/acme/prod"
    assert derive_token_url(ConnectionKind.USER_KEY, on_cloud) == "https://account.uipath.com/oauth/token"
    elsewhere = read_address("http://127.0.0.1:8080/acme/dev/orchestrator_")
    assert derive_token_url(ConnectionKind.USER_KEY, elsewhere) == "http://127.0.0.1:8080/oauth/token"


def test_a_password_is_taken_to_the_orchestrator_itself_and_a_personal_access_token_nowhere() -> None:
    standalone = read_address("https://orch.acme.example/")
    expected = "https://orch.acme.example/api/account/authenticate"
    assert derive_token_url(ConnectionKind.PASSWORD, standalone) == expected
    assert derive_token_url(ConnectionKind.PAT, standalone) is None


def test_organization_and_tenant_are_read_from_the_path() -> None:
    found = read_address(CLOUD)
    assert (found.organization, found.tenant) == ("acme", "prod")
    assert read_address("https://orch.acme.example").tenant is None


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x.example",
        "https://",
        "https://user:word@x.example",
        "https://x.example/?token=a",
        "https://x.example/#a",
        "https://x.example/a b",
        "https://x.example/\r\nX: 1",
        "https://x.example:99999",
        "https://[x",
        "https://cloud.uipath.com",
        "https://x.example/" + "a" * 3000,
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ConnectionRefused) as refused:
        read_address(address)
    assert refused.value.details == {"field": "base_url"}


def test_a_host_that_only_ends_like_the_vendors_is_a_stranger() -> None:
    assert read_address("https://eviluipath.com").base_url == "https://eviluipath.com"


@pytest.mark.parametrize(
    ("address", "upstream", "base_url", "named"),
    [
        ("https://cloud.uipath.com", "acme/prod", CLOUD, ("acme", "prod")),
        ("https://cloud.uipath.com/acme/portal_/home", "acme/prod", CLOUD, ("acme", "prod")),
        ("https://cloud.uipath.com/acme", "prod", CLOUD, ("acme", "prod")),
        (CLOUD, "ACME/Prod", CLOUD, ("acme", "prod")),
        ("https://platform.uipath.com", "acme/prod", "https://platform.uipath.com/acme/prod", ("acme", "prod")),
        (
            "https://suite.example",
            "acme/prod",
            "https://suite.example/acme/prod/orchestrator_",
            ("acme", "prod"),
        ),
        ("https://orch.example", "Default", "https://orch.example", (None, "Default")),
        ("https://orch.example/rpa", "Default", "https://orch.example/rpa", (None, "Default")),
    ],
)
def test_the_remote_tenant_may_stand_beside_the_address(
    address: str, upstream: str, base_url: str, named: tuple[str | None, str]
) -> None:
    found = read_address(address, upstream)
    assert (found.base_url, (found.organization, found.tenant)) == (base_url, named)


@pytest.mark.parametrize(
    ("address", "upstream", "field"),
    [
        (CLOUD, "acme/test", "upstream"),
        (CLOUD, "other/prod", "upstream"),
        (CLOUD, "test", "upstream"),
        ("https://cloud.uipath.com/acme", "other/prod", "upstream"),
        ("https://orch.example/rpa", "acme/prod", "upstream"),
        ("https://suite.example", "acme/../prod", "upstream"),
        ("https://suite.example", "acme/pr od", "upstream"),
        ("https://suite.example", "acme/..", "upstream"),
        ("https://suite.example/acme/../x", None, "base_url"),
        ("https://suite.example/acme/%2E%2e/x", None, "base_url"),
        ("https://suite.example/acme\\x", None, "base_url"),
        ("https://suite.example", "a?b/prod", "upstream"),
        ("https://cloud.uipath.com/acme/portal_/home", None, "base_url"),
        ("https://cloud.uipath.com", "prod", "base_url"),
    ],
)
def test_two_tenants_or_none_are_no_tenant(address: str, upstream: str | None, field: str) -> None:
    with pytest.raises(ConnectionRefused) as refused:
        read_address(address, upstream)
    assert refused.value.details == {"field": field}


def test_without_a_tenant_an_address_of_the_cloud_is_enough_to_look_around() -> None:
    found = read_partial_address("https://cloud.uipath.com/acme/portal_/home")
    assert (found.is_complete, found.organization, found.base_url) == (False, "acme", "https://cloud.uipath.com")
    assert list_token_urls(ConnectionKind.APP, found)[:2] == (
        "https://cloud.uipath.com/identity_/connect/token",
        "https://cloud.uipath.com/acme/identity_/connect/token",
    )


@pytest.mark.parametrize("server", ["https://orch.example/identity", "https://suite.example/identity_/"])
def test_an_identity_server_is_completed_to_its_token_endpoint(server: str) -> None:
    assert read_token_url(server) == f"{server.rstrip('/')}/connect/token"
    assert read_token_url("https://id.example/oauth/token") == "https://id.example/oauth/token"


@pytest.mark.parametrize(
    "host",
    [
        "a..b",
        ".",
        "a" * 64,
        f"{'a.' * 127}b",
        "-a",
        "a-.b",
        "a b",
        "%00",
        "a%2fb",
        "[::1%25eth0]",
        "[::g]",
        "@h",
        "ä.b",
    ],
)
def test_what_can_be_no_host_is_refused_before_a_resolver_sees_it(host: str) -> None:
    with pytest.raises(ConnectionRefused):
        check_address(f"https://{host}/x", "proxy_url")


@pytest.mark.parametrize("host", ["localhost", "a.b.", "a_b.c", "127.0.0.1", "[::1]:8443", "xn--bcher-kva.example"])
def test_hosts_of_all_kinds_are_taken(host: str) -> None:
    assert check_address(f"https://{host}", "proxy_url") == f"https://{host}"
