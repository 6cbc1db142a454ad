import pytest

from stagedoor.door.surfaces import Place, Surface, find_place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/healthz", Place(Surface.OPERATIONS, "/healthz")),
        ("/", Place(Surface.CONSOLE, "/")),
        ("/console/keys", Place(Surface.CONSOLE, "/console/keys")),
        ("/api/stagedoor/v1/keys", Place(Surface.MANAGEMENT, "/api/stagedoor/v1/keys")),
        ("/identity_/connect/token", Place(Surface.IDENTITY, "/identity_/connect/token", "/identity_")),
        ("/Identity/connect/Token", Place(Surface.IDENTITY, "/identity_/connect/token", "/identity")),
        (
            "/Acme/identity_/.well-known/openid-configuration",
            Place(Surface.IDENTITY, "/identity_/.well-known/openid-configuration", "/Acme/identity_", "Acme"),
        ),
        ("/oauth/token", Place(Surface.IDENTITY, "/oauth/token")),
        ("/cloudrpa/api/getAccountsForUser", Place(Surface.IDENTITY, "/cloudrpa/api/getaccountsforuser")),
        (
            "/acme/portal_/api/filtering/leftnav/tenantsAndOrganizationInfo",
            Place(Surface.IDENTITY, "/portal_/api/filtering/leftnav/tenantsandorganizationinfo", "/acme", "acme"),
        ),
        ("/api/Account/Authenticate", Place(Surface.IDENTITY, "/api/account/authenticate")),
        (
            "/acme/dev/api/account/authenticate",
            Place(Surface.IDENTITY, "/api/account/authenticate", "/acme/dev", "acme", "dev"),
        ),
        (
            "/acme/dev/orchestrator_/api/account/authenticate",
            Place(Surface.IDENTITY, "/api/account/authenticate", "/acme/dev/orchestrator_", "acme", "dev"),
        ),
        ("/acme/dev/api/Account", Place(Surface.ORCHESTRATOR, "/api/Account", "/acme/dev", "acme", "dev")),
        ("/odata/Jobs", Place(Surface.ORCHESTRATOR, "/odata/Jobs")),
        ("/acme/dev/odata/Jobs(1)", Place(Surface.ORCHESTRATOR, "/odata/Jobs(1)", "/acme/dev", "acme", "dev")),
        (
            "/acme/dev/Orchestrator_/OData/Jobs",
            Place(Surface.ORCHESTRATOR, "/OData/Jobs", "/acme/dev/Orchestrator_", "acme", "dev"),
        ),
        (
            "/orchestrator_/api/status/version",
            Place(Surface.ORCHESTRATOR, "/api/status/version", "/orchestrator_"),
        ),
    ],
)
def test_each_door_that_clients_knock_on_leads_to_its_surface(path: str, place: Place) -> None:
    assert find_place(path) == place


@pytest.mark.parametrize(
    "path", ["/acme/dev/agenthub_/odata/Jobs", "/acme", "/acme/dev", "/acme/odata/Jobs", "/favicon.ico", "/odat/Jobs"]
)
def test_a_path_that_is_no_door_is_unknown(path: str) -> None:
    assert find_place(path).surface is Surface.UNKNOWN
