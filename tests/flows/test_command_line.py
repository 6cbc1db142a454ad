"""The real ``stagedoor`` command, as people and scripts call it, against a server as they start it."""

import json
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import Administrator
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.served import Served
from tests.factories.signing_in import sign_in_through_the_page
from tests.factories.terminal import Ran, Terminal

DONE, FAILED, USAGE, REFUSED, SIGN_IN, UNREACHABLE = 0, 1, 2, 3, 4, 6


def sign_in(terminal: Terminal, house: Served) -> Ran:
    """Sign in without a browser on this machine: the address is opened elsewhere and the last one is pasted back."""
    with terminal.started("login", "--no-browser", "--store-in-file", "--output", "json") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        address = next(line.strip() for line in process.stderr if line.startswith("http"))
        landed = sign_in_through_the_page(address, house.admin_username, house.admin_password)
        process.stdin.write(f"{landed}\n")
        process.stdin.close()
        process.stdin = None
        stdout, stderr = process.communicate(timeout=60)
        return Ran(process.returncode, stdout, stderr)


@pytest.fixture(scope="module")
def signed_in(house: Served, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal whose person is signed in as the administrator."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"), house.base_url)
    assert sign_in(terminal, house).json["tenant"] == "acme/dev"
    return terminal


@pytest.fixture
def terminal(house: Served, tmp_path: Path) -> Terminal:
    """A terminal where nobody is signed in."""
    return Terminal(tmp_path, house.base_url)


class TestSigningIn:
    def test_by_hand_and_out_again(self, house: Served, terminal: Terminal) -> None:
        signed_in = sign_in(terminal, house).json
        assert signed_in["base_url"] == house.base_url
        assert signed_in["tenants"] == ["acme/dev"]
        assert signed_in["secret_place"] == "file"
        [kept] = (terminal.directory / "settings" / "tokens").iterdir()
        assert kept.stat().st_mode & 0o777 == 0o600
        tokens = json.loads(kept.read_text())
        assert terminal.run("logout", "--output", "json").json["revoked"] is True
        assert not kept.exists()
        form = {
            "grant_type": "refresh_token",
            "client_id": "stagedoor-cli",
            "refresh_token": tokens["refresh_token"],
        }
        assert httpx2.post(f"{house.base_url}/identity_/connect/token", data=form).status_code == 400
        assert terminal.run("whoami").exit_code == SIGN_IN

    def test_in_a_browser_after_a_mistyped_password(self, house: Served, terminal: Terminal) -> None:
        with terminal.signing_in("--output", "json") as (process, address), chromium() as browser:
            page = browser.new_page()
            page.goto(address)
            sign_in_on_the_page(page, house.admin_username, "mistyped")
            page.get_by_role("alert").wait_for()
            sign_in_on_the_page(page, house.admin_username, house.admin_password)
            page.get_by_role("heading", name="Signed in").wait_for()
            assert "/callback" in page.url
            stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == DONE, stderr
        assert json.loads(stdout)["user"] == "admin@acme.example"
        me = terminal.run("whoami", "--output", "json").json
        assert (me["name"], me["may_administer"]) == ("admin", True)

    def test_an_address_of_another_sign_in_is_not_believed(self, terminal: Terminal) -> None:
        forged = "http://127.0.0.1:8127/callback?code=stolen&state=of-somebody-else\n"
        ended = terminal.run("login", "--no-browser", "--store-in-file", "--output", "json", typed=forged)
        assert ended.exit_code == SIGN_IN
        # In front of it stand the address to open and the question.
        assert json.loads(ended.stderr[ended.stderr.index("{") :])["code"] == "state_mismatch"


class TestWho:
    def test_a_person(self, signed_in: Terminal) -> None:
        me = signed_in.run("whoami", "--output", "json").json
        assert me["organization"]["name"] == "acme"
        assert me["local"]["profile"] == "default"
        text = signed_in.run("whoami").stdout
        assert "admin@acme.example" in text
        assert "acme" in text

    def test_a_key(self, house: Served, terminal: Terminal) -> None:
        me = terminal.run("whoami", "--output", "json", STAGEDOOR_KEY=house.sample_key).json
        assert me["kind"] == "api_user"
        assert me["grant"]["folders"] == ["Shared"]
        assert "Jobs_StartJobs" in me["grant"]["operations"]

    def test_tenants(self, house: Served, signed_in: Terminal) -> None:
        [tenant] = signed_in.run("tenants", "--output", "json").json
        assert (tenant["name"], tenant["organization"]["name"], tenant["destination"]) == ("dev", "acme", "embedded")
        assert tenant["base_url"].startswith(house.tenant_url)
        assert signed_in.run("tenants").stdout.split("\t")[0] == "acme/dev"


