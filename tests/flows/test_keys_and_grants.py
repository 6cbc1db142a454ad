"""The life of an API user's key, over HTTP: what it may do, what ends it, and what is written down of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served
from tests.factories.terminal import Terminal

START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
ADD_QUEUE_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
REVOCATION_SECONDS_MAX = 1.0


@pytest.fixture
def caller(house: Served) -> Iterator[httpx2.Client]:
    """Somebody at the tenant's Orchestrator who has no key yet."""
    with httpx2.Client(base_url=house.orchestrator_url) as client:
        yield client


def make(administrator: Administrator, name: str, allow: list[str], **order: Any) -> dict[str, Any]:
    """Make a key and return everything that is said of it, the key itself too."""
    made: dict[str, Any] = administrator.make("/keys", {"name": name, "tenant": "acme/dev", "allow": allow, **order})
    return made


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def narrowed(house: Served, key: str, **order: Any) -> httpx2.Response:
    """Have the holder of a key make less of it."""
    return httpx2.post(f"{house.base_url}/api/stagedoor/v1/keys/narrow", headers=bearer(key), json=order)


def reason_of(answer: httpx2.Response) -> str:
    assert answer.status_code == 403, answer.text
    return str(answer.json()["stagedoor"]["reason"])


class TestFolders:
    def test_a_key_for_one_folder_needs_no_header(self, administrator: Administrator, caller: httpx2.Client) -> None:
        administrator.make_folder("keys-only")
        administrator.create("QueueDefinitions", {"Name": "Orders"}, folder="keys-only")
        key = make(administrator, "keys-one-folder", ["tag:Queues", "QueueDefinitions_Get"], folders=["keys-only"])
        caller.headers.update(bearer(key["key"]))
        item = {"itemData": {"Name": "Orders", "SpecificContent": {"Number": 7}}}
        assert caller.post(ADD_QUEUE_ITEM, json=item).status_code == 201
        assert [queue["Name"] for queue in caller.get("/odata/QueueDefinitions").json()["value"]] == ["Orders"]

    def test_a_key_for_one_folder_reaches_into_no_other(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        shared = administrator.make_folder("Shared")
        administrator.make_folder("keys-walled")
        key = make(administrator, "keys-walled", ["Jobs_Get", "Folders_Get"], folders=["keys-walled"])
        caller.headers.update(bearer(key["key"]))
        there = caller.get("/odata/Jobs", headers={"X-UIPATH-OrganizationUnitId": str(shared["Id"])})
        nowhere = caller.get("/odata/Jobs", headers={"X-UIPATH-OrganizationUnitId": "999999"})
        # A folder of somebody else and one that does not exist look alike.
        assert (there.status_code, there.json()["errorCode"]) == (404, 1100)
        assert there.json()["message"] == nowhere.json()["message"]
        listed = [folder["FullyQualifiedName"] for folder in there.json()["folders"]]
        assert listed == ["keys-walled"]
        seen = caller.get("/odata/Folders").json()["value"]
        assert [folder["DisplayName"] for folder in seen] == ["keys-walled"]

    def test_a_key_for_two_folders_is_asked_which_and_told_its_choice(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        for name in ("keys-left", "keys-right"):
            administrator.make_folder(name)
        key = make(administrator, "keys-two-folders", ["Jobs_Get"], folders=["keys-left", "keys-right"])
        asked = caller.get("/odata/Jobs", headers=bearer(key["key"]))
        assert (asked.status_code, asked.json()["errorCode"]) == (400, 1101)
        assert {folder["FullyQualifiedName"] for folder in asked.json()["folders"]} == {"keys-left", "keys-right"}
        for name in ("keys-left", "keys-right"):
            named = caller.get("/odata/Jobs", headers=bearer(key["key"]) | {"X-UIPATH-FolderPath": name})
            assert named.status_code == 200


class TestWhatItMayDo:
    @pytest.mark.parametrize(
        ("selector", "allowed", "refused"),
        [
            ("Jobs_Get", "/odata/Jobs", "/odata/Releases"),
            ("tag:QueueDefinitions", "/odata/QueueDefinitions", "/odata/QueueItems"),
            ("scope:OR.Execution.Read", "/odata/Releases", "/odata/Jobs"),
            ("permission:Assets.View", "/odata/Assets", "/odata/Jobs"),
        ],
    )
    def test_a_selector_allows_what_it_says_and_nothing_else(
        self, administrator: Administrator, caller: httpx2.Client, selector: str, allowed: str, refused: str
    ) -> None:
        key = make(administrator, f"keys-by-{selector}", [selector], folders=["Shared"])
        caller.headers.update(bearer(key["key"]))
        assert caller.get(allowed).status_code == 200
        assert reason_of(caller.get(refused)) == "operation_not_granted"

    def test_a_scope_to_read_is_none_to_write(self, administrator: Administrator, caller: httpx2.Client) -> None:
        key = make(administrator, "keys-read", ["scope:OR.Jobs.Read"], folders=["Shared"])
        caller.headers.update(bearer(key["key"]))
        assert caller.get("/odata/Jobs").status_code == 200
        start = {"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}}
        assert reason_of(caller.post(START_JOBS, json=start)) == "operation_not_granted"

    def test_asking_first_and_calling_agree(self, house: Served, administrator: Administrator) -> None:
        key = make(administrator, "keys-asking", ["Jobs_Get", "tag:Assets"], folders=["Shared"])
        questions = {"Jobs_Get": "/odata/Jobs", "Assets_Get": "/odata/Assets", "Users_Get": "/odata/Users"}
        with httpx2.Client(headers=bearer(key["key"])) as client:
            for operation, path in questions.items():
                asked = client.get(
                    f"{house.base_url}/api/stagedoor/v1/can-i",
                    params={"operation": operation, "tenant": "acme/dev", "folder": "Shared"},
                ).json()
                called = client.get(f"{house.orchestrator_url}{path}")
                assert asked["allowed"] == (called.status_code == 200), operation
                if not asked["allowed"]:
                    ours = called.json()["stagedoor"]
                    assert (asked["reason"], asked["smallest_grant"]) == (ours["reason"], ours["smallestGrant"])

    def test_the_smallest_grant_that_a_refusal_names_passes(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        small = make(administrator, "keys-too-small", ["Assets_Get"], folders=["Shared"])
        refused = caller.get("/odata/Jobs", headers=bearer(small["key"])).json()["stagedoor"]
        enough = make(administrator, "keys-enough", refused["smallestGrant"], folders=["Shared"])
        assert caller.get("/odata/Jobs", headers=bearer(enough["key"])).status_code == 200

    def test_whatever_it_holds_a_key_makes_no_keys_users_or_tokens(
        self, house: Served, administrator: Administrator
    ) -> None:
        key = make(administrator, "keys-everything", ["all"])
        with httpx2.Client(base_url=f"{house.base_url}/api/stagedoor/v1", headers=bearer(key["key"])) as client:
            order = {"name": "keys-grandchild", "tenant": "acme/dev", "allow": ["Jobs_Get"]}
            part = client.post("/keys/narrow", json={}).json()["key"]
            for answer in (
                client.post("/keys", json=order),
                client.post("/keys", json=order, headers=bearer(part)),
                client.delete(f"/keys/{key['id']}", headers=bearer(part)),
                client.delete(f"/keys/{key['id']}"),
                client.post(f"/keys/{key['id']}/rotate", json={}),
                client.post("/users", json={"username": "keys.made.by.a.key"}),
                client.post("/tokens", json={"name": "x", "scopes": ["OR.Jobs.Read"]}),
            ):
                assert (answer.status_code, answer.json()["code"]) == (403, "method_not_allowed_here"), answer.text
        everybody = administrator.orchestrator.get("/odata/Users").json()["value"]
        with httpx2.Client(base_url=house.orchestrator_url, headers=bearer(key["key"])) as client:
            user = f"/odata/Users({everybody[0]['Id']})"
            for answer in (
                client.post("/odata/Users", json={"UserName": "keys.made.by.a.key"}),
                client.patch(user, json={"EmailAddress": "mine@example.org"}),
                client.post(f"{user}/UiPath.Server.Configuration.OData.AssignRoles", json={"roleIds": [1]}),
            ):
                told = answer.json()["stagedoor"]["code"]
                assert (answer.status_code, told) == (403, "method_not_allowed_here"), answer.text
        assert administrator.orchestrator.get("/odata/Users").json()["value"] == everybody

    @pytest.mark.parametrize("form", ["bearer", "api_key", "basic_password"])
    def test_it_is_taken_in_each_of_its_three_places(
        self, administrator: Administrator, caller: httpx2.Client, form: str
    ) -> None:
        key = make(administrator, f"keys-sent-as-{form}", ["Jobs_Get"], folders=["Shared"])["key"]
        if form == "basic_password":
            answer = caller.get("/odata/Jobs", auth=("anybody", key))
        else:
            answer = caller.get("/odata/Jobs", headers=bearer(key) if form == "bearer" else {"X-API-Key": key})
        assert answer.status_code == 200, answer.text


class TestNetworksAndTime:
    def test_a_key_for_other_networks_is_refused_here_whatever_is_forged(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        order = {"folders": ["Shared"], "networks": ["10.0.0.0/8", "2001:db8::/32"]}
        key = make(administrator, "keys-elsewhere", ["Jobs_Get"], **order)
        forged = {"X-Forwarded-For": "10.1.2.3", "X-Real-IP": "10.1.2.3", "Forwarded": "for=10.1.2.3"}
        for headers in ({}, forged):
            answer = caller.get("/odata/Jobs", headers=bearer(key["key"]) | headers)
            assert reason_of(answer) == "network_not_granted"
            assert "127.0.0.1" in answer.json()["message"]

    def test_a_key_for_this_network_works(self, administrator: Administrator, caller: httpx2.Client) -> None:
        key = make(administrator, "keys-here", ["Jobs_Get"], folders=["Shared"], networks=["127.0.0.0/8"])
        assert caller.get("/odata/Jobs", headers=bearer(key["key"])).status_code == 200

    def test_a_key_ends_on_time(self, administrator: Administrator, caller: httpx2.Client) -> None:
        soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
        key = make(administrator, "keys-short-lived", ["Jobs_Get"], folders=["Shared"], expires_at=soon)
        assert caller.get("/odata/Jobs", headers=bearer(key["key"])).status_code == 200
        ended = eventually(
            lambda: caller.get("/odata/Jobs", headers=bearer(key["key"])), lambda answer: answer.status_code == 401
        )
        said = ended.json()
        assert (said["message"], said["errorCode"]) == ("You are not authenticated!", 0)
        # Whoever holds the whole key is told why; see the tests of bad input for those who do not.
        assert said["stagedoor"]["code"] == "access_key_expired"
        assert key["id"] in said["stagedoor"]["hint"]
        assert datetime.now(UTC) >= datetime.fromisoformat(soon)

    def test_no_key_is_made_that_has_ended_already(self, administrator: Administrator) -> None:
        past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        order = {"name": "keys-late", "tenant": "acme/dev", "allow": ["Jobs_Get"], "expires_at": past}
        answer = administrator.management.post("/keys", json=order)
        assert (answer.status_code, answer.json()["code"]) == (400, "access_key_order_refused")


class TestRotation:
    def test_both_secrets_work_for_the_overlap_and_the_new_one_afterwards(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        key = make(administrator, "keys-rotated", ["Jobs_Get"], folders=["Shared"])
        rotated = administrator.make(f"/keys/{key['id']}/rotate", {"overlap": "2s"})
        assert rotated["id"] == key["id"]
        assert rotated["state"] == "rotating"
        assert rotated["key"] != key["key"]
        for secret in (key["key"], rotated["key"]):
            assert caller.get("/odata/Jobs", headers=bearer(secret)).status_code == 200
        over = eventually(
            lambda: caller.get("/odata/Jobs", headers=bearer(key["key"])), lambda answer: answer.status_code == 401
        )
        assert over.json()["stagedoor"]["code"] == "access_key_replaced"
        assert caller.get("/odata/Jobs", headers=bearer(rotated["key"])).status_code == 200

    def test_without_an_overlap_the_old_secret_ends_at_once(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        key = make(administrator, "keys-leaked", ["Jobs_Get"], folders=["Shared"])
        rotated = administrator.make(f"/keys/{key['id']}/rotate", {"overlap": None})
        assert caller.get("/odata/Jobs", headers=bearer(key["key"])).status_code == 401
        assert caller.get("/odata/Jobs", headers=bearer(rotated["key"])).status_code == 200


class TestRevocation:
    def test_the_very_next_request_is_refused(self, administrator: Administrator, caller: httpx2.Client) -> None:
        key = make(administrator, "keys-revoked", ["Jobs_Get"], folders=["Shared"])
        assert caller.get("/odata/Jobs", headers=bearer(key["key"])).status_code == 200
        assert administrator.management.delete(f"/keys/{key['id']}").json()["state"] == "revoked"
        refused = caller.get("/odata/Jobs", headers=bearer(key["key"]))
        assert (refused.status_code, refused.json()["stagedoor"]["code"]) == (401, "access_key_revoked")

    def test_from_another_process_within_a_second_with_whatever_was_narrowed_from_it(
        self, house: Served, administrator: Administrator, caller: httpx2.Client, tmp_path: Path
    ) -> None:
        key = make(administrator, "keys-revoked-elsewhere", ["Jobs_Get"], folders=["Shared"])
        child = narrowed(house, key["key"]).json()["key"]
        grandchild = narrowed(house, child, expires_in="1m").json()["key"]
        credentials = [key["key"], child, grandchild]
        for credential in credentials:
            assert caller.get("/odata/Jobs", headers=bearer(credential)).status_code == 200
        terminal = Terminal(tmp_path, house.base_url)
        revoked = terminal.run("key", "revoke", key["id"], "--data-dir", str(house.data_dir), "--output", "json")
        assert revoked.json["state"] == "revoked"
        eventually(
            lambda: [caller.get("/odata/Jobs", headers=bearer(credential)).status_code for credential in credentials],
            lambda statuses: statuses == [401, 401, 401],
            seconds_max=REVOCATION_SECONDS_MAX,
        )
        refused = caller.get("/odata/Jobs", headers=bearer(grandchild))
        assert refused.json()["stagedoor"]["code"] == "access_key_revoked"

    def test_a_key_made_in_another_process_opens_within_a_second(
        self, house: Served, caller: httpx2.Client, tmp_path: Path
    ) -> None:
        words = ["key", "create", "keys-made-elsewhere", "--allow", "Jobs_Get", "--folder", "Shared"]
        made = Terminal(tmp_path, house.base_url).run(*words, "--data-dir", str(house.data_dir), "--output", "json")
        caller.headers.update(bearer(made.json["key"]))
        eventually(
            lambda: caller.get("/odata/Jobs").status_code,
            lambda status: status == 200,
            seconds_max=REVOCATION_SECONDS_MAX,
        )


class TestNarrowed:
    """What holders make of their own keys."""

    def test_it_does_part_of_what_the_key_does_and_says_so(
        self, house: Served, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        administrator.make_folder("keys-wide")
        key = make(administrator, "keys-to-narrow", ["tag:Jobs", "tag:Assets"], folders=["Shared", "keys-wide"])
        made = narrowed(house, key["key"], allow=["tag:Jobs"], folders=["keys-wide"], expires_in="5m")
        assert made.status_code == 201, made.text
        child = made.json()
        caller.headers.update(bearer(child["key"]))
        assert caller.get("/odata/Jobs").status_code == 200
        assert reason_of(caller.get("/odata/Assets")) == "narrowed_away"
        elsewhere = caller.get("/odata/Jobs", headers={"X-UIPATH-FolderPath": "Shared"})
        assert (elsewhere.status_code, elsewhere.json()["errorCode"]) == (404, 1100)
        with httpx2.Client(base_url=f"{house.base_url}/api/stagedoor/v1", headers=bearer(child["key"])) as client:
            told = client.get("/whoami").json()
            assert told["credential"] == {
                "kind": "narrowed_key",
                "id": key["id"],
                "narrowing_id": child["narrowing_id"],
                "expires_at": child["expires_at"],
            }
            assert told["grant"]["operations"] == child["operations"]
            assert {name.partition("_")[0] for name in child["operations"]} == {"Jobs"}
            assert told["grant"]["folders"] == ["keys-wide"]
            asked = client.get("/can-i", params={"operation": "Assets_Get", "folder": "keys-wide"}).json()
            assert (asked["allowed"], asked["reason"]) == (False, "narrowed_away")
            assert client.get("/can-i", params={"operation": "Jobs_Get"}).json()["allowed"]
            assert [
                folder["path"] for folder in client.get("/folders", params={"tenant": "acme/dev"}).json()["items"]
            ] == ["keys-wide"]

    def test_a_folder_below_that_of_the_key_is_reached_by_name_by_list_and_without_a_name(
        self, house: Served, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        parent = administrator.make_folder("keys-parent")
        administrator.make_folder("keys-below", parent_id=parent["Id"])
        key = make(administrator, "keys-narrow-below", ["Jobs_Get", "Folders_Get"], folders=["keys-parent"])
        child = narrowed(house, key["key"], folders=["keys-parent/keys-below"]).json()
        caller.headers.update(bearer(child["key"]))
        assert caller.get("/odata/Jobs").status_code == 200
        assert caller.get("/odata/Jobs", headers={"X-UIPATH-FolderPath": "keys-parent"}).status_code == 404
        listed = [folder["FullyQualifiedName"] for folder in caller.get("/odata/Folders").json()["value"]]
        assert listed == ["keys-parent/keys-below"]

    @pytest.mark.parametrize(
        ("order", "status", "code"),
        [
            ({"allow": ["Assets_Get"]}, 403, "grant_exceeds_maker"),
            ({"allow": ["all"]}, 403, "grant_exceeds_maker"),
            ({"folders": ["keys-outside"]}, 400, "narrowing_refused"),
            ({"networks": ["0.0.0.0/0"]}, 400, "narrowing_refused"),
            ({"expires_in": "25h"}, 400, "narrowing_refused"),
            ({"expires_in": "0s"}, 400, "narrowing_refused"),
            ({"allow": ["Nonsense"]}, 400, "unknown_selector"),
            ({"folders": ["Nowhere"]}, 400, "folder_not_found"),
            ({"alow": ["Jobs_Get"]}, 422, "request_refused"),
        ],
    )
    def test_more_than_the_key_holds_is_refused(
        self, house: Served, administrator: Administrator, order: dict[str, Any], status: int, code: str
    ) -> None:
        administrator.make_folder("keys-outside")
        key = make(administrator, f"keys-{order}", ["Jobs_Get"], folders=["Shared"], networks=["127.0.0.0/8"])
        refused = narrowed(house, key["key"], **order)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text

    def test_it_uses_the_keys_rate_and_not_one_of_its_own(
        self, house: Served, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        key = make(administrator, "keys-narrow-rate", ["Jobs_Get"], folders=["Shared"], daily_quota=4)
        children = [narrowed(house, key["key"]).json()["key"] for _ in range(2)]
        assert [caller.get("/odata/Jobs", headers=bearer(child)).status_code for child in children] == [200, 200]
        for credential in (*children, key["key"]):
            refused = caller.get("/odata/Jobs", headers=bearer(credential))
            assert (refused.status_code, refused.json()["stagedoor"]["code"]) == (429, "daily_quota_spent")

    def test_the_command_line_narrows_the_key_in_use_and_what_it_gave(
        self, house: Served, administrator: Administrator, caller: httpx2.Client, tmp_path: Path
    ) -> None:
        key = make(administrator, "keys-narrow-cli", ["tag:Jobs"], folders=["Shared"])
        terminal = Terminal(tmp_path, house.base_url)
        words = ["key", "narrow", "--allow", "Jobs_Get", "Jobs_GetById", "--expires", "10m"]
        first = terminal.run(*words, STAGEDOOR_KEY=key["key"]).stdout.strip()
        second = terminal.run("key", "narrow", "--allow", "Jobs_Get", STAGEDOOR_KEY=first).stdout.strip()
        assert caller.get("/odata/Jobs", headers=bearer(second)).status_code == 200
        assert reason_of(caller.get("/odata/Jobs(1)", headers=bearer(second))) == "narrowed_away"

    def test_the_audit_names_the_key_and_tells_its_narrowings_apart(
        self, house: Served, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        key = make(administrator, "keys-narrow-audited", ["Jobs_Get"], folders=["Shared"])
        child = narrowed(house, key["key"]).json()
        answer = caller.get("/odata/Jobs", headers=bearer(child["key"]))
        tail = administrator.management.get("/audit", params={"caller": key["id"], "limit": 500}).json()["items"]
        [called] = [row for row in tail if row["request_id"] == answer.headers["X-Request-Id"]]
        assert called["credential"] == {"kind": "narrowed_key", "id": f"{key['id']}/{child['narrowing_id']}"}
        [made] = [row for row in tail if row["event"] == "admin:access_key:narrowed"]
        assert made["credential"]["id"] == key["id"]
        assert child["narrowing_id"] in made["sentence"]
        assert child["key"] not in str(tail)


class TestAudit:
    def test_each_request_leaves_one_row_with_its_reason(
        self, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        key = make(administrator, "keys-audited", ["Jobs_Get"], folders=["Shared"])
        caller.headers.update(bearer(key["key"]))
        sent = [
            (caller.get("/odata/Jobs"), "allowed", None),
            (caller.get("/odata/Users"), "denied", "operation_not_granted"),
            (caller.get("/odata/Jobs", headers={"X-UIPATH-FolderPath": "Nowhere"}), "denied", "folder_unknown"),
            (caller.get("/odata/Nonsense"), "denied", "operation_unknown"),
            (caller.get("/odata/Jobs", params={"$orderby": "Nonsense"}), "allowed", "invalid_request"),
        ]
        tail = administrator.management.get("/audit", params={"caller": key["id"], "limit": 500}).json()["items"]
        rows = {row["request_id"]: row for row in tail}
        assert len(tail) == len(rows) == len(sent)
        for answer, verdict, reason in sent:
            row = rows[answer.headers["X-Request-Id"]]
            assert (row["verdict"], row["reason"]) == (verdict, reason)
            assert (row["status"], row["method"]) == (answer.status_code, "GET")
            assert row["caller"]["name"] == "keys-audited"
            assert row["credential"] == {"kind": "access_key", "id": key["id"]}
            assert (row["tenant"], row["client_address"]) == ("dev", "127.0.0.1")
            assert row["duration_ms"] > 0
        first = rows[sent[0][0].headers["X-Request-Id"]]
        assert (first["operation"], first["folder"], first["destination"]) == ("Jobs_Get", "Shared", "embedded")

    def test_a_key_that_opens_nothing_leaves_a_row_too(
        self, house: Served, administrator: Administrator, caller: httpx2.Client
    ) -> None:
        key = make(administrator, "keys-ended", ["Jobs_Get"], folders=["Shared"])
        administrator.management.delete(f"/keys/{key['id']}")
        answers = [
            caller.get("/odata/Jobs", headers=bearer(key["key"])),
            caller.get("/odata/Jobs", headers=bearer("sd_unknown_unknown")),
            caller.get("/odata/Jobs"),
        ]
        administrator.management.get("/audit")
        with closing(sqlite3.connect(house.data_dir / "stagedoor.db")) as store:
            for answer, reason in zip(
                answers, ["access_key_revoked", "not_authenticated", "not_authenticated"], strict=True
            ):
                request_id = answer.headers["X-Request-Id"]
                query = "SELECT verdict, reason, status FROM audit WHERE request_id = ?"
                assert store.execute(query, (request_id,)).fetchall() == [("denied", reason, 401)]
