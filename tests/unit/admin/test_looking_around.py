"""What a caller may look at: itself, its verdicts, operations, tenants and folders."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.management import Management

from stagedoor.identity.authenticators.machine_secret import ANYWHERE, IN_FOLDERS
from stagedoor.passage import Allowance, CredentialKind, GrantTerms


class TestWhoAmI:
    def test_an_administrator_sees_itself(self, admin: Management) -> None:
        seen = admin.client(admin.administrator()).get("/whoami").json()
        assert seen["kind"] == "user"
        assert seen["name"] == "root"
        assert seen["email"] == "root@acme.example"
        assert seen["organization"] == {"id": admin.world.organization.id, "name": "acme"}
        assert [tenant["name"] for tenant in seen["tenants"]] == ["dev", "prod"]
        assert seen["credential"] == {
            "kind": "oauth_token",
            "id": "token-1",
            "narrowing_id": None,
            "expires_at": "2026-03-02T10:00:00Z",
        }
        assert seen["may_administer"] is True
        assert seen["grant"]["folders"] is None
        assert seen["grant"]["operations_count"] == len(admin.parts.catalog.operations)

    def test_a_key_sees_its_grant_in_words_and_operations(self, admin: Management) -> None:
        shared = admin.folder("Shared")
        seen = admin.client(admin.access_key("Jobs_Get", folder_keys=(shared.key,))).get("/whoami").json()
        assert seen["kind"] == "api_user"
        assert seen["credential"]["kind"] == "access_key"
        assert [tenant["name"] for tenant in seen["tenants"]] == ["dev"]
        assert seen["grant"] == {
            "words": ["May list jobs, in Shared and everything below of the tenant dev."],
            "operations_count": 1,
            "operations": ["Jobs_Get"],
            "folders": ["Shared"],
        }

    def test_a_secret_is_not_in_it(self, admin: Management) -> None:
        issued = admin.keys.make()
        caller = admin.keys.ring.check(issued.key.reveal(), admin.world.clock.now())
        answer = admin.client(caller).get("/whoami")  # type: ignore[arg-type]  # a right key gives a caller
        assert issued.key.reveal().rpartition("_")[2] not in answer.text

    def test_an_application_without_a_folder_limit_sees_every_tenant(self, admin: Management) -> None:
        seen = admin.client(admin.application("OR.Jobs.Read")).get("/whoami").json()
        assert seen["kind"] == "external_application"
        assert seen["may_administer"] is False
        assert "Jobs_Get" in seen["grant"]["operations"]
        assert "Jobs_StartJobs" not in seen["grant"]["operations"]


class TestCanI:
    def test_yes_names_the_rule(self, admin: Management) -> None:
        admin.folder("Shared")
        client = admin.client(admin.access_key("tag:Jobs"))
        said = client.get("/can-i", params={"operation": "jobs_get", "folder": "shared"}).json()
        assert said == {
            "operation": "Jobs_Get",
            "allowed": True,
            "reason": None,
            "rule": "tag:Jobs",
            "sentence": "This credential may use Jobs_Get by tag:Jobs.",
            "smallest_grant": [],
            "folder": "Shared",
        }

    def test_no_is_a_200_that_names_the_smallest_grant(self, admin: Management) -> None:
        admin.folder("Shared")
        client = admin.client(admin.access_key("Jobs_Get"))
        answer = client.get("/can-i", params={"operation": "Jobs_StartJobs", "folder": "Shared"})
        assert answer.status_code == 200
        said = answer.json()
        assert said["allowed"] is False
        assert said["reason"] == "operation_not_granted"
        assert said["smallest_grant"] == ["Jobs_StartJobs"]
        assert said["folder"] == "Shared"

    def test_without_a_folder_the_question_is_whether_there_is_one(self, admin: Management) -> None:
        shared, _ = admin.folder("Shared"), admin.folder("Finance")
        client = admin.client(admin.access_key("Jobs_Get", folder_keys=(shared.key,)))
        said = client.get("/can-i", params={"operation": "Jobs_Get"}).json()
        assert said["allowed"] is True
        assert said["folder"] == "Shared"
        assert said["sentence"] == "This credential may use Jobs_Get by Jobs_Get, in Shared and below."

    def test_a_tenant_without_folders_has_none_where_it_is_a_yes(self, admin: Management) -> None:
        said = admin.client(admin.access_key("Jobs_Get")).get("/can-i", params={"operation": "Jobs_Get"}).json()
        assert (said["allowed"], said["reason"]) == (False, "folder_required")

    def test_a_folder_of_others_and_one_that_is_not_there_look_alike(self, admin: Management) -> None:
        shared, _ = admin.folder("Shared"), admin.folder("Finance")
        client = admin.client(admin.access_key("Jobs_Get", folder_keys=(shared.key,)))
        answers = []
        for folder in ("Finance", "Fancy12"):
            said = client.get("/can-i", params={"operation": "Jobs_Get", "folder": folder}).json()
            answers.append({name: str(value).replace(folder, "…") for name, value in said.items()})
        assert answers[0] == answers[1]
        assert answers[0]["reason"] == "folder_not_granted"

    def test_whoever_may_use_every_folder_is_told_that_one_is_not_there(self, admin: Management) -> None:
        answer = admin.client(admin.access_key("Jobs_Get")).get(
            "/can-i", params={"operation": "Jobs_Get", "folder": "None"}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "folder_not_found")

    def test_the_address_counts(self, admin: Management) -> None:
        client = admin.client(admin.access_key("Status_Get", networks=("10.0.0.0/8",)))
        said = client.get("/can-i", params={"operation": "Status_Get"}).json()
        assert (said["allowed"], said["reason"]) == (False, "network_not_granted")

    def test_the_time_counts(self, admin: Management) -> None:
        caller = admin.access_key("Status_Get", expires_at=admin.world.clock.now() + timedelta(hours=1))
        admin.world.clock.advance(timedelta(hours=2))
        said = admin.client(caller).get("/can-i", params={"operation": "Status_Get"}).json()
        assert (said["allowed"], said["reason"]) == (False, "expired")

    def test_whoever_may_enter_several_tenants_has_to_name_one(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        answer = client.get("/can-i", params={"operation": "Status_Get"})
        assert (answer.status_code, answer.json()["code"]) == (400, "tenant_to_ask_about_needed")
        assert answer.json()["tenants"] == ["dev", "prod"]
        assert client.get("/can-i", params={"operation": "Status_Get", "tenant": "acme/prod"}).json()["allowed"] is True

    def test_whoever_may_enter_no_tenant_is_told_so(self, admin: Management) -> None:
        user = admin.people.make("nobody", roles=())
        answer = admin.client(admin.person(user)).get("/can-i", params={"operation": "Status_Get"})
        assert answer.json()["hint"] == "You may enter no tenant at all."

    def test_an_operation_that_is_not_there_comes_with_near_names(self, admin: Management) -> None:
        answer = admin.client(admin.access_key()).get("/can-i", params={"operation": "Jobs_StartJob"})
        assert answer.status_code == 404
        assert "Jobs_StartJobs" in answer.json()["near"]


class TestOperations:
    def test_plain_words_find_an_operation_for_anybody(self, admin: Management) -> None:
        items = admin.client(None).get("/operations", params={"search": "start jobs"}).json()["items"]
        assert items[0] == {
            "id": "Jobs_StartJobs",
            "tag": "Jobs",
            "method": "POST",
            "path": "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs",
            "scope": "OR.Jobs.Write",
            "permissions": "Jobs.Create",
            "folder": "needed",
            "deprecated": False,
            "documented": True,
            "words": "start jobs of a process",
        }

    def test_a_tag_narrows_the_list_in_any_letter_case(self, admin: Management) -> None:
        items = admin.client(None).get("/operations", params={"tag": "jobs"}).json()["items"]
        assert {item["tag"] for item in items} == {"Jobs"}

    def test_pages_make_up_the_whole_catalogue(self, admin: Management) -> None:
        client = admin.client(None)
        seen: list[str] = []
        cursor = None
        while True:
            page = client.get("/operations", params={"limit": 150} | ({"cursor": cursor} if cursor else {})).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == [operation.id for operation in admin.parts.catalog.operations]


class TestTenants:
    def test_one_sees_the_tenants_that_one_may_enter(self, admin: Management) -> None:
        assert admin.client(admin.worker()).get("/tenants").json()["items"] == [
            {
                "id": admin.world.dev.id,
                "name": "dev",
                "display_name": "dev",
                "organization": {"id": admin.world.organization.id, "name": "acme"},
                "base_url": "http://stagedoor.example:8120/acme/dev",
                "destination": "embedded",
            }
        ]

    def test_an_administrator_sees_all_of_them(self, admin: Management) -> None:
        items = admin.client(admin.administrator()).get("/tenants").json()["items"]
        assert [item["display_name"] for item in items] == ["dev", "Production"]


class TestDestination:
    REMOTE = "https://cloud.example/acme/prod/orchestrator_"

    def test_a_tenant_is_sent_to_a_remote_orchestrator_and_back(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        assert client.get("/tenants/prod/destination").json()["destination"] == "embedded"
        answer = client.put(
            "/tenants/prod/destination", json={"remote_base_url": self.REMOTE + "/", "token": "CANARY-token"}
        )
        assert answer.json() == {
            "destination": "remote",
            "remote_base_url": self.REMOTE,
            "has_token": True,
            "connection": None,
        }
        assert "CANARY" not in answer.text
        entry = admin.world.directory.find_tenant_by_id(admin.world.prod.id)
        assert entry is not None
        assert entry.place.upstream_token is not None
        assert entry.place.upstream_token.reveal() == "CANARY-token"
        assert client.get("/tenants").json()["items"][1]["destination"] == "remote"
        back = client.put("/tenants/prod/destination", json={"remote_base_url": None})
        assert back.json() == {
            "destination": "embedded",
            "remote_base_url": None,
            "has_token": False,
            "connection": None,
        }

    def test_the_audit_says_where_to_and_never_the_token(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        client.put("/tenants/prod/destination", json={"remote_base_url": self.REMOTE, "token": "CANARY-token"})
        [row] = admin.audit_rows()
        assert row.event == "admin:destination:changed"
        assert row.sentence == f"Tenant prod was sent to {self.REMOTE}."
        assert "CANARY" not in str(vars(row))

    @pytest.mark.parametrize(
        "body",
        [
            {"remote_base_url": REMOTE},
            {"remote_base_url": None, "token": "CANARY"},
            {"remote_base_url": "ftp://x", "token": "CANARY"},
            {"remote_base_url": "https://", "token": "CANARY"},
            {"remote_base_url": "https://u:CANARY@x", "token": "t"},
            {"remote_base_url": "https://x?token=CANARY", "token": "t"},
            {"remote_base_url": "https://x#CANARY", "token": "t"},
            {"remote_base_url": "https://x/ CANARY", "token": "t"},
            {"remote_base_url": "https://x\r\nCANARY: 1", "token": "t"},
            {"remote_base_url": "https://x:99999", "token": "CANARY"},
            {"remote_base_url": "https://[x", "token": "CANARY"},
            {"remote_base_url": REMOTE, "token": ""},
            {"remote_base_url": REMOTE, "token": "CANARY\r\nx: y"},
            {},
        ],
    )
    def test_an_address_or_token_that_cannot_be_meant_is_refused(
        self, admin: Management, body: dict[str, str | None]
    ) -> None:
        answer = admin.client(admin.administrator()).put("/tenants/prod/destination", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_refused")
        assert "CANARY" not in answer.text


class TestFolders:
    def test_one_sees_the_folders_in_which_one_may_do_anything(self, admin: Management) -> None:
        finance, _ = admin.folder("Finance"), admin.folder("Shared")
        below = admin.folder("Payables", finance)
        client = admin.client(admin.access_key("Jobs_Get", folder_keys=(finance.key,)))
        items = client.get("/folders", params={"tenant": "acme/dev"}).json()["items"]
        assert items == [
            {"id": finance.id, "key": finance.key, "path": "Finance"},
            {"id": below.id, "key": below.key, "path": "Finance/Payables"},
        ]

    def test_without_a_limit_one_sees_all_of_them(self, admin: Management) -> None:
        admin.folder("Finance"), admin.folder("Shared")
        items = admin.client(admin.worker()).get("/folders", params={"tenant": "dev"}).json()["items"]
        assert [item["path"] for item in items] == ["Finance", "Shared"]

    def test_what_lies_in_no_folder_shows_none_to_the_robot_of_a_machine(self, admin: Management) -> None:
        shared, _ = admin.folder("Shared"), admin.folder("Finance")
        tenant_id = admin.world.dev.id
        of_robots = GrantTerms((Allowance(IN_FOLDERS, (shared.key,), tenant_id), Allowance(ANYWHERE, None, tenant_id)))
        robot = replace(
            admin.access_key("Jobs_Get"), credential_kind=CredentialKind.MACHINE_SECRET, id="5", terms=of_robots
        )
        items = admin.client(robot).get("/folders", params={"tenant": "dev"}).json()["items"]
        assert [item["path"] for item in items] == ["Shared"]

    def test_who_may_list_folders_sees_them(self, admin: Management) -> None:
        admin.folder("Shared")
        client = admin.client(admin.access_key("Folders_Get"))
        items = client.get("/folders", params={"tenant": "dev"}).json()["items"]
        assert [item["path"] for item in items] == ["Shared"]

    def test_a_grant_of_nothing_shows_nothing(self, admin: Management) -> None:
        admin.folder("Shared")
        client = admin.client(admin.application())
        assert client.get("/folders", params={"tenant": "dev"}).json()["items"] == []
