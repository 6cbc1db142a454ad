"""Clients that are always there: the vendor's public ones, by the ids that its programs carry, and our own two."""

from urllib.parse import urlsplit

from stagedoor.identity.oauth_clients.redirects import LOOPBACK_HOSTS
from stagedoor.identity.oauth_clients.schemas import Dialect, OAuthClient

VENDOR_CLI = "36dea5b8-e8bb-423d-8e7b-c808df8f1c00"
VENDOR_PORTAL = "1119a927-10ab-4543-bd1a-ad6bfbbc27f4"
GUIDE_2019 = "5v7PmPJL6FOGu6RB8I1Y4adLBhIwovQN"
USER_KEY_SCREEN = "8DEv1AMNXczW3y4U15LL3jYf62jK93n5"
POWERSHELL_MODULE = "qccWcbcRgHGP0Nivlm7T9B7lven0AnTW"
STAGEDOOR_CLI = "stagedoor-cli"
STAGEDOOR_CONSOLE = "stagedoor-console"


def first_party_clients(base_url: str) -> tuple[OAuthClient, ...]:
    """Return the clients that belong to no organization, with redirects on this server or on loopback.

    All are public: a secret that ships with a program is none. PKCE protects them, as it does everybody.
    """
    own = _own_addresses(base_url)
    clients = [
        OAuthClient(
            id=VENDOR_CLI,
            name="UiPath command line",
            organization_id=None,
            is_confidential=False,
            redirect_uris=("http://localhost/oidc/login",),
            user_scopes=None,
            is_first_party=True,
        ),
        OAuthClient(
            id=VENDOR_PORTAL,
            name="UiPath portal",
            organization_id=None,
            is_confidential=False,
            redirect_uris=tuple(f"{address}/portal_/api/tokenFactory/callback" for address in own),
            user_scopes=None,
            is_first_party=True,
        ),
        OAuthClient(
            id=STAGEDOOR_CLI,
            name="Stagedoor command line",
            organization_id=None,
            is_confidential=False,
            redirect_uris=tuple(f"http://{host}/callback" for host in ("127.0.0.1", "localhost", "[::1]")),
            user_scopes=None,
            is_first_party=True,
            carries_whole_user=True,
            may_administer=True,
        ),
        OAuthClient(
            id=STAGEDOOR_CONSOLE,
            name="Stagedoor console",
            organization_id=None,
            is_confidential=False,
            redirect_uris=tuple(f"{address}/console/callback" for address in own),
            post_logout_redirect_uris=tuple(f"{address}/console" for address in own),
            user_scopes=None,
            is_first_party=True,
            carries_whole_user=True,
            may_administer=True,
        ),
    ]
    for client_id, name in (
        (GUIDE_2019, "Cloud API guide of 2019"),
        (USER_KEY_SCREEN, "User key"),
        (POWERSHELL_MODULE, "PowerShell module"),
    ):
        clients.append(
            OAuthClient(
                id=client_id,
                name=name,
                organization_id=None,
                is_confidential=False,
                redirect_uris=tuple(f"{address}/mobile" for address in own),
                user_scopes=None,
                is_first_party=True,
                dialect=Dialect.ACCOUNT_2019,
                carries_whole_user=True,
            )
        )
    return tuple(clients)


def _own_addresses(base_url: str) -> tuple[str, ...]:
    # A server on loopback is reached by any of that machine's names for itself, whichever one it was told.
    parts = urlsplit(base_url)
    if parts.hostname not in LOOPBACK_HOSTS:
        return (base_url,)
    port = f":{parts.port}" if parts.port else ""
    names = (f"{parts.scheme}://{host}{port}" for host in ("127.0.0.1", "localhost", "[::1]"))
    return tuple(dict.fromkeys((base_url, *names)))
