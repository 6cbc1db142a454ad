from typing import Any

import httpx2
import pytest
from tests.factories.management import Management

from stagedoor.identity.api_users.key_ring import RefusedKey
from stagedoor.passage import Caller, KeyLimits


def order(**changes: Any) -> dict[str, Any]:
    return {"name": "nightly", "tenant": "acme/dev", "allow": ["Jobs_Get"]} | changes


def created(client: httpx2.Client, **changes: Any) -> dict[str, Any]:
    answer = client.post("/keys", json=order(**changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


class TestCreated:
    def test_a_new_key_opens_the_door_in_this_process_at_once(self, admin: Management) -> None:
        made = created(admin.client(admin.administrator()))
        caller = admin.keys.ring.check(made["key"], admin.world.clock.now())
        assert isinstance(caller, Caller)
        assert caller.credential_id == made["id"]
        assert made["key"].startswith(f"sd_{made['id']}_")

    def test_the_key_is_shown_once_and_never_again(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        shown = client.get(f"/keys/{made['id']}").json()
        assert "key" not in shown
        assert made["key"] not in client.get("/keys").text
        assert shown == {name: value for name, value in made.items() if name not in ("key", "warnings")}

    def test_every_word_of_the_order_is_in_the_key(self, admin: Management) -> None:
        shared = admin.folder("Shared")
        made = created(
            admin.client(admin.administrator()),
            allow=["Jobs_Get", "tag:Queues"],
            folders=["shared"],
            networks=["10.0.0.0/8"],
            expires_in="90d",
        )
        assert made | {"key": None, "id": None, "warnings": None} == {
            "id": None,
            "key": None,
            "warnings": None,
            "name": "nightly",
            "organization": "acme",
            "tenant": "dev",
            "allow": ["Jobs_Get", "tag:Queues"],
            "folders": ["Shared"],
            "networks": ["10.0.0.0/8"],
            "created_at": "2026-03-02T09:00:00Z",
            "created_by": "root",
            "expires_at": "2026-05-31T09:00:00Z",
            "last_used_at": None,
            "state": "active",
            "previous_secret_valid_until": None,
            "previous_secret_last_used_at": None,
            "rate": None,
            "burst": None,
            "daily_quota": None,
            "concurrency": None,
            "weight": 1,
        }
        caller = admin.keys.ring.check(made["key"], admin.world.clock.now())
        assert isinstance(caller, Caller)
        assert caller.terms.allowances[0].folders == (shared.key,)

    def test_limits_are_in_the_key_and_stay_when_it_is_rotated(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        limits = {"rate": "100/m", "burst": 5, "daily_quota": 2000, "concurrency": 3, "weight": 2}
        made = created(client, **limits)
        assert {name: made[name] for name in limits} == limits
        rotated = client.post(f"/keys/{made['id']}/rotate").json()
        assert {name: rotated[name] for name in limits} == limits
        caller = admin.keys.ring.check(rotated["key"], admin.world.clock.now())
        assert isinstance(caller, Caller)
        assert caller.limits == KeyLimits(100, 60, 5, 2000, 3, 2)

    def test_a_key_without_limits_has_none_to_look_at(self, admin: Management) -> None:
        made = created(admin.client(admin.administrator()))
        caller = admin.keys.ring.check(made["key"], admin.world.clock.now())
        assert isinstance(caller, Caller)
        assert caller.limits is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"rate": "fast"},
            {"rate": "10/d"},
            {"rate": "0/s"},
            {"burst": 3},
            {"daily_quota": 0},
            {"concurrency": 0},
            {"weight": 101},
        ],
    )
    def test_a_limit_that_is_none_is_refused(self, admin: Management, wrong: dict[str, Any]) -> None:
        assert admin.client(admin.administrator()).post("/keys", json=order(**wrong)).status_code == 422

    def test_a_preview_says_how_much(self, admin: Management) -> None:
        limits = {"rate": "1/s", "burst": 5, "daily_quota": 2000, "concurrency": 3, "weight": 2}
        words = admin.client(admin.administrator()).post("/keys/preview", json=order(**limits)).json()["words"]
        assert words[-4:] == [
            "At most 1 request a second, 5 of them at once.",
            "At most 2000 in a day (UTC).",
            "At most 3 at the same time.",
            "Counts 2 times where keys share what an upstream tenant allows.",
        ]

    def test_the_local_administrator_makes_keys_too(self, admin: Management) -> None:
        assert created(admin.client(admin.local_administrator()))["created_by"] == "local administrator"

    def test_the_audit_says_who_made_which_key_and_never_the_key(self, admin: Management) -> None:
        made = created(admin.client(admin.administrator()))
        [row] = admin.audit_rows()
        assert row.event == "admin:access_key:created"
        assert row.caller_name == "root"
        assert row.tenant == "dev"
        assert row.sentence == f"Access key nightly ({made['id']}) was created."
        secret = made["key"].rpartition("_")[2]
        assert not [value for value in vars(row).values() if secret in str(value)]

    def test_warnings_tell_what_is_unwise(self, admin: Management) -> None:
        admin.folder("Shared")
        client = admin.client(admin.administrator())
        assert any("never expires" in warning for warning in created(client)["warnings"])
        assert any("more than a year" in w for w in created(client, expires_in="800d")["warnings"])
        assert any("everything" in w for w in created(client, allow=["all"])["warnings"])
        limited = created(client, allow=["Status_Get"], folders=["Shared"], expires_in="1d")
        assert any("Status_Get" in warning for warning in limited["warnings"])
        assert created(client, expires_in="90d")["warnings"] == []


class TestRefused:
    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"allow": ["Jobs_Gett"]}, 400, "unknown_selector"),
            ({"allow": []}, 422, "request_refused"),
            ({"allow": ["Jobs_Get"] * 501}, 422, "request_refused"),
            ({"tenant": "acme/none"}, 404, "tenant_unknown"),
            ({"tenant": "other/dev"}, 404, "tenant_unknown"),
            ({"folders": ["None"]}, 400, "folder_not_found"),
            ({"folders": []}, 422, "request_refused"),
            ({"folder": ["Shared"]}, 422, "request_refused"),
            ({"networks": ["10.0.0.0/40"]}, 400, "network_malformed"),
            ({"expires_in": "90"}, 422, "request_refused"),
            ({"expires_in": "999999w"}, 422, "request_refused"),
            ({"expires_at": "2026-03-01T00:00:00"}, 422, "request_refused"),
            ({"expires_at": "2026-03-01T00:00:00Z"}, 400, "access_key_order_refused"),
            ({"expires_at": "2027-03-01T00:00:00Z", "expires_in": "1d"}, 422, "request_refused"),
            ({"expires_in": "0d"}, 400, "access_key_order_refused"),
            ({"name": ""}, 422, "request_refused"),
            ({"name": "\u0000"}, 400, "access_key_order_refused"),
        ],
    )
    def test_a_key_that_makes_no_sense_is_not_made(
        self, admin: Management, changes: dict[str, Any], status: int, code: str
    ) -> None:
        client = admin.client(admin.administrator())
        for path in ("/keys", "/keys/preview"):
            answer = client.post(path, json=order(**changes))
            if path == "/keys/preview" and code == "access_key_order_refused":
                continue
            assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert client.get("/keys").json()["items"] == []
        assert admin.audit_rows() == []

    def test_an_unknown_word_comes_with_near_ones(self, admin: Management) -> None:
        answer = admin.client(admin.administrator()).post("/keys", json=order(allow=["Jobs_Gett"]))
        assert "Jobs_Get" in answer.json()["near"]


