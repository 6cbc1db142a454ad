"""A remote Orchestrator that refuses, sleeps, repeats itself and writes its own address everywhere."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.raw_http import exchange
from tests.factories.remote_orchestrator import RemoteOrchestrator, connect, grow_old, remote_orchestrator
from tests.factories.served import served

LIST = "/odata/Machines"
JOBS = "/odata/Jobs"
START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"


@pytest.fixture(scope="module")
def remote() -> Iterator[RemoteOrchestrator]:
    with remote_orchestrator() as server:
        yield server


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, remote: RemoteOrchestrator) -> Iterator[Administrator]:
    with (
        served(
            tmp_path_factory.mktemp("front") / "data",
            "--empty",
            *("--upstream-timeout", "read=2s", "--upstream-timeout", "idle=2"),
            *("--cache", "Releases_Get=60s", "--cache", "Processes_Get=60s+no-store", "--cache", "Robots_Get=0"),
        ) as running,
        administrator_of(running) as administrator,
    ):
        connect(administrator, remote)
        yield administrator


@pytest.fixture(scope="module")
def caller(front: Administrator) -> Iterator[httpx2.Client]:
    key = front.make_key("caller", ["all"])
    limits = httpx2.Limits(max_connections=200)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=front.house.orchestrator_url, headers=headers, limits=limits, timeout=30) as client:
        eventually(lambda: client.get(LIST), lambda answer: answer.status_code == 200)
        yield client


@pytest.fixture(autouse=True)
def _fresh(remote: RemoteOrchestrator) -> Iterator[None]:
    remote.answer = lambda received, handler: handler.say({"value": []})
    remote.forget()
    yield
    remote.refuses_sign_in = False


class TestAnUpstreamThatSleeps:
    def test_is_waited_for_as_long_as_the_operation_may_take(
        self, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        over = Event()
        remote.answer = lambda received, handler: (over.wait(20), handler.say({}))[0]
        answer = caller.get(LIST)
        over.set()
        assert answer.status_code == 504
        said = answer.json()
        assert (said["stagedoor"]["code"], said["timeout"], said["timeoutSeconds"]) == ("upstream_timed_out", "read", 2)
        assert "timeout read" in said["message"]

    def test_within_an_answer_is_cut_off_and_never_looks_complete(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        over = Event()

        def stop_short(received: Any, handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/octet-stream")
            handler.send_header("Content-Length", "10")
            handler.end_headers()
            handler.wfile.write(b"12345")
            handler.wfile.flush()
            over.wait(20)

        remote.answer = stop_short
        with pytest.raises(httpx2.RemoteProtocolError):
            caller.get(LIST)
        over.set()


class TestIdenticalReads:
    def test_are_answered_from_memory_and_say_so(self, remote: RemoteOrchestrator, caller: httpx2.Client) -> None:
        first, second = (caller.get("/odata/Releases?$top=1") for _ in range(2))
        assert first.headers["Cache-Status"] == "stagedoor; fwd=uri-miss; stored"
        assert second.headers["Cache-Status"].startswith("stagedoor; hit; ttl=")
        assert second.headers["Age"] == "0"
        assert (first.text, first.headers["Content-Length"]) == (second.text, second.headers["Content-Length"])
        assert first.headers["x-request-id"] != second.headers["x-request-id"]
        assert len(remote.asked("/odata/Releases")) == 1

    def test_are_shared_by_pipelined_requests_too(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        path = "/" + front.house.orchestrator_url.split("/", 3)[3] + "/odata/Releases?$top=2"
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {caller.headers['Authorization']}\r\n\r\n"
        answers = exchange(front.house.base_url, request.encode() * 3, answers=3)
        assert answers.statuses == [200, 200, 200]
        assert len(remote.asked("/odata/Releases")) == 1

    def test_by_many_at_once_are_one_question(self, remote: RemoteOrchestrator, caller: httpx2.Client) -> None:
        all_wait = Event()
        remote.answer = lambda received, handler: (all_wait.wait(10), handler.say({"value": [1]}))[0]
        with ThreadPoolExecutor(20) as callers:
            asking = [callers.submit(caller.get, "/odata/Robots") for _ in range(20)]
            eventually(lambda: len(remote.asked("/odata/Robots")), bool)
            # Whoever comes late asks a second time, for nothing is kept here; nobody should by then.
            eventually(lambda: sum(future.running() for future in asking), lambda running: running == 20)
            all_wait.set()
            answers = [future.result() for future in asking]
        assert {answer.status_code for answer in answers} == {200}
        assert len(remote.asked("/odata/Robots")) < 5

    def test_of_keys_with_other_grants_share_nothing(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        wide, narrow = caller.headers["Authorization"], f"Bearer {front.make_key('narrow', ['Releases_Get'])}"
        for credential in (wide, narrow, wide, narrow):
            answer = caller.get("/odata/Releases?$top=3", headers={"Authorization": credential})
            assert answer.status_code == 200
        assert len(remote.asked("/odata/Releases")) == 2

    def test_are_refused_at_once_to_a_key_that_was_ended(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        made = front.make("/keys", {"name": "ended", "tenant": "acme/dev", "allow": ["Releases_Get"]})
        headers = {"Authorization": f"Bearer {made['key']}"}
        assert caller.get("/odata/Releases?$top=4", headers=headers).status_code == 200
        assert "hit" in caller.get("/odata/Releases?$top=4", headers=headers).headers["Cache-Status"]
        front.management.delete(f"/keys/{made['id']}").raise_for_status()
        refused = caller.get("/odata/Releases?$top=4", headers=headers)
        assert refused.status_code == 401
        assert "Cache-Status" not in refused.headers

    def test_after_a_change_are_asked_anew(self, remote: RemoteOrchestrator, caller: httpx2.Client) -> None:
        caller.get("/odata/Releases?$top=5")
        caller.post("/odata/QueueDefinitions", json={"Name": "q"})
        assert "fwd" in caller.get("/odata/Releases?$top=5").headers["Cache-Status"]

    def test_that_an_upstream_always_forbids_need_an_administrators_word(
        self, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        remote.answer = lambda received, handler: handler.say({}, Cache_Control="no-store, no-cache")
        statuses = [
            caller.get(path).headers["Cache-Status"] for path in ("/odata/Releases?$top=6", "/odata/Processes") * 2
        ]
        assert statuses[0] == "stagedoor; fwd=uri-miss"
        assert statuses[1] == "stagedoor; fwd=uri-miss; stored"
        assert statuses[2] == "stagedoor; fwd=bypass"
        assert "hit" in statuses[3]

    def test_are_asked_for_each_where_nobody_said_otherwise(
        self, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        answers = [caller.get(LIST) for _ in range(2)]
        assert all("Cache-Status" not in answer.headers for answer in answers)
        assert len(remote.asked(LIST)) == 2


class TestAddresses:
    @pytest.mark.parametrize("zipped", [False, True])
    def test_of_further_pages_lead_through_the_door_to_the_end(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client, zipped: bool
    ) -> None:
        def page(received: Any, handler: Any) -> None:
            number = int(received.query.partition("skip=")[2] or 0)
            content: dict[str, Any] = {
                "@odata.context": f"{remote.base_url}/odata/$metadata#Machines",
                "value": [{"Id": number}],
            }
            if number < 3:
                content["@odata.nextLink"] = f"{remote.base_url}{LIST}?$skip={number + 1}"
            handler.say(content, zipped=zipped)

        remote.answer = page
        found, at = [], f"{front.house.orchestrator_url}{LIST}"
        while at:
            assert at.startswith(front.house.orchestrator_url)
            answer = caller.get(at)
            assert str(remote.server_port) not in answer.text
            found += answer.json()["value"]
            at = answer.json().get("@odata.nextLink", "")
        assert found == [{"Id": number} for number in range(4)]
        assert [received.query for received in remote.asked(LIST)] == ["", "$skip=1", "$skip=2", "$skip=3"]

    @pytest.mark.parametrize("status", [201, 302])
    def test_in_heads_lead_through_the_door(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client, status: int
    ) -> None:
        there = f"{remote.base_url}/odata/Jobs(7)"
        remote.answer = lambda received, handler: handler.say({}, status=status, Location=there, OData_EntityId=there)
        answer = caller.post("/odata/QueueDefinitions", json={}, follow_redirects=False)
        assert answer.status_code == status
        ours = f"{front.house.orchestrator_url}/odata/Jobs(7)"
        assert (answer.headers["Location"], answer.headers["OData-EntityId"]) == (ours, ours)
        remote.answer = lambda received, handler: handler.say({"Id": 7})
        assert caller.get(answer.headers["Location"]).json() == {"Id": 7}


class TestARefusedCredential:
    """Last in this file and in this order: after the last one the sign-in is not tried again for a minute."""

    def test_is_renewed_once_for_a_hundred_callers_who_notice_nothing(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        grow_old(front)
        issued = remote.tokens_issued
        remote.revoke()
        with ThreadPoolExecutor(100) as callers:
            answers = list(callers.map(lambda _: caller.get(LIST), range(100)))
        assert {answer.status_code for answer in answers} == {200}
        assert remote.tokens_issued == issued + 1

    def test_is_told_for_a_change_which_then_may_be_sent_again(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        grow_old(front)
        remote.revoke()
        order = {"Name": "q"}
        refused = caller.post("/odata/QueueDefinitions", json=order)
        assert refused.status_code == 502
        assert refused.headers["Retry-After"] == "1"
        assert len(remote.asked("/odata/QueueDefinitions")) == 1
        assert caller.post("/odata/QueueDefinitions", json=order).status_code == 200

    def test_starts_a_job_once_all_the_same(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        grow_old(front)
        remote.revoke()
        answer = caller.post(START_JOBS, json={"startInfo": {"ReleaseKey": "r"}})
        assert answer.status_code == 200
        posts = remote.asked(START_JOBS)
        assert [remote.takes(post.token) for post in posts] == [False, True]
        assert posts[0].body == posts[1].body
        [question] = remote.asked(JOBS)
        assert question.query.startswith("$filter=Reference")

    def test_that_cannot_be_renewed_is_no_401_of_the_callers(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        grow_old(front)
        remote.revoke()
        assert caller.get(LIST).status_code == 200
        remote.revoke()
        answer = caller.get(LIST)
        assert answer.status_code == 502
        assert "WWW-Authenticate" not in answer.headers
        assert answer.json()["stagedoor"]["code"] == "upstream_refused_credential"
        assert "Your access key or sign-in is in order" in answer.json()["message"]

    def test_that_nobody_can_renew_says_why(
        self, front: Administrator, remote: RemoteOrchestrator, caller: httpx2.Client
    ) -> None:
        grow_old(front)
        remote.revoke()
        remote.refuses_sign_in = True
        # What was in vain a moment ago is not tried again within the second.
        answer = eventually(
            lambda: caller.get(LIST), lambda seen: seen.json()["stagedoor"]["code"] != "upstream_refused_credential"
        )
        assert answer.status_code == 502
        assert answer.json()["stagedoor"]["code"] == "upstream_sign_in_failed"
        assert answer.json()["diagnosis"] == "invalid_client"