class TestToken:
    def test_it_prints_a_token_for_another_program(self, house: Served, signed_in: Terminal) -> None:
        printed = signed_in.run("token").stdout
        assert printed.count("\n") == 1
        bearer = {"Authorization": f"Bearer {printed.strip()}"}
        assert httpx2.get(f"{house.orchestrator_url}/odata/Folders", headers=bearer).status_code == 200

    def test_it_is_renewed_when_due_and_nobody_notices(self, house: Served, signed_in: Terminal) -> None:
        [kept] = (signed_in.directory / "settings" / "tokens").iterdir()
        before = json.loads(kept.read_text())
        kept.write_text(json.dumps(before | {"expires_at": "2019-07-15T00:00:00+00:00"}))
        printed = signed_in.run("token").stdout.strip()
        after = json.loads(kept.read_text())
        assert printed == after["access_token"] != before["access_token"]
        assert after["refresh_token"] != before["refresh_token"]
        assert kept.stat().st_mode & 0o777 == 0o600
        bearer = {"Authorization": f"Bearer {printed}"}
        assert httpx2.get(f"{house.orchestrator_url}/odata/Folders", headers=bearer).status_code == 200


class TestCalls:
    def test_an_operation_by_name_and_a_request_by_path(self, signed_in: Terminal) -> None:
        words = ["--folder", "Shared", "--output", "json"]
        named = signed_in.run("call", "Releases_Get", "--field", "filter=Name eq 'InvoiceBot'", *words).json
        assert [release["Name"] for release in named["value"]] == ["InvoiceBot"]
        by_path = signed_in.run("call", "GET", "/odata/Releases?$filter=Name eq 'InvoiceBot'", *words).json
        assert by_path["value"] == named["value"]

    def test_a_job_is_started(self, signed_in: Terminal) -> None:
        body = '{"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}}'
        words = ["call", "Jobs_StartJobs", "--folder", "Shared", "--json", body, "--output", "json"]
        [job] = signed_in.run(*words).json["value"]
        assert job["ReleaseName"] == "InvoiceBot"

    def test_pages_are_followed(self, administrator: Administrator, signed_in: Terminal) -> None:
        administrator.make_folder("cli-pages")
        administrator.create("QueueDefinitions", {"Name": "CliPages"}, folder="cli-pages")
        items = [{"Name": "CliPages", "Reference": f"cli-{number:03}", "SpecificContent": {}} for number in range(230)]
        body = {"queueName": "CliPages", "commitType": "AllOrNothing", "queueItems": items}
        words = ["--folder", "cli-pages", "--output", "json"]
        (signed_in.directory / "items.json").write_text(json.dumps(body))
        assert signed_in.run("call", "Queues_BulkAddQueueItems", "--json", "@items.json", *words).exit_code == DONE
        # The vendor gives at most a hundred queue items at a time.
        listed = signed_in.run("call", "QueueItems_Get", "--all", "--field", "orderby=Id", *words).lines
        assert [item["Reference"] for item in listed] == [item["Reference"] for item in items]

    def test_a_folder_and_a_key_from_the_environment(self, house: Served, terminal: Terminal) -> None:
        environment = {"STAGEDOOR_KEY": house.sample_key, "STAGEDOOR_TENANT": "acme/dev"}
        listed = terminal.run("call", "Assets_Get", "--output", "json", **environment).json["value"]
        assert "ApprovalLimit" in [asset["Name"] for asset in listed]

    def test_what_would_be_sent_is_explained_without_sending(self, house: Served, terminal: Terminal) -> None:
        explained = terminal.run(
            *("call", "Assets_Post", "--explain", "--tenant", "acme/dev", "--json", '{"CredentialPassword": "hush"}'),
            STAGEDOOR_KEY=house.sample_key,
        )
        assert explained.exit_code == DONE
        assert explained.stdout.startswith(f"POST {house.tenant_url}")
        assert house.sample_key not in explained.stdout
        assert "hush" not in explained.stdout


class TestKeys:
    def test_a_keys_life(self, house: Served, signed_in: Terminal) -> None:
        words = ["key", "create", "cli-life", "--tenant", "acme/dev", "--allow", "Jobs_Get", "tag:Assets"]
        limits = ["--folder", "Shared", "--network", "127.0.0.0/8", "--expires", "90d"]
        made = signed_in.run(*words, *limits, "--output", "json").json
        assert made["key"].startswith(f"sd_{made['id']}_")
        assert made["allow"] == ["Jobs_Get", "tag:Assets"]
        assert (made["folders"], made["networks"], made["state"]) == (["Shared"], ["127.0.0.0/8"], "active")
        assert self._status(house, made["key"]) == 200
        listed = signed_in.run("key", "list", "--output", "json").json
        [found] = [key for key in listed if key["id"] == made["id"]]
        assert "key" not in found
        rotated = signed_in.run("key", "rotate", made["id"], "--overlap", "1h", "--output", "json").json
        assert [self._status(house, key) for key in (made["key"], rotated["key"])] == [200, 200]
        assert signed_in.run("key", "revoke", made["id"], "--output", "json").json["state"] == "revoked"
        assert [self._status(house, key) for key in (made["key"], rotated["key"])] == [401, 401]

    def test_text_for_people_shows_the_key_alone_on_stdout(self, signed_in: Terminal) -> None:
        made = signed_in.run("key", "create", "cli-text", "--allow", "Jobs_Get", "--folder", "Shared")
        assert made.exit_code == DONE
        [line] = made.stdout.splitlines()
        assert line.startswith("sd_")
        assert "never expires" in made.stderr
        assert "shown this once" in made.stderr

    def _status(self, house: Served, key: str) -> int:
        bearer = {"Authorization": f"Bearer {key}"}
        return httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers=bearer).status_code


