"""The server that the fixture gives: keys, reset, snapshot, clock, chance, seeds, and what goes wrong on order."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from tests.factories.command_line import CommandLine

from stagedoor.access.errors import UnknownSelector
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.testing.control import PREFIX
from stagedoor.testing.errors import SeedRefused
from stagedoor.testing.local_stagedoor import LocalStagedoor, start_locally

ASSET = {"Name": "Greeting", "ValueScope": "Global", "ValueType": "Text", "StringValue": "hello"}
SHARED = {"X-UIPATH-FolderPath": "Shared"}
SEED: dict[str, Any] = {
    "folders": [
        {
            "name": "Finance",
            "queues": [
                {
                    "Name": "Bills",
                    "EnforceUniqueReference": True,
                    "items": [{"Reference": "a", "SpecificContent": {"Amount": 3}}, {"Reference": "b"}],
                }
            ],
            "assets": [{"Name": "Limit", "ValueType": "Integer", "IntValue": 7}],
            "buckets": [{"Name": "Papers", "Identifier": "5b0cf7c1-3b0b-4d3c-9f6d-6a4f5d9f0a11"}],
            "folders": [{"name": "Audit"}],
        },
        {"name": "Shared", "jobs": [{"ReleaseName": "InvoiceBot", "JobsCount": 2}]},
    ],
}
START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStagedoor]:
    started = start_locally(tmp_path_factory.mktemp("local"))
    yield started
    started.close()


@pytest.fixture
def local(server: LocalStagedoor) -> LocalStagedoor:
    server.reset()
    return server


@pytest.fixture
def client(local: LocalStagedoor) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {local.access_key}", **SHARED}
    with httpx2.Client(base_url=local.orchestrator_url, headers=headers) as opened:
        yield opened


def asset_names(client: httpx2.Client) -> set[str]:
    answer = client.get("/odata/Assets")
    assert answer.status_code == 200, answer.text
    return {asset["Name"] for asset in answer.json()["value"]}


def get_assets(local: LocalStagedoor, key: str) -> httpx2.Response:
    with httpx2.Client(base_url=local.orchestrator_url, headers=SHARED) as client:
        return client.get("/odata/Assets", headers={"Authorization": f"Bearer {key}"})


def make_asset(client: httpx2.Client, name: str = "Greeting") -> dict[str, Any]:
    answer = client.post("/odata/Assets", json={**ASSET, "Name": name})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


class TestKeys:
    def test_a_key_may_do_what_it_was_given_and_nothing_else(self, local: LocalStagedoor) -> None:
        key = local.key(allow=["Assets_Get"], folders=["Shared"])
        assert get_assets(local, key).status_code == 200
        refused = httpx2.get(f"{local.orchestrator_url}/odata/Jobs", headers={"X-API-Key": key, **SHARED})
        assert refused.status_code == 403

    def test_a_key_for_what_does_not_exist_is_refused(self, local: LocalStagedoor) -> None:
        with pytest.raises(UnknownSelector):
            local.key(allow=["Asets_Get"])
        with pytest.raises(LookupError):
            local.key(allow=["Assets_Get"], folders=["Nowhere"])

    def test_a_key_is_gone_after_a_reset(self, local: LocalStagedoor) -> None:
        key = local.key(allow=["Assets_Get"])
        local.reset()
        assert get_assets(local, key).status_code == 401


class TestGoingBack:
    def test_a_reset_leaves_nothing_of_what_was_done(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        before = asset_names(client)
        make_asset(client)
        assert asset_names(client) == before | {"Greeting"}
        local.reset()
        assert asset_names(client) == before

    def test_a_snapshot_is_gone_back_to_as_often_as_wanted(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        make_asset(client, "Kept")
        taken = local.snapshot()
        for _ in range(2):
            make_asset(client, "Lost")
            local.clock.advance(timedelta(hours=1))
            local.restore(taken)
            assert "Kept" in asset_names(client)
            assert "Lost" not in asset_names(client)
            assert local.clock.now() == taken.moment

    def test_files_go_back_with_the_store(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        bucket = client.post(
            "/odata/Buckets", json={"Name": "Papers", "Identifier": "5b0cf7c1-3b0b-4d3c-9f6d-6a4f5d9f0a11"}
        ).json()
        ask = f"/odata/Buckets({bucket['Id']})/UiPath.Server.Configuration.OData"

        def put(content: bytes) -> None:
            place = client.get(f"{ask}.GetWriteUri", params={"path": "a.txt", "contentType": "text/plain"}).json()
            answer = httpx2.put(place["Uri"], content=content, headers={"Content-Type": "text/plain"})
            assert answer.status_code in (200, 201), answer.text

        def read() -> bytes:
            place = client.get(f"{ask}.GetReadUri", params={"path": "a.txt"}).json()
            return httpx2.get(place["Uri"]).content

        put(b"first")
        taken = local.snapshot()
        put(b"second")
        assert read() == b"second"
        local.restore(taken)
        assert read() == b"first"

    def test_the_same_seed_of_chance_draws_the_same_keys(self, local: LocalStagedoor) -> None:
        local.start_chance_from(7)
        first = local.key(allow=["Assets_Get"])
        local.reset()
        local.start_chance_from(7)
        assert local.key(allow=["Assets_Get"]) == first
        local.reset()
        local.start_chance_from(8)
        assert local.key(allow=["Assets_Get"]) != first


class TestScripts:
    def run(self, local: LocalStagedoor, client: httpx2.Client, **arguments: Any) -> dict[str, Any]:
        start = {"ReleaseName": "InvoiceBot", "InputArguments": json.dumps(arguments)}
        [job] = client.post(START_JOBS, json={"startInfo": start}).json()["value"]
        local.clock.advance(timedelta(minutes=10))
        seen: dict[str, Any] = client.get(f"/odata/Jobs({job['Id']})").json()
        return seen

    def test_a_process_follows_the_script_that_the_test_gives_it(
        self, local: LocalStagedoor, client: httpx2.Client
    ) -> None:
        local.script("Invoice*", ends="fault", reason="No number.", logs=["look", ("Warn", "out")])
        job = self.run(local, client)
        assert (job["State"], job["Info"]) == ("Faulted", "No number.")
        lines = client.get("/odata/RobotLogs", params={"$filter": f"JobKey eq {job['Key']}"}).json()["value"]
        assert {("Info", "look"), ("Warn", "out")} <= {(line["Level"], line["Message"]) for line in lines}
        local.script("Invoice*", runs=timedelta(hours=1))
        assert self.run(local, client)["State"] == "Running"

    def test_an_argument_narrows_a_script_and_clearing_ends_all(
        self, local: LocalStagedoor, client: httpx2.Client
    ) -> None:
        local.script("InvoiceBot", returns={"Approved": False})
        local.script("InvoiceBot", ends="hang", when={"Amount": 13})
        assert self.run(local, client, Amount=13)["State"] == "Running"
        assert json.loads(self.run(local, client, Amount=14)["OutputArguments"]) == {"Approved": False}
        local.clear_scripts()
        assert json.loads(self.run(local, client, Amount=13)["OutputArguments"]) == {"Amount": 13}
        local.reset()
        assert "Approved" in self.run(local, client)["OutputArguments"]

    def test_what_is_no_script_is_refused(self, local: LocalStagedoor) -> None:
        with pytest.raises(InvalidRequest, match="ending"):
            local.script(ends="explode")
        with pytest.raises(InvalidRequest, match="process pattern"):
            local.script(" ")


class TestClock:
    def test_time_stands_still_until_it_is_moved(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        key = local.key(allow=["Assets_Get"], expires_at=local.clock.now() + timedelta(hours=1))
        assert get_assets(local, key).status_code == 200
        local.clock.advance(timedelta(hours=2))
        assert get_assets(local, key).status_code == 401

    def test_a_job_ends_when_the_time_has_passed_that_it_takes(
        self, local: LocalStagedoor, client: httpx2.Client
    ) -> None:
        started = client.post(START_JOBS, json={"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}})
        assert started.status_code == 201, started.text
        local.clock.advance(timedelta(hours=1))
        [job] = client.get("/odata/Jobs", params={"$top": "1"}).json()["value"]
        assert job["State"] == "Successful"

    def test_a_clock_that_runs_can_be_held_again(self, local: LocalStagedoor) -> None:
        start = local.clock.now()
        local.clock.run()
        held = local.clock.hold()
        assert held >= start
        assert local.clock.now() == held
        with pytest.raises(ValueError, match="forward"):
            local.clock.advance(timedelta(seconds=-1))


class TestFaults:
    def test_a_status_is_answered_as_often_as_ordered(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        local.faults.add("Assets_*", status=503, retry_after=7, times=2)
        for _ in range(2):
            answer = client.get("/odata/Assets")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
            assert answer.json()["stagedoor"]["code"] == "injected_fault"
        assert client.get("/odata/Assets").status_code == 200

    def test_a_fault_of_one_key_leaves_others_alone(self, local: LocalStagedoor) -> None:
        key, other = local.key(allow=["Assets_Get"], name="one"), local.key(allow=["Assets_Get"], name="two")
        local.faults.add("Assets_Get", status=500, key=key)
        assert get_assets(local, key).status_code == 500
        assert get_assets(local, other).status_code == 200

    def test_a_lost_request_does_nothing_and_a_lost_answer_does_all(
        self, local: LocalStagedoor, client: httpx2.Client
    ) -> None:
        for lost, name in (("request", "Never"), ("answer", "Done")):
            local.faults.add("Assets_Post", lost=lost, times=1)
            with pytest.raises(httpx2.RemoteProtocolError):
                client.post("/odata/Assets", json={**ASSET, "Name": name})
        assert asset_names(client) & {"Never", "Done"} == {"Done"}

    def test_an_answer_can_be_cut_in_the_middle(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        local.faults.add("Assets_Get", lost="half the answer", times=1)
        with client.stream("GET", "/odata/Assets") as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx2.RemoteProtocolError):
                answer.read()

    def test_latency_passes_on_the_clock(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        start = local.clock.now()
        local.faults.add("Assets_Get", latency=timedelta(seconds=30))
        assert client.get("/odata/Assets").status_code == 200
        assert local.clock.now() - start == timedelta(seconds=30)

    def test_the_vendors_limit_on_lists_ends_with_the_minute(
        self, local: LocalStagedoor, client: httpx2.Client
    ) -> None:
        local.faults.limit_rate()
        assert {client.get("/odata/Jobs?$top=0").status_code for _ in range(100)} == {200}
        refused = client.get("/odata/Jobs?$top=0")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert client.get("/odata/Assets").status_code == 200
        local.clock.advance(timedelta(minutes=1))
        assert client.get("/odata/Jobs?$top=0").status_code == 200

    def test_chance_falls_the_same_way_in_each_test(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        def statuses() -> list[int]:
            local.faults.add("Assets_Get", status=500, probability=0.5)
            return [client.get("/odata/Assets").status_code for _ in range(12)]

        first = statuses()
        assert set(first) == {200, 500}
        local.reset()
        assert statuses() == first

    def test_faults_end_with_the_test(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        local.faults.add(status=500)
        local.reset()
        assert client.get("/odata/Assets").status_code == 200

    @pytest.mark.parametrize(
        "order", [{}, {"retry_after": 1}, {"status": 200}, {"status": 500, "probability": 2}, {"lost": "everything"}]
    )
    def test_an_order_without_sense_is_refused(self, local: LocalStagedoor, order: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            local.faults.add("Jobs_Get", **order)


class TestIdentityFaults:
    @pytest.fixture
    def application(self, local: LocalStagedoor) -> dict[str, str]:
        return local.application(scopes=["OR.Assets.Read"])

    def test_an_access_key_expires_on_order(self, local: LocalStagedoor) -> None:
        key = local.key(allow=["Assets_Get"])
        local.faults.expire(key)
        refused = get_assets(local, key)
        assert refused.status_code == 401
        assert refused.json()["stagedoor"]["code"] == "access_key_expired"

    def test_a_token_expires_on_order_and_the_next_one_is_good(
        self, local: LocalStagedoor, application: dict[str, str]
    ) -> None:
        token = ask_for_token(local, application).json()["access_token"]
        assert get_assets(local, token).status_code == 200
        local.faults.expire(token)
        refused = get_assets(local, token)
        assert refused.status_code == 401
        assert "expired" in refused.json()["stagedoor"]["hint"]
        assert get_assets(local, ask_for_token(local, application).json()["access_token"]).status_code == 200

    def test_the_answer_of_the_token_endpoint_is_lost_once(
        self, local: LocalStagedoor, application: dict[str, str]
    ) -> None:
        local.faults.lose_token_answer()
        with pytest.raises(httpx2.RemoteProtocolError):
            ask_for_token(local, application)
        assert ask_for_token(local, application).status_code == 200

    def test_keys_are_rotated_and_older_tokens_stay_valid(
        self, local: LocalStagedoor, application: dict[str, str]
    ) -> None:
        def published() -> set[str]:
            answer = httpx2.get(f"{local.base_url}/identity_/.well-known/openid-configuration/jwks")
            return {key["kid"] for key in answer.json()["keys"]}

        token = ask_for_token(local, application).json()["access_token"]
        before = published()
        kid = local.rotate_signing_keys()
        assert published() == before | {kid}
        assert kid not in before
        assert get_assets(local, token).status_code == 200


def ask_for_token(local: LocalStagedoor, application: dict[str, str]) -> httpx2.Response:
    form = {"grant_type": "client_credentials", "scope": "OR.Assets.Read", **application}
    return httpx2.post(f"{local.base_url}/identity_/connect/token", data=form)


class TestSeeds:
    def test_a_seed_is_made_by_the_operations(self, local: LocalStagedoor, client: httpx2.Client) -> None:
        local.seed(SEED)
        finance = {"X-UIPATH-FolderPath": "Finance"}
        items = client.get("/odata/QueueItems", params={"$orderby": "Id"}, headers=finance).json()["value"]
        assert [item["Reference"] for item in items] == ["a", "b"]
        assert items[0]["SpecificContent"] == {"Amount": 3}
        [asset] = client.get("/odata/Assets", headers=finance).json()["value"]
        assert (asset["Name"], asset["IntValue"]) == ("Limit", 7)
        folders = client.get("/odata/Folders").json()["value"]
        assert "Finance/Audit" in {folder["FullyQualifiedName"] for folder in folders}
        assert len(client.get("/odata/Jobs").json()["value"]) == 2

    @pytest.mark.parametrize("name", ["seed.json", "seed.yaml"])
    def test_a_seed_is_read_from_a_file(
        self, local: LocalStagedoor, client: httpx2.Client, tmp_path: Path, name: str
    ) -> None:
        path = tmp_path / name
        # What is JSON is YAML too.
        asset = {"Name": "A", "ValueType": "Bool", "BoolValue": True}
        path.write_text(json.dumps({"folders": [{"name": "Shared", "assets": [asset]}]}))
        local.seed(path)
        assert "A" in asset_names(client)

    def test_a_rule_that_a_seed_breaks_is_named_with_its_place(self, local: LocalStagedoor) -> None:
        twice = {"Name": "Q", "EnforceUniqueReference": True, "items": [{"Reference": "a"}, {"Reference": "a"}]}
        with pytest.raises(SeedRefused, match=r"folders\[0\]\.queues\[0\]\.items\[1\]: the server answered 409"):
            local.seed({"folders": [{"name": "Shared", "queues": [twice]}]})

    @pytest.mark.parametrize(
        ("seed", "said"),
        [
            ({"folder": []}, "folder is unknown here"),
            ({"folders": [{"name": "A", "queue": []}]}, r"folders\[0\].queue is unknown here"),
            ({"folders": [{}]}, "needs a name"),
            ({"folders": {"name": "A"}}, "folders is to be a list of mappings"),
        ],
    )
    def test_what_no_seed_may_say_is_refused(self, local: LocalStagedoor, seed: dict[str, Any], said: str) -> None:
        with pytest.raises(SeedRefused, match=said):
            local.seed(seed)


class TestOrders:
    """What a test in another language tells the server, over HTTP and by the command line."""

    @pytest.fixture
    def orders(self, local: LocalStagedoor) -> Iterator[httpx2.Client]:
        headers = {"Authorization": f"Bearer {local.access_key}"}
        with httpx2.Client(base_url=f"{local.base_url}{PREFIX}", headers=headers) as opened:
            yield opened

    def test_the_clock_is_told_moved_and_let_run(self, local: LocalStagedoor, orders: httpx2.Client) -> None:
        before = local.clock.now()
        told = orders.post("/clock", json={"advance_seconds": 3600}).json()
        assert told["now"] == (before + timedelta(hours=1)).isoformat()
        later = (before + timedelta(days=1)).isoformat()
        assert orders.post("/clock", json={"move_to": later}).json()["now"] == later
        assert orders.post("/clock", json={"run": True}).json()["is_running"] is True
        assert orders.post("/clock", json={"run": False}).json()["is_running"] is False

    def test_faults_rates_and_expiries_are_ordered_and_taken_away(
        self, local: LocalStagedoor, orders: httpx2.Client, client: httpx2.Client
    ) -> None:
        orders.post("/faults", json={"routes": ["Assets_*"], "status": 503, "retry_after": 2, "times": 1})
        refused = client.get("/odata/Assets")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        orders.post("/rate-limits", json={"routes": ["Assets_Get"], "requests": 1, "per_seconds": 60})
        assert [client.get("/odata/Assets").status_code for _ in range(2)] == [200, 429]
        assert orders.post("/expired", json={"credential": local.access_key}).json()["faults"] == 3
        assert client.get("/odata/Jobs").status_code == 401
        assert orders.delete("/faults").json()["faults"] == 0
        assert client.get("/odata/Assets").status_code == 200
        assert orders.post("/lost-token-answers", json={}).json()["faults"] == 1
        assert "kid" in orders.post("/signing-keys").json()

    def test_data_go_back_to_snapshots_and_to_the_beginning(self, orders: httpx2.Client, client: httpx2.Client) -> None:
        before = asset_names(client)
        make_asset(client, "Kept")
        number = orders.post("/snapshots").json()["snapshot"]
        make_asset(client, "Lost")
        assert orders.put(f"/snapshots/{number}").status_code == 200
        assert asset_names(client) == before | {"Kept"}
        assert orders.delete("/snapshots").json()["snapshots"] == []
        assert orders.put(f"/snapshots/{number}").status_code == 404
        orders.post("/reset")
        assert asset_names(client) == before
        drawn = set()
        for _ in range(2):
            orders.post("/reset")
            orders.post("/chance", json={"seed": 7})
            drawn.add(orders.post("/keys", json={"allow": ["Assets_Get"], "folders": ["Shared"]}).json()["key"])
        assert len(drawn) == 1

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("GET", "/nothing", None, 404),
            ("POST", "/clock", {"advance_seconds": -1}, 400),
            ("POST", "/clock", {"move_to": "tomorrow"}, 400),
            ("POST", "/clock", {"surprise": 1}, 400),
            ("POST", "/faults", {"routes": ["Jobs_Get"]}, 400),
            ("POST", "/faults", {"routes": "Jobs_Get", "status": 500}, 400),
            ("POST", "/expired", {}, 400),
            ("POST", "/keys", {"allow": ["Asets_Get"]}, 400),
            ("POST", "/chance", [1], 400),
        ],
    )
    def test_what_is_no_order_is_refused(
        self, orders: httpx2.Client, method: str, path: str, body: Any, status: int
    ) -> None:
        refused = orders.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (status, "control_refused")

    def test_only_the_key_that_may_do_everything_gives_orders(self, local: LocalStagedoor) -> None:
        key = local.key(allow=["all"])
        for headers in ({}, {"X-API-Key": key}, {"Authorization": "Basic !"}):
            assert httpx2.get(f"{local.base_url}{PREFIX}", headers=headers).status_code == 401

    def test_the_command_line_gives_the_same_orders(
        self, local: LocalStagedoor, client: httpx2.Client, tmp_path: Path
    ) -> None:
        line = CommandLine(tmp_path)
        line.environment |= {"STAGEDOOR_URL": local.base_url, "STAGEDOOR_KEY": local.access_key}
        line.wire = SimpleNamespace(transport=None)  # type: ignore[assignment]  # the real network
        before = local.clock.now()
        assert line.json("testing", "status")["now"] == before.isoformat()
        told = line.json("testing", "clock", "--advance", "1.5h")
        assert told["now"] == (before + timedelta(minutes=90)).isoformat()
        line.json("testing", "fault", "Assets_*", "--status", "503", "--times", "1")
        assert client.get("/odata/Assets").status_code == 503
        line.json("testing", "limit-rate", "Assets_Get", "--requests", "1", "--per", "1h")
        line.json("testing", "expire", "sd_x")
        assert line.json("testing", "lose-token-answer")["faults"] == 4
        assert line.json("testing", "clear-faults")["faults"] == 0
        assert "kid" in line.json("testing", "rotate-signing-keys")
        number = line.json("testing", "snapshot")["snapshot"]
        assert number in line.json("testing", "restore", number)["snapshots"]
        assert line.json("testing", "reset")["now"] == before.isoformat()
        assert line.run("testing", "clock").exit_code == 2
        assert line.run("testing", "clock", "--advance", "soon").exit_code == 2
