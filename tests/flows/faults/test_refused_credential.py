"""A remote side that answers 401 to what Stagedoor signs in with: renewed once for all, repeated only what is safe.

The caller's own key is good throughout, so that nobody ever hears a 401 of it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier

import httpx2
import pytest
from sqlalchemy import delete, update
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.fault_proxy import Answer, Fault, FaultProxy, Passing, answer_with, fault_proxy, unharmed
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.flows.faults.conftest import SCOPES, Front, Tenant, orchestrator_behind

from stagedoor.identity.signing_keys.models import SigningKeyRow
from stagedoor.identity.signing_keys.service import SigningKeys
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.settings import Settings
from stagedoor.upstream.connections.schemas import ConnectionKind
from stagedoor.upstream.upstream_tokens.models import UpstreamToken

RELEASES = "/odata/Releases"
QUEUES = "/odata/QueueDefinitions"
START_JOBS = "UiPath.Server.Configuration.OData.StartJobs"
TOKEN = "/identity_/connect/token"
JWKS = "/identity_/.well-known/openid-configuration/jwks"
CALLERS = 8
SECONDS_MAX = 20
OLD = timedelta(minutes=1)
"""Older than a token that would not be renewed because of a refusal."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="remote", error="invalid_token"'}
_numbers = count(1)


def refuse_before_the_body(passing: Passing) -> None:
    """Answer 401 as soon as the head is there, and read nothing of the body."""
    passing.send(Answer(401, tuple(CHALLENGE.items())).head("Content-Length: 0", "Connection: close"))
    passing.hang_up()


REFUSALS: dict[str, Fault] = {
    "with a challenge": answer_with(401, b'{"message":"no"}', CHALLENGE),
    "without one": answer_with(401, b'{"message":"no"}'),
    "with a large page": answer_with(401, b"<html>" + b"x" * 200_000, {"Content-Type": "text/html"}),
    "with nothing": answer_with(401),
}
REFUSED_WRITES = {"after the body was read": answer_with(401, headers=CHALLENGE), "before it": refuse_before_the_body}


@dataclass
class Ended:
    """Refuses a token as one that has ended, for as long as it is sent; every other one passes."""

    token: str | None = None
    refused: int = 0
    together: Barrier | None = None
    seen: list[str] = field(default_factory=list)

    def __call__(self, passing: Passing) -> None:
        sent = str(passing.header("authorization"))
        self.seen.append(sent)
        if self.token is None:
            self.token = sent
        if sent != self.token:
            unharmed(passing)
            return
        self.refused += 1
        if self.together is not None:
            self.together.wait(SECONDS_MAX)
        answer_with(401, headers=CHALLENGE)(passing)


@dataclass(frozen=True)
class Refused:
    """A tenant whose sign-ins are told from others', and the way to what lies behind it."""

    front: Front
    tenant: Tenant
    proxy: FaultProxy
    client_id: str

    def grow_old(self) -> None:
        """Let the token be one of some time ago."""
        with self.front.store() as database, database.write() as session:
            row = update(UpstreamToken).where(UpstreamToken.connection_id == self.tenant.connection_id)
            session.execute(row.values(last_renewed_at=datetime.now(UTC) - OLD))

    @property
    def sign_ins(self) -> int:
        """How often a token was asked for."""
        return self.proxy.count("POST", TOKEN, holding=self.client_id)


def application_at(upstream: Administrator) -> dict[str, str]:
    made = upstream.make_application("refused", is_confidential=True, application_scopes=SCOPES.split())
    return {"client_id": made["id"], "secret": made["secret"], "scope": SCOPES}


def connect(front: Front, proxy: FaultProxy, address: str, application: dict[str, str]) -> Refused:
    proxy.mend()
    tenant = front.connect(ConnectionKind.APP, address, **application)
    with tenant.client() as client:
        assert eventually(lambda: client.get(RELEASES).status_code, lambda status: status == 200)
    proxy.mend()
    return Refused(front, tenant, proxy, application["client_id"])