class TestMayI:
    def test_yes_and_no_are_exit_codes(self, house: Served, terminal: Terminal) -> None:
        key = {"STAGEDOOR_KEY": house.sample_key, "STAGEDOOR_TENANT": "acme/dev"}
        yes = terminal.run("can-i", "Jobs_StartJobs", "--folder", "Shared", **key)
        assert (yes.exit_code, yes.stdout.split(":")[0]) == (DONE, "yes")
        no = terminal.run("can-i", "Users_Get", **key)
        assert no.exit_code == REFUSED
        assert "ask for: --allow Users_Get" in no.stdout
        as_json = json.loads(terminal.run("can-i", "Users_Get", "--output", "json", **key).stdout)
        assert (as_json["allowed"], as_json["smallest_grant"]) == (False, ["Users_Get"])


class TestAudit:
    def test_the_tail_shows_refusals_with_their_reasons(
        self, house: Served, administrator: Administrator, signed_in: Terminal
    ) -> None:
        key = administrator.make_key("cli-audited", ["Jobs_Get"], folders=["Shared"])
        bearer = {"Authorization": f"Bearer {key}"}
        answer = httpx2.get(f"{house.orchestrator_url}/odata/Users", headers=bearer)
        assert answer.status_code == 403
        words = ["audit", "tail", "-n", "5", "--verdict", "denied", "--caller", "cli-audited"]
        [row] = signed_in.run(*words, "--output", "json").lines
        assert row["request_id"] == answer.headers["x-request-id"]
        assert (row["operation"], row["reason"]) == ("Users_Get", "operation_not_granted")
        assert "This credential may not use Users_Get." in signed_in.run(*words).stdout


class TestFailures:
    def test_a_refusal(self, house: Served, terminal: Terminal) -> None:
        key = {"STAGEDOOR_KEY": house.sample_key, "STAGEDOOR_TENANT": "acme/dev"}
        told = terminal.run("call", "Users_Get", "--output", "json", **key)
        assert (told.exit_code, told.stdout) == (REFUSED, "")
        assert told.error["reason"] == "operation_not_granted"
        assert told.error["smallest_grant"] == ["Users_Get"]
        assert told.error["request_id"]
        text = terminal.run("call", "Users_Get", **key).stderr
        assert "ask for:  --allow Users_Get" in text

    @pytest.mark.parametrize(
        ("words", "exit_code", "code"),
        [
            (["call", "Jobs_Gte"], USAGE, "usage"),
            (["call", "Jobs_Get", "--json", "{"], USAGE, "usage"),
            (["key", "create", "x"], USAGE, "usage"),
            (["whoami"], SIGN_IN, "not_signed_in"),
            (["whoami", "--key", "sd_nonsense"], SIGN_IN, "not_authenticated"),
            (["whoami", "--key", "x", "--base-url", "http://127.0.0.1:9"], UNREACHABLE, "unreachable"),
            (["key", "list", "--data-dir", "nowhere"], FAILED, "no_data_directory"),
        ],
    )
    def test_each_kind_has_its_exit_code_and_its_json(
        self, terminal: Terminal, words: list[str], exit_code: int, code: str
    ) -> None:
        told = terminal.run(*words, "--output", "json")
        assert (told.exit_code, told.error["exit_code"], told.error["code"]) == (exit_code, exit_code, code)
        assert told.error["message"]
        assert told.stdout == ""

    def test_a_key_makes_no_key(self, house: Served, terminal: Terminal) -> None:
        words = ["key", "create", "x", "--tenant", "acme/dev", "--allow", "all", "--output", "json"]
        assert terminal.run(*words, STAGEDOOR_KEY=house.sample_key).error["code"] == "method_not_allowed_here"


class TestOnTheServersOwnMachine:
    """With ``--data-dir`` nobody signs in: the permissions of the files are the authorization."""

    def test_keys_and_audit_without_signing_in(self, house: Served, terminal: Terminal) -> None:
        def at_the_files(*words: str) -> Ran:
            return terminal.run(*words, "--data-dir", str(house.data_dir), "--output", "json")

        made = at_the_files("key", "create", "cli-local", "--allow", "Jobs_Get", "tag:Assets", "--folder", "Shared")
        facts = made.json
        assert facts["key"].startswith(f"sd_{facts['id']}_")
        rows = at_the_files("audit", "tail", "-n", "50").lines
        [row] = [row for row in rows if row["event"] == "admin:access_key:created" and facts["id"] in row["sentence"]]
        assert row["caller"]["kind"] == "local_administrator"


class TestWithoutAServer:
    def test_the_catalogue_is_searched_offline(self, terminal: Terminal) -> None:
        found = terminal.run("operations", "start", "a", "job", "--output", "json").json
        assert found[0]["id"] == "Jobs_StartJobs"
        assert terminal.run("--version").stdout.startswith("stagedoor ")
        assert "Exit codes" in terminal.run("--help").stdout
