"""An identity that is not ours and was not made with ours in mind: npm ``oidc-provider`` 9, certified.

Its tokens live for three seconds, its refresh tokens rotate, and one that comes back ends the session at once.
"""

from collections.abc import Iterator
from time import monotonic

import httpx2
import pytest
from tests.factories.certificates import Authority
from tests.factories.fault_proxy import FaultProxy, Passing, answer_with, fault_proxy, lose_answer, lose_request
from tests.factories.oidc_provider import APP_SECRET, LIFETIME_SECONDS, OidcProvider, oidc_provider
from tests.factories.patience import eventually
from tests.flows.faults.conftest import Front, Tenant

from stagedoor.upstream.connections.schemas import ConnectionKind

RELEASES = "/odata/Releases"
"""Not one of the lists that a tenant is asked for so often and no more."""
LIVES = 1.5


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as running:
        yield running


@pytest.fixture(scope="module")
def running_way(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, provider: OidcProvider
) -> Iterator[FaultProxy]:
    tls = authority.server(tmp_path_factory.mktemp("way"), "localhost")
    with fault_proxy(provider.url, tls=tls) as proxy:
        yield proxy


@pytest.fixture
def way(running_way: FaultProxy, provider: OidcProvider) -> FaultProxy:
    """The way to the identity, and to an Orchestrator that takes its tokens."""
    running_way.mend()
    running_way.on("GET", RELEASES, provider.guard, times=None)
    return running_way


def connect(front: Front, way: FaultProxy, kind: ConnectionKind, secret: str) -> Tenant:
    address, token_url = f"{way.url}/elsewhere/prod/orchestrator_", f"{way.url}/token"
    if kind is ConnectionKind.APP:
        return front.connect(kind, address, secret, client_id="app", scope="OR.Jobs", identity_url=token_url)
    return front.connect(kind, address, secret, client_id="desk", identity_url=token_url)


def ask(tenant: Tenant) -> httpx2.Response:
    with tenant.client() as client:
        return client.get(RELEASES, headers={"X-UIPATH-FolderPath": ""})


def diagnosis_of(answer: httpx2.Response) -> str:
    said = answer.json()
    assert said["stagedoor"]["code"] == "upstream_sign_in_failed", said
    return str(said["diagnosis"])


def test_nobody_meets_a_token_that_has_ended(front: Front, way: FaultProxy, provider: OidcProvider) -> None:
    refresh_token = provider.sign_in()
    tenants = [
        connect(front, way, ConnectionKind.APP, APP_SECRET),
        connect(front, way, ConnectionKind.PERSON, refresh_token),
    ]
    end = monotonic() + LIVES * LIFETIME_SECONDS
    seen: list[tuple[int, str]] = []
    while monotonic() < end:
        answers = [ask(tenant) for tenant in tenants]
        seen += [(answer.status_code, answer.text) for answer in answers if answer.status_code != 200]
    assert seen == []
    # The person's first refresh token was used once, and another followed it.
    assert way.count("POST", "/token", holding=refresh_token) == 1
    assert way.count("POST", "/token", holding="grant_type=refresh_token") >= 2


def test_a_request_for_a_token_that_was_lost_is_made_again(
    front: Front, way: FaultProxy, provider: OidcProvider
) -> None:
    refresh_token = provider.sign_in()
    trouble = way.on("POST", "/token", lose_request, times=None, holding=refresh_token)
    tenant = connect(front, way, ConnectionKind.PERSON, refresh_token)
    assert diagnosis_of(ask(tenant)) == "broken_off"
    trouble.end()
    eventually(lambda: ask(tenant).status_code, lambda status: status == 200)


def test_where_an_identity_gives_no_grace_a_lost_rotation_is_the_one_window_that_remains_and_is_told(
    front: Front, way: FaultProxy, provider: OidcProvider
) -> None:
    refresh_token = provider.sign_in()
    way.on("POST", "/token", lose_answer, holding=refresh_token)
    tenant = connect(front, way, ConnectionKind.PERSON, refresh_token)
    told = eventually(lambda: ask(tenant), lambda answer: diagnosis_of(answer) != "broken_off")
    assert diagnosis_of(told) == "invalid_grant"
    assert "Connect again" in told.json()["stagedoor"]["hint"]


def test_where_an_orchestrator_forgets_the_key_that_signed_our_token_nobody_is_told_401_and_it_heals(
    front: Front, way: FaultProxy, provider: OidcProvider
) -> None:
    tenant = connect(front, way, ConnectionKind.APP, APP_SECRET)
    eventually(lambda: ask(tenant).status_code, lambda status: status == 200)
    forgotten: set[str] = set()

    def forget_first(passing: Passing) -> None:
        # As it takes no token any more that it had seen before its keys changed.
        token = str(passing.header("authorization"))
        if not forgotten:
            forgotten.add(token)
        (answer_with(401) if token in forgotten else provider.guard)(passing)

    way.mend()
    way.on("GET", RELEASES, forget_first, times=None)
    seen: list[int] = []

    def ask_again() -> int:
        seen.append(ask(tenant).status_code)
        return seen[-1]

    eventually(ask_again, lambda status: status == 200)
    assert set(seen) <= {200, 502}
    assert len(forgotten) == 1