@pytest.fixture(scope="module")
def connected(front: Front, running_proxy: FaultProxy, upstream: Administrator) -> Refused:
    return connect(front, running_proxy, orchestrator_behind(running_proxy, upstream), application_at(upstream))


@pytest.fixture
def refused(connected: Refused, proxy: FaultProxy) -> Refused:
    """The tenant, with a token that is old enough to have ended."""
    connected.grow_old()
    return connected


@pytest.fixture
def always_refused(front: Front, proxy: FaultProxy, upstream: Administrator) -> Refused:
    """A tenant of the test's own: after a refusal in vain nobody signs in again for a second."""
    made = connect(front, proxy, orchestrator_behind(proxy, upstream), application_at(upstream))
    made.grow_old()
    return made


@pytest.fixture
def caller(refused: Refused) -> Iterator[httpx2.Client]:
    with refused.tenant.client() as client:
        yield client


@pytest.fixture
def mark() -> str:
    return f"refused-{next(_numbers)}"


def is_told_as_our_trouble(answer: httpx2.Response, *, may_repeat: bool) -> bool:
    said = answer.json()["stagedoor"]
    assert (answer.status_code, said["code"]) == (502, "upstream_refused_credential"), answer.text
    assert "WWW-Authenticate" not in answer.headers
    assert answer.headers.get("Retry-After") == ("1" if may_repeat else None)
    return True


def queues_of(upstream: Administrator, name: str) -> int:
    found = upstream.orchestrator.get(
        QUEUES, params={"$filter": f"Name eq '{name}'"}, headers={"X-UIPATH-FolderPath": "Shared"}
    )
    return len(found.json()["value"])


class TestARead:
    @pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS.keys())
    def test_that_is_refused_once_is_sent_again_with_a_new_token(
        self, fault: Fault, caller: httpx2.Client, refused: Refused
    ) -> None:
        refused.proxy.on("GET", RELEASES, fault)
        answer = caller.get(RELEASES)
        assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (200, False)
        assert (refused.proxy.count("GET", RELEASES), refused.sign_ins) == (2, 1)

    def test_that_is_always_refused_is_sent_twice_and_told_as_our_trouble(self, always_refused: Refused) -> None:
        proxy = always_refused.proxy
        proxy.on("GET", RELEASES, REFUSALS["with a challenge"], times=None)
        with always_refused.tenant.client() as client:
            assert is_told_as_our_trouble(client.get(RELEASES), may_repeat=False)
            assert (proxy.count("GET", RELEASES), always_refused.sign_ins) == (2, 1)
            # The token is a new one now, and a refusal of it is none for its age.
            assert is_told_as_our_trouble(client.get(RELEASES), may_repeat=False)
        assert always_refused.sign_ins == 1

    def test_signs_in_once_for_all_who_are_refused_at_the_same_time(self, refused: Refused) -> None:
        ended = Ended(together=Barrier(CALLERS))
        refused.proxy.on("GET", RELEASES, ended, times=None)

        def ask(_: int) -> int:
            with refused.tenant.client() as client:
                return client.get(RELEASES).status_code

        with ThreadPoolExecutor(CALLERS) as pool:
            assert list(pool.map(ask, range(CALLERS))) == [200] * CALLERS
        assert (ended.refused, len(set(ended.seen)), refused.sign_ins) == (CALLERS, 2, 1)

    def test_that_is_refused_while_nobody_can_sign_in_is_told_so_and_heals(
        self, caller: httpx2.Client, refused: Refused
    ) -> None:
        refused.proxy.on("GET", RELEASES, Ended(), times=None)
        trouble = refused.proxy.on("POST", TOKEN, answer_with(503), times=None, holding=refused.client_id)
        answer = caller.get(RELEASES)
        assert (answer.status_code, answer.json()["diagnosis"]) == (502, "upstream_failing")
        trouble.end()
        eventually(lambda: caller.get(RELEASES).status_code, lambda status: status == 200)


