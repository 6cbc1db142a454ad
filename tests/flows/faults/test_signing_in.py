"""Signing in to the remote side through everything that can go wrong with it: no session is lost by our doing."""

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import update
from tests.factories.administrator import Administrator
from tests.factories.certificates import Authority
from tests.factories.fault_proxy import Fault, FaultProxy, Gate, answer_with, cut_answer, lose_answer, lose_request
from tests.factories.patience import eventually
from tests.factories.signing_in import tokens_for
from tests.flows.faults.conftest import SCOPES, Front, Tenant, opened_front, orchestrator_behind

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.upstream.connections.schemas import ConnectionKind
from stagedoor.upstream.upstream_tokens.models import UpstreamToken

RELEASES = "/odata/Releases"
"""Not one of the lists that a tenant is asked for so often and no more."""
TOKEN = "/identity_/connect/token"
PERSON_SCOPES = "openid offline_access OR.Default"
PAGE = b"<!doctype html><title>Sign in</title>"
CALLERS = 5
SECONDS_MAX = 20


def connect_a_person(front: Front, proxy: FaultProxy, upstream: Administrator, refresh_token: str) -> Tenant:
    address = orchestrator_behind(proxy, upstream)
    return front.connect(ConnectionKind.PERSON, address, refresh_token, client_id=STAGEDOOR_CLI)


@pytest.fixture
def refresh_token(upstream: Administrator) -> str:
    """What somebody's sign-in at the remote side left; it is good once."""
    house = upstream.house
    tokens = tokens_for(house.base_url, house.admin_username, house.admin_password, scope=PERSON_SCOPES)
    return str(tokens["refresh_token"])


@pytest.fixture
def application(upstream: Administrator) -> dict[str, str]:
    """An external application of the test's own, so that its token requests can be told from others'."""
    made = upstream.make_application("own", is_confidential=True, application_scopes=SCOPES.split())
    return {"client_id": made["id"], "secret": made["secret"], "scope": SCOPES}


def ask(tenant: Tenant) -> httpx2.Response:
    with tenant.client() as client:
        return client.get(RELEASES)


def diagnosis_of(answer: httpx2.Response) -> str:
    said = answer.json()
    assert said["stagedoor"]["code"] == "upstream_sign_in_failed", said
    return str(said["diagnosis"])


class TestAnApplication:
    @pytest.mark.parametrize(
        ("fault", "diagnosis"),
        [
            (answer_with(500), "upstream_failing"),
            (answer_with(503, b"", {"Retry-After": "1"}), "upstream_failing"),
            (answer_with(429, b"", {"Retry-After": "1"}), "throttled"),
            (lose_request, "broken_off"),
            (lose_answer, "broken_off"),
            (cut_answer, "broken_off"),
        ],
        ids=["500", "503", "429", "request lost", "answer lost", "answer cut"],
    )
    def test_signs_in_again_by_itself_after_a_passing_trouble(
        self,
        fault: Fault,
        diagnosis: str,
        front: Front,
        proxy: FaultProxy,
        upstream: Administrator,
        application: dict[str, str],
    ) -> None:
        trouble = proxy.on("POST", TOKEN, fault, times=None, holding=application["client_id"])
        tenant = front.connect(ConnectionKind.APP, orchestrator_behind(proxy, upstream), **application)
        troubled = ask(tenant)
        assert (troubled.status_code, diagnosis_of(troubled)) == (502, diagnosis)
        assert troubled.headers["Retry-After"]
        trouble.end()
        eventually(lambda: ask(tenant).status_code, lambda status: status == 200)

    def test_is_told_that_a_page_in_place_of_a_token_means_a_wrong_address(
        self, front: Front, proxy: FaultProxy, upstream: Administrator, application: dict[str, str]
    ) -> None:
        page = answer_with(200, PAGE, {"Content-Type": "text/html"})
        proxy.on("POST", TOKEN, page, times=None, holding=application["client_id"])
        tenant = front.connect(ConnectionKind.APP, orchestrator_behind(proxy, upstream), **application)
        answer = ask(tenant)
        assert (answer.status_code, diagnosis_of(answer)) == (502, "wrong_identity_path")
        assert "/identity_/connect/token" in answer.json()["stagedoor"]["hint"]
        # Nobody asks again and again for what will not change by itself.
        assert [ask(tenant).status_code for _ in range(5)] == [502] * 5
        assert proxy.count("POST", TOKEN, holding=application["client_id"]) == 1

    def test_signs_in_once_for_all_who_wait_for_a_slow_identity(
        self, front: Front, proxy: FaultProxy, upstream: Administrator, application: dict[str, str]
    ) -> None:
        gate = Gate()
        proxy.on("POST", TOKEN, gate.hold_answer, holding=application["client_id"])
        tenant = front.connect(ConnectionKind.APP, orchestrator_behind(proxy, upstream), **application)
        with ThreadPoolExecutor(CALLERS) as pool:
            waiting = [pool.submit(ask, tenant) for _ in range(CALLERS)]
            assert gate.reached.wait(SECONDS_MAX)
            assert not any(answer.done() for answer in waiting)
            gate.opened.set()
            assert [answer.result(SECONDS_MAX).status_code for answer in waiting] == [200] * CALLERS
        assert proxy.count("POST", TOKEN, holding=application["client_id"]) == 1


class TestAPerson:
    def test_stays_signed_in_when_the_answer_with_the_rotated_token_is_lost(
        self, front: Front, proxy: FaultProxy, upstream: Administrator, refresh_token: str
    ) -> None:
        trouble = proxy.on("POST", TOKEN, lose_answer, times=None, holding=refresh_token)
        tenant = connect_a_person(front, proxy, upstream, refresh_token)
        assert diagnosis_of(ask(tenant)) == "broken_off"
        assert proxy.count_upstream("POST", TOKEN, holding=refresh_token) >= 1
        trouble.end()
        # The old refresh token is sent again, inside the grace that the identity gives.
        eventually(lambda: ask(tenant).status_code, lambda status: status == 200)

    def test_stays_signed_in_when_our_process_is_killed_after_the_refresh_token_was_rotated(
        self,
        tmp_path: Path,
        request: pytest.FixtureRequest,
        store_url: str,
        authority: Authority,
        proxy: FaultProxy,
        upstream: Administrator,
        refresh_token: str,
    ) -> None:
        url = request.getfixturevalue("postgresql").make_database() if store_url else ""
        gate = Gate()
        proxy.on("POST", TOKEN, gate.hold_answer, holding=refresh_token)
        with opened_front(tmp_path / "data", url, authority) as killed:
            tenant = connect_a_person(killed, proxy, upstream, refresh_token)
            with ThreadPoolExecutor(1) as pool:
                cut_off = pool.submit(ask, tenant)
                assert gate.reached.wait(SECONDS_MAX)
                killed.house.process.send_signal(signal.SIGKILL)
                with pytest.raises(httpx2.TransportError):
                    cut_off.result(SECONDS_MAX)
            gate.opened.set()
            killed.house.process.wait(SECONDS_MAX)
            # What the dead process had leased is free in a quarter of a minute, which is not waited for here.
            with killed.store() as database, database.write() as session:
                session.execute(update(UpstreamToken).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
        with opened_front(tmp_path / "data", url, authority) as survivor:
            address = tenant.url.replace(killed.house.base_url, survivor.house.base_url)
            answer = ask(Tenant(address, tenant.key, tenant.connection_id))
        assert answer.status_code == 200, answer.text
        assert proxy.count("POST", TOKEN, holding=refresh_token) == 2
