"""What becomes of an answer on its way back: passed on as it was said, cut where it was cut, never made up."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.factories.fault_proxy import (
    Fault,
    FaultProxy,
    Gate,
    answer_with,
    break_off_after,
    cut_answer,
    cut_chunks,
    lose_answer,
    lose_request,
    send_without_end,
)
from tests.flows.faults.conftest import Tenant

RELEASES = "/odata/Releases"
"""Not one of the lists that a tenant is asked for so often and no more."""
SLOW_DOWN = b'{"message":"Too many requests.","errorCode":0}'
LARGE = 300_000
SECONDS_MAX = 20


@pytest.fixture
def caller(tenant: Tenant, proxy: FaultProxy) -> Iterator[httpx2.Client]:
    """A script with a key, after a first request that left a connection open towards the remote side."""
    with tenant.client() as client:
        assert client.get(RELEASES).status_code == 200
        proxy.mend()
        yield client


class TestARefusalOfTheRemoteSide:
    @pytest.mark.parametrize("status", [429, 503])
    def test_is_passed_on_with_its_word_when_to_come_back(
        self, status: int, caller: httpx2.Client, proxy: FaultProxy
    ) -> None:
        proxy.on("GET", RELEASES, answer_with(status, SLOW_DOWN, {"Retry-After": "17"}))
        answer = caller.get(RELEASES)
        assert (answer.status_code, answer.headers["Retry-After"], answer.content) == (status, "17", SLOW_DOWN)
        assert proxy.count("GET", RELEASES) == 1

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_is_passed_on_without_a_word_that_it_did_not_say(
        self, status: int, caller: httpx2.Client, proxy: FaultProxy
    ) -> None:
        proxy.on("GET", RELEASES, answer_with(status, SLOW_DOWN))
        answer = caller.get(RELEASES)
        assert (answer.status_code, answer.content) == (status, SLOW_DOWN)
        assert "Retry-After" not in answer.headers
        assert proxy.count("GET", RELEASES) == 1


class TestARead:
    @pytest.mark.parametrize("fault", [lose_answer, lose_request])
    def test_is_sent_again_once_where_a_kept_connection_was_dead(
        self, fault: Fault, caller: httpx2.Client, proxy: FaultProxy
    ) -> None:
        proxy.on("GET", RELEASES, fault)
        assert caller.get(RELEASES).status_code == 200
        assert proxy.count("GET", RELEASES) == 2

    def test_is_not_sent_a_third_time(self, caller: httpx2.Client, proxy: FaultProxy) -> None:
        proxy.on("GET", RELEASES, lose_answer, times=None)
        answer = caller.get(RELEASES)
        assert (answer.status_code, answer.json()["stagedoor"]["code"]) == (502, "upstream_broke")
        assert proxy.count("GET", RELEASES) == 2

    @pytest.mark.parametrize("fault", [cut_answer, cut_chunks])
    def test_is_not_sent_again_once_its_answer_began(
        self, fault: Fault, caller: httpx2.Client, proxy: FaultProxy
    ) -> None:
        proxy.on("GET", RELEASES, fault)
        with suppress(httpx2.RemoteProtocolError):
            # What was held until it was whole is refused in place of being cut.
            assert caller.get(RELEASES).status_code == 502
        assert proxy.count("GET", RELEASES) == 1


class TestAnAnswerThatBreaksOff:
    @pytest.mark.parametrize("framing", ["length", "chunks", "end"])
    def test_is_broken_for_the_caller_too_and_never_looks_whole(
        self, framing: str, caller: httpx2.Client, proxy: FaultProxy
    ) -> None:
        proxy.on("GET", RELEASES, break_off_after(LARGE, framing=framing))
        with caller.stream("GET", RELEASES) as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx2.RemoteProtocolError):
                answer.read()


class TestASlowRemoteSide:
    def test_ends_in_504_that_says_how_long_it_was_waited_for(self, caller: httpx2.Client, proxy: FaultProxy) -> None:
        gate = Gate()
        proxy.on("GET", RELEASES, gate.hold_answer)
        answer = caller.get(RELEASES)
        gate.opened.set()
        assert answer.status_code == 504
        said = answer.json()
        assert said["stagedoor"]["code"] == "upstream_timed_out"
        assert said["message"]
        assert proxy.count("GET", RELEASES) == 1


class TestACallerWhoLeaves:
    def test_ends_what_is_read_for_it(self, tenant: Tenant, proxy: FaultProxy) -> None:
        proxy.on("GET", RELEASES, send_without_end)
        with tenant.client() as client, client.stream("GET", RELEASES) as answer:
            assert answer.status_code == 200
            assert next(answer.iter_raw())
        assert proxy.caller_left.wait(SECONDS_MAX)

    def test_in_the_middle_of_a_body_changes_nothing(self, tenant: Tenant, proxy: FaultProxy) -> None:
        address = urlsplit(tenant.url)
        head = (
            f"POST {address.path}/orchestrator_/odata/QueueDefinitions HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {tenant.key}\r\nX-UIPATH-FolderPath: Shared\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
        gate = Gate()
        proxy.on("POST", "QueueDefinitions", gate.note_and_pass)
        with socket.create_connection((str(address.hostname), address.port or 0)) as caller:
            caller.sendall(head.encode() + b'{"Name":')
            assert gate.reached.wait(SECONDS_MAX)
        assert gate.over.wait(SECONDS_MAX)
        assert proxy.count_upstream("POST", "QueueDefinitions") == 0