class TestAWrite:
    @pytest.mark.parametrize("fault", REFUSED_WRITES.values(), ids=REFUSED_WRITES.keys())
    def test_that_is_refused_is_sent_once_and_its_caller_may_send_it_again(
        self, fault: Fault, caller: httpx2.Client, refused: Refused, upstream: Administrator, mark: str
    ) -> None:
        refused.proxy.on("POST", QUEUES, fault)
        assert is_told_as_our_trouble(caller.post(QUEUES, json={"Name": mark}), may_repeat=True)
        assert (refused.proxy.count("POST", QUEUES), refused.sign_ins) == (1, 1)
        assert caller.post(QUEUES, json={"Name": mark}).status_code == 201
        assert (refused.proxy.count_upstream("POST", QUEUES), queues_of(upstream, mark)) == (1, 1)

    def test_that_was_carried_out_all_the_same_is_not_done_twice(
        self, caller: httpx2.Client, refused: Refused, upstream: Administrator, mark: str
    ) -> None:
        refused.proxy.on("POST", QUEUES, answer_with(401, carried_out=True))
        assert is_told_as_our_trouble(caller.post(QUEUES, json={"Name": mark}), may_repeat=True)
        assert (refused.proxy.count("POST", QUEUES), queues_of(upstream, mark)) == (1, 1)

    def test_that_is_always_refused_goes_out_once_for_each_time_that_it_comes(
        self, always_refused: Refused, mark: str
    ) -> None:
        proxy = always_refused.proxy
        proxy.on("POST", QUEUES, answer_with(401), times=None)
        with always_refused.tenant.client() as client:
            assert is_told_as_our_trouble(client.post(QUEUES, json={"Name": mark}), may_repeat=True)
            assert is_told_as_our_trouble(client.post(QUEUES, json={"Name": mark}), may_repeat=False)
        assert (proxy.count("POST", QUEUES), always_refused.sign_ins) == (2, 1)

    def test_with_an_idempotency_key_is_done_once_after_it(
        self, refused: Refused, upstream: Administrator, mark: str
    ) -> None:
        refused.proxy.on("POST", QUEUES, answer_with(401))
        with refused.tenant.client(**{"Idempotency-Key": mark}) as client:
            statuses = [client.post(QUEUES, json={"Name": mark}).status_code for _ in range(3)]
        assert statuses == [502, 201, 201]
        assert (refused.proxy.count("POST", QUEUES), queues_of(upstream, mark)) == (2, 1)

    @pytest.mark.parametrize("is_carried_out", [False, True])
    def test_that_starts_a_job_is_asked_for_and_starts_it_once(
        self, is_carried_out: bool, caller: httpx2.Client, refused: Refused
    ) -> None:
        release = caller.get(RELEASES, params={"$filter": "Name eq 'InvoiceBot'"}).json()["value"][0]["Key"]
        refused.grow_old()
        refused.proxy.on("POST", START_JOBS, answer_with(401, carried_out=is_carried_out))
        order = {"startInfo": {"ReleaseKey": release, "Strategy": "ModernJobsCount", "JobsCount": 1}}
        order["startInfo"]["InputArguments"] = '{"InvoiceNumber":"1","Amount":1.5}'
        answer = caller.post(f"/odata/Jobs/{START_JOBS}", json=order)
        assert answer.status_code == 201, answer.text
        assert len(answer.json()["value"]) == 1
        assert (refused.proxy.count_upstream("POST", START_JOBS), refused.sign_ins) == (1, 1)


class TestARefusalOfAWrite:
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    @pytest.mark.parametrize("headers", [{"Retry-After": "17"}, {}], ids=["with a time", "without one"])
    def test_is_passed_on_as_it_was_said_and_sent_once(
        self, status: int, headers: dict[str, str], caller: httpx2.Client, refused: Refused, mark: str
    ) -> None:
        refused.proxy.on("POST", QUEUES, answer_with(status, b'{"message":"not now"}', headers), times=None)
        answer = caller.post(QUEUES, json={"Name": mark})
        assert (answer.status_code, answer.content) == (status, b'{"message":"not now"}')
        assert answer.headers.get("Retry-After") == headers.get("Retry-After")
        assert refused.proxy.count("POST", QUEUES) == 1


