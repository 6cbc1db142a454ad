"""Where each kind asks for its token, from the address that people copy."""

import pytest

from stagedoor.upstream.connections.addresses import derive_token_url, read_address
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