class TestOwnAndOthers:
    def test_somebody_makes_keys_within_what_they_hold(self, admin: Management) -> None:
        assert created(admin.client(admin.worker()))["created_by"] == "wim"

    @pytest.mark.parametrize("allow", [["all"], ["Assets_DeleteById"], ["role:Administrator"], ["tag:Users"]])
    def test_nobody_makes_a_key_that_exceeds_them(self, admin: Management, allow: list[str]) -> None:
        answer = admin.client(admin.worker()).post("/keys", json=order(allow=allow))
        assert (answer.status_code, answer.json()["code"]) == (403, "grant_exceeds_maker")
        assert admin.client(admin.administrator()).get("/keys").json()["items"] == []

    def test_a_token_limited_to_scopes_makes_no_key_beyond_them(self, admin: Management) -> None:
        root = admin.people.make("root", is_administrator=True, roles=())
        client = admin.client(admin.person(root, ceiling=("scope:OR.Jobs.Read",)))
        assert client.post("/keys", json=order(allow=["Jobs_Get"])).status_code == 201
        assert client.post("/keys", json=order(allow=["Jobs_StartJobs"])).json()["code"] == "grant_exceeds_maker"

    def test_a_role_in_one_folder_makes_keys_for_that_folder_and_below_alone(self, admin: Management) -> None:
        finance, _ = admin.folder("Finance"), admin.folder("Shared")
        below = admin.folder("Payables", finance)
        user = admin.people.make("fay", roles=())
        with admin.world.database.write() as session:
            admin.people.service.assign_role(
                session, user, tenant_id=admin.world.dev.id, role="Automation User", folder_key=finance.key
            )
        admin.world.feed.catch_up()
        client = admin.client(admin.person(user))
        assert client.post("/keys", json=order(folders=["Finance"])).status_code == 201
        assert client.post("/keys", json=order(folders=[below.path])).status_code == 201
        assert client.post("/keys", json=order(folders=["Shared"])).json()["code"] == "grant_exceeds_maker"
        assert client.post("/keys", json=order()).json()["code"] == "grant_exceeds_maker"

    def test_a_tenant_that_one_may_not_enter_is_unknown(self, admin: Management) -> None:
        answer = admin.client(admin.worker()).post("/keys", json=order(tenant="acme/prod"))
        assert (answer.status_code, answer.json()["code"]) == (404, "tenant_unknown")
        assert answer.json()["tenants"] == ["dev"]

    def test_somebody_elses_key_and_no_key_look_alike(self, admin: Management) -> None:
        made = created(admin.client(admin.administrator()))
        client = admin.client(admin.worker())
        assert client.get("/keys").json()["items"] == []
        for key_id in (made["id"], "none"):
            for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate")):
                answer = client.request(method, f"/keys/{key_id}{path}")
                assert (answer.status_code, answer.json()["code"]) == (403, "administrator_needed"), (method, key_id)
        assert isinstance(admin.keys.ring.check(made["key"], admin.world.clock.now()), Caller)

    def test_nobody_acts_under_the_name_of_somebody_elses_api_user(self, admin: Management) -> None:
        order = {"name": "billing", "tenant": "acme/dev", "allow": ["Jobs_Get"]}
        assert admin.client(admin.administrator()).post("/keys", json=order).status_code == 201
        worker = admin.client(admin.worker())
        refused = worker.post("/keys", json=order)
        assert (refused.status_code, refused.json()["code"]) == (409, "access_key_order_refused")
        for _ in range(2):
            assert worker.post("/keys", json={**order, "name": "mine"}).status_code == 201

    def test_ones_own_key_is_listed_rotated_and_revoked(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        made = created(client)
        assert [item["id"] for item in client.get("/keys").json()["items"]] == [made["id"]]
        assert client.post(f"/keys/{made['id']}/rotate").status_code == 201
        assert client.delete(f"/keys/{made['id']}").json()["state"] == "revoked"

    def test_a_key_that_grew_beyond_its_maker_cannot_be_rotated_by_them(self, admin: Management) -> None:
        user = admin.people.make("wim")
        made = created(admin.client(admin.person(user)))
        with admin.world.database.write() as session:
            admin.people.service.remove_role(
                session,
                admin.people.service.get_user(session, admin.world.organization.id, user.id),
                tenant_id=admin.world.dev.id,
                role="Automation User",
            )
            admin.people.service.assign_role(
                session, user, tenant_id=admin.world.dev.id, role="Allow to be Automation User"
            )
        admin.world.feed.catch_up()
        answer = admin.client(admin.person(user)).post(f"/keys/{made['id']}/rotate")
        assert answer.json()["code"] == "grant_exceeds_maker"

    def test_keys_of_another_organization_do_not_exist(self, admin: Management) -> None:
        made = created(admin.client(admin.administrator()))
        with admin.world.database.write() as session:
            other = admin.world.organizations.create_organization(session, "other")
            admin.world.organizations.create_tenant(session, other, "dev")
            other_id = other.id
        admin.world.feed.catch_up()
        stranger = admin.administrator_of(other_id)
        client = admin.client(stranger)
        assert client.get("/keys").json()["items"] == []
        assert client.get(f"/keys/{made['id']}").json()["code"] == "access_key_not_found"
        assert client.delete(f"/keys/{made['id']}").json()["code"] == "access_key_not_found"
        assert client.get("/keys", params={"tenant": "acme/dev"}).json()["code"] == "tenant_unknown"


class TestRevoked:
    def test_a_revoked_key_is_refused_by_the_next_request(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        answer = client.delete(f"/keys/{made['id']}")
        assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
        assert isinstance(admin.keys.ring.check(made["key"], admin.world.clock.now()), RefusedKey)

    def test_revoking_again_changes_nothing_and_is_written_down_once(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        for _ in range(2):
            assert client.delete(f"/keys/{made['id']}").status_code == 200
        events = [row.event for row in admin.audit_rows()]
        assert events == ["admin:access_key:created", "admin:access_key:revoked"]


class TestRotated:
    def test_both_secrets_work_during_the_overlap(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        rotated = client.post(f"/keys/{made['id']}/rotate", json={"overlap": "2h"}).json()
        assert rotated["state"] == "rotating"
        assert rotated["previous_secret_valid_until"] == "2026-03-02T11:00:00Z"
        now = admin.world.clock.now()
        assert isinstance(admin.keys.ring.check(made["key"], now), Caller)
        assert isinstance(admin.keys.ring.check(rotated["key"], now), Caller)

    def test_without_a_word_the_overlap_is_a_day(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        rotated = client.post(f"/keys/{created(client)['id']}/rotate").json()
        assert rotated["previous_secret_valid_until"] == "2026-03-03T09:00:00Z"

    def test_no_overlap_ends_the_old_secret_at_once(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        rotated = client.post(f"/keys/{made['id']}/rotate", json={"overlap": None}).json()
        now = admin.world.clock.now()
        assert isinstance(admin.keys.ring.check(made["key"], now), RefusedKey)
        assert isinstance(admin.keys.ring.check(rotated["key"], now), Caller)

    def test_a_revoked_key_is_not_rotated(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        client.delete(f"/keys/{made['id']}")
        answer = client.post(f"/keys/{made['id']}/rotate")
        assert (answer.status_code, answer.json()["code"]) == (409, "access_key_ended")


class TestListedAndPreviewed:
    def test_pages_follow_one_another(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = [created(client, name=f"key {number}")["id"] for number in range(3)]
        first = client.get("/keys", params={"limit": 2}).json()
        second = client.get("/keys", params={"limit": 2, "cursor": first["next"]}).json()
        assert [len(first["items"]), len(second["items"])] == [2, 1]
        assert {item["id"] for item in first["items"] + second["items"]} == set(made)
        assert second["next"] is None

    def test_keys_are_listed_by_tenant(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        created(client)
        in_prod = created(client, tenant="prod")
        listed = client.get("/keys", params={"tenant": "acme/Production"}).json()["items"]
        assert [item["id"] for item in listed] == [in_prod["id"]]

    def test_a_preview_says_in_words_and_operations_what_a_key_would_allow_and_makes_none(
        self, admin: Management
    ) -> None:
        admin.folder("Shared")
        client = admin.client(admin.administrator())
        preview = client.post(
            "/keys/preview", json=order(allow=["Jobs_Get", "Jobs_StartJobs"], folders=["Shared"], expires_in="1d")
        ).json()
        assert preview["operations"] == ["Jobs_Get", "Jobs_StartJobs"]
        assert preview["words"][0] == "May list jobs and start jobs of a process, in Shared and everything below."
        assert preview["warnings"] == []
        assert client.get("/keys").json()["items"] == []


LIMITS: dict[str, Any] = {"rate": "100/m", "burst": 5, "daily_quota": 2000, "concurrency": 3, "weight": 2}


class TestLimited:
    def test_what_is_named_changes_and_the_rest_stays(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client, **LIMITS)
        answer = client.patch(f"/keys/{made['id']}", json={"rate": "7/s", "concurrency": None})
        assert answer.status_code == 200, answer.text
        expected = LIMITS | {"rate": "7/s", "concurrency": None}
        assert {name: answer.json()[name] for name in expected} == expected
        assert client.get(f"/keys/{made['id']}").json() == answer.json()

    def test_the_key_stays_the_same_and_its_next_request_is_held_to_it(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        client.patch(f"/keys/{made['id']}", json={"rate": "7/s", "burst": 3})
        caller = admin.keys.ring.check(made["key"], admin.world.clock.now())
        assert isinstance(caller, Caller)
        assert caller.limits == KeyLimits(7, 1, 3)
        client.patch(f"/keys/{made['id']}", json={"rate": None})
        caller = admin.keys.ring.check(made["key"], admin.world.clock.now())
        assert isinstance(caller, Caller)
        assert caller.limits is None

    def test_the_audit_says_what_the_limits_are_now(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client, name="nightly")
        client.patch(f"/keys/{made['id']}", json={"rate": "7/s", "daily_quota": 10})
        client.patch(f"/keys/{made['id']}", json={"rate": "7/s"})
        client.patch(f"/keys/{made['id']}", json={"rate": None, "daily_quota": None})
        rows = [row for row in admin.audit_rows() if row.event == "admin:access_key:limited"]
        assert [row.sentence for row in rows] == [
            f"Access key nightly ({made['id']}) was limited anew. At most 7 requests a second. "
            "At most 10 in a day (UTC).",
            f"Access key nightly ({made['id']}) was limited anew. Nothing limits it any more.",
        ]
        assert {row.caller_name for row in rows} == {"root"}

    @pytest.mark.parametrize(
        "wrong", [{"rate": "fast"}, {"daily_quota": 0}, {"weight": 101}, {"name": "other"}, {"allow": ["all"]}]
    )
    def test_what_is_no_limit_is_refused(self, wrong: dict[str, Any], admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        assert client.patch(f"/keys/{made['id']}", json=wrong).status_code == 422

    def test_a_burst_without_a_rate_is_refused(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        refused = client.patch(f"/keys/{made['id']}", json={"burst": 3})
        assert (refused.status_code, refused.json()["code"]) == (400, "access_key_order_refused")

    def test_a_key_that_ended_is_not_changed(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = created(client)
        client.delete(f"/keys/{made['id']}")
        refused = client.patch(f"/keys/{made['id']}", json={"rate": "7/s"})
        assert (refused.status_code, refused.json()["code"]) == (409, "access_key_ended")

    def test_ones_own_key_is_changed_and_somebody_elses_is_not(self, admin: Management) -> None:
        mine = admin.client(admin.worker())
        made = created(mine, rate="7/s")
        assert mine.patch(f"/keys/{made['id']}", json={"rate": "70/s"}).status_code == 200
        other = admin.client(admin.worker(name="carla"))
        for key_id in (made["id"], "none"):
            refused = other.patch(f"/keys/{key_id}", json={"rate": "1/h"})
            assert (refused.status_code, refused.json()["code"]) == (403, "administrator_needed")

    def test_no_access_key_changes_a_limit(self, admin: Management) -> None:
        made = created(admin.client(admin.administrator()))
        refused = admin.client(admin.access_key("all")).patch(f"/keys/{made['id']}", json={"rate": "1/h"})
        assert (refused.status_code, refused.json()["code"]) == (403, "method_not_allowed_here")

    @pytest.mark.parametrize(
        "looser",
        [
            {"rate": None},
            {"rate": "101/m"},
            {"rate": "100/s"},
            {"burst": 6},
            {"daily_quota": 2001},
            {"daily_quota": None},
            {"concurrency": 4},
            {"weight": 3},
            {"rate": "1/h", "concurrency": None},
        ],
    )
    def test_a_key_that_grew_beyond_its_maker_is_let_do_less_by_them_and_not_more(
        self, looser: dict[str, Any], admin: Management
    ) -> None:
        user = admin.people.make("wim")
        made = created(admin.client(admin.person(user)), **LIMITS)
        now_less = admin.client(admin.person(user, ceiling=("scope:OR.Assets.Read",)))
        refused = now_less.patch(f"/keys/{made['id']}", json=looser)
        assert (refused.status_code, refused.json()["code"]) == (403, "grant_exceeds_maker")
        for tighter in ({"rate": "1/h"}, {"burst": None}, {"daily_quota": 1}, {"concurrency": 1}, {"weight": None}):
            assert now_less.patch(f"/keys/{made['id']}", json=tighter).status_code == 200

    def test_a_key_without_limits_is_let_do_less(self, admin: Management) -> None:
        user = admin.people.make("wim")
        made = created(admin.client(admin.person(user)))
        now_less = admin.client(admin.person(user, ceiling=("scope:OR.Assets.Read",)))
        assert now_less.patch(f"/keys/{made['id']}", json={"rate": "5000/s", "concurrency": 9}).status_code == 200