@dataclass(frozen=True)
class Remote:
    """A remote side of this file's own: whoever signed in to it before its keys change is signed out."""

    house: Served
    application: dict[str, str]


@pytest.fixture(scope="module")
def remote(store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """One for each of our stores, so that it is made and ended with our door."""
    with served(tmp_path_factory.mktemp("remote") / "data") as running:
        with administrator_of(running) as administrator:
            application = application_at(administrator)
        yield Remote(running, application)


def change_signing_key(house: Served, *, forget: bool) -> None:
    """Let the remote side sign with another key from now on, as another process of it does.

    With ``forget`` it knows the former one no longer, which is what servers do that were set up anew.
    """
    data_dir = house.data_dir
    database = Database(Settings(data_dir=data_dir).store_url)
    vault = Vault(bytes.fromhex((data_dir / "master.key").read_text()))
    try:
        kid = SigningKeys(database, vault, SystemClock(), SystemChance()).rotate_now()
        if forget:
            with database.write() as session:
                session.execute(delete(SigningKeyRow).where(SigningKeyRow.kid != kid))
                record_change(session, "signing_key", kid)
    finally:
        database.close()
    eventually(
        lambda: {key["kid"] for key in httpx2.get(house.base_url + JWKS).json()["keys"]},
        lambda kids: kid in kids and (not forget or len(kids) == 1),
    )


@pytest.fixture
def behind(front: Front, remote: Remote) -> Iterator[Refused]:
    """A tenant that lies there, with a token of some time ago, which the remote side has not seen yet.

    It remembers that a signature was good, for as long as the token lives.
    """
    with fault_proxy(remote.house.base_url) as proxy:
        address = remote.house.orchestrator_url.replace(remote.house.base_url, proxy.url)
        made = connect(front, proxy, address, remote.application)
        made.grow_old()
        proxy.on("GET", RELEASES, answer_with(401))
        proxy.on("GET", RELEASES, answer_with(200, b'{"value":[]}'))
        with made.tenant.client() as client:
            assert client.get(RELEASES).status_code == 200
        made.grow_old()
        proxy.mend()
        yield made


class TestARemoteSideThatChangesItsSigningKeys:
    @pytest.mark.parametrize("forget", [False, True], ids=["with an overlap", "without one"])
    def test_between_two_requests_is_not_noticed_by_a_reader(
        self, forget: bool, behind: Refused, remote: Remote
    ) -> None:
        with behind.tenant.client() as client:
            change_signing_key(remote.house, forget=forget)
            assert client.get(RELEASES).status_code == 200
        assert behind.sign_ins == (1 if forget else 0)

    def test_while_we_sign_in_costs_one_more_sign_in_and_no_session(self, behind: Refused, remote: Remote) -> None:
        def change_then_answer(passing: Passing) -> None:
            # The token was signed with a key that is gone before we have it.
            answer = passing.forward()
            change_signing_key(remote.house, forget=True)
            passing.answer(answer)

        with behind.tenant.client() as client:
            behind.proxy.on("GET", RELEASES, answer_with(401))
            behind.proxy.on("POST", TOKEN, change_then_answer)
            # A token of this moment that is refused is not renewed at once: most refusals are not for age.
            assert is_told_as_our_trouble(client.get(RELEASES), may_repeat=False)
            behind.grow_old()
            assert client.get(RELEASES).status_code == 200
        assert behind.sign_ins == 2

    def test_in_front_of_a_write_is_told_and_nothing_is_done_twice(
        self, behind: Refused, remote: Remote, mark: str
    ) -> None:
        with behind.tenant.client() as client:
            change_signing_key(remote.house, forget=True)
            assert is_told_as_our_trouble(client.post(QUEUES, json={"Name": mark}), may_repeat=True)
            assert client.post(QUEUES, json={"Name": mark}).status_code == 201
        assert behind.proxy.count("POST", QUEUES) == 2
