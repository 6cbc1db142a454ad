"""External applications and their secrets."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.factories.identity import ACME, BEGINNING, OTHER, fill
from tests.factories.store import empty_database

from stagedoor.identity.oauth_clients.errors import ExternalApplicationRefused, ExternalApplicationUnknown
from stagedoor.identity.oauth_clients.first_party import GUIDE_2019, STAGEDOOR_CONSOLE, VENDOR_CLI, first_party_clients
from stagedoor.identity.oauth_clients.models import ApplicationSecret
from stagedoor.identity.oauth_clients.registry import ClientRegistry
from stagedoor.identity.oauth_clients.schemas import Dialect, NewApplication
from stagedoor.identity.oauth_clients.scopes import is_covered
from stagedoor.identity.oauth_clients.service import SECRETS_AT_ONCE_MAX, ExternalApplications
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database

ROBOT = NewApplication(name="Robot", is_confidential=True, application_scopes=("OR.Jobs",))
APP = NewApplication(
    name="App", is_confidential=False, redirect_uris=("https://app.example/cb",), user_scopes=("OR.Jobs.Read",)
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = empty_database(tmp_path)
    with database.write() as session:
        fill(session)
    yield database
    database.close()


@pytest.fixture
def applications() -> ExternalApplications:
    return ExternalApplications(Vault(b"m" * 32), HeldClock(BEGINNING), SeededChance(3))


def test_scopes_decide_the_grants(database: Database, applications: ExternalApplications) -> None:
    both = NewApplication(
        name="Both",
        is_confidential=True,
        redirect_uris=("https://app.example/cb",),
        user_scopes=("OR.Jobs",),
        application_scopes=("OR.Jobs",),
    )
    with database.write() as session:
        assert applications.create(session, ACME, ROBOT).grant_types == {"client_credentials"}
        assert applications.create(session, ACME, APP).grant_types == {"authorization_code", "refresh_token"}
        assert applications.create(session, ACME, both).grant_types == {
            "authorization_code",
            "refresh_token",
            "client_credentials",
        }


@pytest.mark.parametrize(
    "wanted",
    [
        NewApplication(name=" ", is_confidential=True, application_scopes=("OR.Jobs",)),
        NewApplication(name="x", is_confidential=True, application_scopes=("OR.Nonsense",)),
        NewApplication(name="x", is_confidential=True, application_scopes=("OrchestratorApiUserAccess",)),
        NewApplication(name="x", is_confidential=True, application_scopes=("offline_access",)),
        NewApplication(name="x", is_confidential=False, application_scopes=("OR.Jobs",)),
        NewApplication(name="x", is_confidential=False, user_scopes=("OR.Jobs",)),
        NewApplication(
            name="x", is_confidential=False, redirect_uris=("http://evil.example/",), user_scopes=("OR.Jobs",)
        ),
        NewApplication(
            name="x", is_confidential=False, redirect_uris=("https://a.example/",), user_scopes=("OR.Default",)
        ),
        NewApplication(name="x", is_confidential=True),
    ],
)
def test_unsafe_applications_are_refused(
    database: Database, applications: ExternalApplications, wanted: NewApplication
) -> None:
    with database.write() as session, pytest.raises(ExternalApplicationRefused):
        applications.create(session, ACME, wanted)


@pytest.mark.parametrize(
    ("scope", "said"),
    [("OR.Jobbs", "OR.Jobs"), ("or.queues.read", "OR.Queues.Read"), ("Nonsense", "Scopes are spelt as in OR.Jobs")],
)
def test_a_scope_that_is_none_is_refused_with_what_may_be_meant(
    scope: str, said: str, database: Database, applications: ExternalApplications
) -> None:
    wanted = NewApplication(name="x", is_confidential=True, application_scopes=(scope,))
    with database.write() as session, pytest.raises(ExternalApplicationRefused) as refused:
        applications.create(session, ACME, wanted)
    assert scope in refused.value.public
    assert said in str(refused.value.hint)


def test_a_secret_is_stored_as_a_keyed_hash_alone(database: Database, applications: ExternalApplications) -> None:
    with database.write() as session:
        client = applications.create(session, ACME, ROBOT)
        _, secret = applications.generate_secret(session, ACME, client.id, expires_at=BEGINNING + timedelta(days=1))
        row = session.scalars(select(ApplicationSecret)).one()
        assert secret.reveal() not in {str(value) for value in vars(row).values()}
        assert row.keyed_hash == Vault(b"m" * 32).keyed_hash(secret.reveal())
        assert row.keyed_hash not in repr(applications.get_application(session, ACME, client.id))


def test_secrets_are_bounded_and_only_for_confidential_applications(
    database: Database, applications: ExternalApplications
) -> None:
    with database.write() as session:
        public = applications.create(session, ACME, APP)
        with pytest.raises(ExternalApplicationRefused):
            applications.generate_secret(session, ACME, public.id)
        client = applications.create(session, ACME, ROBOT)
        for _ in range(SECRETS_AT_ONCE_MAX):
            applications.generate_secret(session, ACME, client.id)
        with pytest.raises(ExternalApplicationRefused):
            applications.generate_secret(session, ACME, client.id)


def test_another_organization_does_not_see_the_application(
    database: Database, applications: ExternalApplications
) -> None:
    with database.write() as session:
        client = applications.create(session, ACME, ROBOT)
        secret_id, _ = applications.generate_secret(session, ACME, client.id)
        assert applications.list_applications(session, OTHER) == ()
        for call in (
            lambda: applications.get_application(session, OTHER, client.id),
            lambda: applications.generate_secret(session, OTHER, client.id),
            lambda: applications.delete_secret(session, OTHER, client.id, secret_id),
            lambda: applications.delete_application(session, OTHER, client.id),
            lambda: applications.delete_secret(session, ACME, client.id, "another"),
        ):
            with pytest.raises(ExternalApplicationUnknown):
                call()


def test_the_registry_forgets_what_changed(database: Database, applications: ExternalApplications) -> None:
    registry = ClientRegistry(database, first_party_clients("http://127.0.0.1:8120"))
    feed = ChangeFeed(database)
    registry.follow(feed)
    feed.start_from_now()
    with database.write() as session:
        client = applications.create(session, ACME, ROBOT)
        secret_id, _ = applications.generate_secret(session, ACME, client.id)
    found = registry.find(client.id)
    assert found is not None
    assert [secret.id for secret in found.secrets] == [secret_id]
    assert registry.find(client.id) is found
    with database.write() as session:
        applications.delete_secret(session, ACME, client.id, secret_id)
    feed.catch_up()
    renewed = registry.find(client.id)
    assert renewed is not None
    assert renewed.secrets == ()
    with database.write() as session:
        applications.delete_application(session, ACME, client.id)
    feed.catch_up()
    assert registry.find(client.id) is None
    assert registry.find("x" * 500) is None
    assert registry.find("") is None


def test_a_bare_scope_covers_its_halves_and_not_the_other_way_round() -> None:
    assert is_covered("OR.Jobs.Read", frozenset({"OR.Jobs"}))
    assert is_covered("OR.Jobs", frozenset({"OR.Jobs"}))
    assert not is_covered("OR.Jobs", frozenset({"OR.Jobs.Read", "OR.Jobs.Write"}))
    assert not is_covered("OR.Assets.Read", frozenset({"OR.Jobs"}))


def test_the_pre_registered_clients_are_public_and_stay_on_this_server_or_loopback() -> None:
    clients = {client.id: client for client in first_party_clients("https://door.example")}
    assert all(not client.is_confidential and client.is_first_party for client in clients.values())
    assert clients[VENDOR_CLI].accepts_redirect("http://localhost:8104/oidc/login")
    assert clients[GUIDE_2019].accepts_redirect("https://door.example/mobile")
    assert not clients[GUIDE_2019].accepts_redirect("https://account.uipath.com/mobile")
    assert clients[GUIDE_2019].dialect is Dialect.ACCOUNT_2019
    assert clients[STAGEDOOR_CONSOLE].redirect_uris == ("https://door.example/console/callback",)


def test_a_server_on_loopback_is_known_by_each_of_its_names() -> None:
    clients = {client.id: client for client in first_party_clients("http://127.0.0.1:8120")}
    assert clients[GUIDE_2019].accepts_redirect("http://localhost:8120/mobile")
