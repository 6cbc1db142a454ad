"""The story that Stagedoor exists for, chapter by chapter, over HTTP: from a script's password to a key of its own."""

import base64
import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from tests.factories import eras
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.patience import eventually
from tests.factories.served import Served
from tests.factories.signing_in import VERIFIER, fields_of, tokens_for
from tests.factories.terminal import Terminal

from stagedoor.client import SignedIn, Stagedoor, Tokens
from stagedoor.identity.oauth_clients.first_party import GUIDE_2019, STAGEDOOR_CLI
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.secret import Secret

LOGIN = "/api/account/authenticate"
START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
EXAMPLES = Path(__file__).parents[2] / "examples"


def log_in(base: str, user: str, password: str, *, tenancy: str = "dev", **options: Any) -> httpx2.Response:
    """Send what an old script sends first."""
    body = {"tenancyName": tenancy, "usernameOrEmailAddress": user, "password": password}
    return httpx2.post(f"{base}{LOGIN}", json=body, **options)


def old_script(base: str, user: str, password: str) -> list[str]:
    """Do what a script of 2018 does: log in, find the process, start a job, look at it. Return the states it saw."""
    answer = log_in(base, user, password)
    assert answer.status_code == 200, answer.text
    login = answer.json()
    assert login["success"] is True
    assert login["error"] is None
    headers = {"Authorization": f"bearer {login['result']}", "Content-Type": "application/json"}
    with httpx2.Client(base_url=base, headers=headers) as client:
        folder = client.get("/odata/Folders", params={"$filter": "DisplayName eq 'Shared'"}).json()["value"][0]
        client.headers["X-UIPATH-OrganizationUnitId"] = str(folder["Id"])
        releases = client.get("/odata/Releases", params={"$filter": "Name eq 'InvoiceBot'"}).json()["value"]
        start = {"startInfo": {"ReleaseKey": releases[0]["Key"], "Strategy": "ModernJobsCount", "JobsCount": 1}}
        started = client.post(START_JOBS, json=start)
        assert started.status_code == 201, started.text
        job = started.json()["value"][0]
        return [job["State"], client.get(f"/odata/Jobs({job['Id']})").json()["State"]]


class TestTheOldWay:
    @pytest.mark.parametrize("address", ["", "/acme/dev", "/acme/dev/orchestrator_"])
    def test_a_migrated_users_script_goes_on_working(self, house: Served, address: str) -> None:
        user, password = eras.seeded_legacy_user(house.data_dir)
        states = old_script(house.base_url + address, user, password)
        assert states[0] == "Pending"
        assert states[1] in ("Pending", "Running", "Successful")

    def test_it_goes_on_working_after_the_person_reset_the_sign_in_password(
        self, house: Served, administrator: Administrator
    ) -> None:
        user, password = eras.seeded_legacy_user(house.data_dir)
        [person] = [
            found for found in administrator.management.get("/users").json()["items"] if found["username"] == user
        ]
        reset = administrator.management.post(f"/users/{person['id']}/password", json={"password": None})
        assert reset.status_code == 200, reset.text
        sign_in_password = reset.json()["password"]
        assert old_script(house.base_url, user, password)
        # The two are secrets of their own: the new one signs the person in, and logs no script in.
        assert tokens_for(house.base_url, user, sign_in_password)["access_token"]
        refused = log_in(house.base_url, user, sign_in_password)
        assert (refused.status_code, refused.json()["errorCode"]) == (400, 1000)

    def test_answers_say_that_it_is_going_away_and_each_use_is_counted(
        self, house: Served, administrator: Administrator
    ) -> None:
        user, password = eras.seeded_legacy_user(house.data_dir)
        client = {"User-Agent": "story-of-a-counted-script/1.0"}
        login = log_in(house.tenant_url, user, password, headers=client)
        token = {"Authorization": f"Bearer {login.json()['result']}", "X-UIPATH-FolderPath": "Shared"}
        for _ in range(2):
            call = httpx2.get(f"{house.tenant_url}/odata/Jobs", headers=client | token)
            assert call.status_code == 200
        window = administrator.management.get("/legacy-window").json()
        until = datetime.fromisoformat(window["until"]).replace(microsecond=0)
        for answer in (login, call, log_in(house.tenant_url, user, "wrong", headers=client)):
            assert answer.headers["Deprecation"].startswith("@")
            assert parsedate_to_datetime(answer.headers["Sunset"]) == until
            assert 'rel="deprecation"' in answer.headers["Link"]

        def counted() -> dict[tuple[str, str], int]:
            return {
                (use["user"], use["operation"]): use["count"]
                for use in administrator.management.get("/legacy-window").json()["uses"]
                if use["client"].startswith("story-of-a-counted-script")
            }

        # A worker writes down what it counted every few seconds, and only then do the others know.
        eventually(counted, lambda seen: seen == {(user, "login"): 1, (user, "Jobs_Get"): 2})

    def test_a_user_made_after_the_migration_is_refused_and_told_what_to_do(
        self, house: Served, administrator: Administrator
    ) -> None:
        roles = [{"tenant": "acme/dev", "role": "Automation User"}]
        password = administrator.make_user("story.latecomer", roles=roles)
        answer = log_in(house.base_url, "story.latecomer", password)
        assert answer.status_code == 400
        said = answer.json()
        assert said["errorCode"] == 1000
        assert "made after the organization's migration" in said["message"]
        assert said["reason"] == "user_came_later"
        assert "access key" in said["stagedoor"]["hint"]
        # Whoever does not know the password learns nothing of the user.
        stranger = log_in(house.base_url, "story.latecomer", "a guess").json()
        nobody = log_in(house.base_url, "story.nobody", "a guess").json()
        assert stranger["message"] == nobody["message"] == "Invalid credentials, failed to login."
        assert stranger["stagedoor"]["hint"] == nobody["stagedoor"]["hint"]

    def test_an_organization_made_after_it_never_had_the_old_way(self, house_of_eras: Served) -> None:
        base = f"{house_of_eras.base_url}/{eras.NEW_ORGANIZATION}/{eras.TENANT}"
        answer = log_in(base, eras.NEW_USER, eras.NEW_PASSWORD, tenancy=eras.TENANT)
        said = answer.json()
        assert (answer.status_code, said["errorCode"], said["reason"]) == (400, 1000, "organization_not_migrated")
        assert eras.NEW_ORGANIZATION in said["message"]
        assert "access key" in said["stagedoor"]["hint"]

    def test_after_the_date_nobody_gets_in_and_the_refusal_names_date_and_new_way(self, house_of_eras: Served) -> None:
        base = f"{house_of_eras.base_url}/{eras.ENDED_ORGANIZATION}/{eras.TENANT}"
        for password in (eras.OLD_API_PASSWORD, "a guess"):
            answer = log_in(base, eras.OLD_USER, password, tenancy=eras.TENANT)
            said = answer.json()
            assert (answer.status_code, said["errorCode"], said["reason"]) == (400, 1000, "window_ended")
            assert "ended on 2019-07-15" in said["message"]
            assert "access key" in said["stagedoor"]["hint"]
            assert parsedate_to_datetime(answer.headers["Sunset"]) == eras.ENDED_AT

    def test_a_token_of_the_old_login_ends_with_the_window(self, house_of_eras: Served) -> None:
        user, password = eras.seeded_legacy_user(house_of_eras.data_dir)
        base = house_of_eras.tenant_url
        with administrator_of(house_of_eras) as administrator:
            token = {"Authorization": f"Bearer {log_in(base, user, password).json()['result']}"}
            assert httpx2.get(f"{base}/odata/Folders", headers=token).status_code == 200
            past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
            closed = administrator.management.put("/legacy-window", json={"open": False, "until": past})
            assert closed.status_code == 200, closed.text
            assert httpx2.get(f"{base}/odata/Folders", headers=token).status_code == 401
            assert log_in(base, user, password).json()["reason"] == "window_ended"
            until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
            assert administrator.management.put("/legacy-window", json={"open": True, "until": until}).is_success
        assert log_in(base, user, password).status_code == 200

    def test_a_login_in_the_query_is_told_the_right_form(self, house: Served) -> None:
        user, password = eras.seeded_legacy_user(house.data_dir)
        query = {"tenancyName": "dev", "usernameOrEmailAddress": user, "password": password}
        for method in ("POST", "GET"):
            answer = httpx2.request(method, f"{house.base_url}{LOGIN}", params=query)
            _expect_the_right_form(answer, "query parameters", password)

    def test_a_login_as_a_form_is_told_the_right_form(self, house: Served) -> None:
        user, password = eras.seeded_legacy_user(house.data_dir)
        form = {"tenancyName": "dev", "usernameOrEmailAddress": user, "password": password}
        _expect_the_right_form(httpx2.post(f"{house.base_url}{LOGIN}", data=form), "as a form", password)


def _expect_the_right_form(answer: httpx2.Response, word: str, password: str) -> None:
    said = answer.json()
    assert (answer.status_code, said["errorCode"]) == (400, 1000)
    assert word in said["message"]
    assert '{"tenancyName": "…", "usernameOrEmailAddress": "…", "password": "…"}' in said["stagedoor"]["hint"]
    assert password not in answer.text


class TestTheGuideOf2019:
    """Step by step as it was written, on one server in place of three hosts."""

    def test_from_the_browser_to_a_call_and_its_refresh(self, house: Served) -> None:
        code = self._authorize(house)
        tokens = self._post_json(
            house,
            grant_type="authorization_code",
            code=code,
            redirect_uri=f"{house.base_url}/mobile",
            code_verifier=VERIFIER,
            client_id=GUIDE_2019,
        )
        assert tokens["expires_in"] == 86400
        assert tokens["refresh_token"]
        account, instance = self._discover(house, tokens["id_token"])
        self._call(house, account, instance, tokens["access_token"])
        renewed = self._post_json(
            house, grant_type="refresh_token", client_id=GUIDE_2019, refresh_token=tokens["refresh_token"]
        )
        assert "refresh_token" not in renewed
        assert renewed["id_token"]
        self._call(house, account, instance, renewed["access_token"])

    def _authorize(self, house: Served) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "nonce": "b0f368cbc59c6b99ccc8e9b66a30b4a6",
            "state": "47441df4d0f0a89da08d43b6dfdc4be2",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "audience": "https://orchestrator.cloud.uipath.com",
            "client_id": GUIDE_2019,
            "redirect_uri": f"{house.base_url}/mobile",
        }
        address = f"{house.base_url}/authorize?{urlencode(query)}&scope=openid+profile+offline_access+email "
        with chromium() as browser:
            page = browser.new_page()
            page.goto(address)
            sign_in_on_the_page(page, house.admin_username, house.admin_password)
            page.wait_for_url("**/mobile?*")
            landed = fields_of(page.url)
            assert landed["state"] == query["state"]
            # What had to be picked out of the address bar stands on the page.
            assert page.get_by_label("Code").input_value() == landed["code"]
        return landed["code"]

    def _post_json(self, house: Served, **body: str) -> dict[str, Any]:
        answer = httpx2.post(f"{house.base_url}/oauth/token", json=body)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def _discover(self, house: Served, id_token: str) -> tuple[str, str]:
        bearer = {"Authorization": f"Bearer {id_token}"}
        found = httpx2.get(f"{house.base_url}/cloudrpa/api/getAccountsForUser", headers=bearer).json()
        account = found["accounts"][0]["accountLogicalName"]
        address = f"{house.base_url}/cloudrpa/api/account/{account}/getAllServiceInstances"
        [instance] = httpx2.get(address, headers=bearer).json()
        assert instance["serviceType"] == "ORCHESTRATOR"
        return account, instance["serviceInstanceLogicalName"]

    def _call(self, house: Served, account: str, instance: str, access_token: str) -> None:
        headers = {"Authorization": f"Bearer {access_token}", "X-UIPATH-TenantName": instance}
        for base in (f"{house.base_url}/{account}/{instance}", house.base_url):
            answer = httpx2.get(f"{base}/odata/Folders", headers=headers)
            assert answer.status_code == 200, answer.text
            assert "Shared" in [folder["DisplayName"] for folder in answer.json()["value"]]


class TestTheNewWay:
    def test_a_person_signs_in_with_a_browser_and_copies_nothing(self, house: Served, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path, house.base_url)
        with terminal.signing_in() as (process, address), chromium() as browser:
            page = browser.new_page()
            page.goto(address)
            assert "code_challenge_method=S256" in address
            sign_in_on_the_page(page, house.admin_username, house.admin_password)
            page.get_by_role("heading", name="Signed in").wait_for()
            assert process.wait(30) == 0
        folders = terminal.run("call", "Folders_Get", "--output", "json").json["value"]
        assert "Shared" in [folder["DisplayName"] for folder in folders]

    def test_a_refresh_in_the_middle_of_a_script_goes_unseen(self, house: Served, administrator: Administrator) -> None:
        administrator.make_folder("story-pages")
        for number in range(5):
            asset = {"Name": f"page-{number}", "ValueType": "Text", "ValueScope": "Global", "StringValue": "x"}
            administrator.create("Assets", asset, folder="story-pages")
        given = tokens_for(house.base_url, house.admin_username, house.admin_password)
        clock = HeldClock(datetime.now(UTC))
        auth = SignedIn(
            f"{house.base_url}/identity_/connect/token",
            client_id=STAGEDOOR_CLI,
            tokens=_tokens(given, clock),
            clock=clock,
        )
        network = _Counting()
        with Stagedoor(house.tenant_url, auth=auth, folder="story-pages", transport=network) as client:
            names = []
            for asset in client.items("Assets_Get", fields={"orderby": "Name"}, page_size=2):
                names.append(asset["Name"])
                # An hour passes between two pages, so that the token ends in the middle of the list.
                clock.advance(timedelta(minutes=30))
        assert names == [f"page-{number}" for number in range(5)]
        assert network.renewals >= 1

    def test_a_token_that_the_server_takes_no_more_is_renewed_once_and_the_write_is_done_once(
        self, house: Served, administrator: Administrator
    ) -> None:
        administrator.make_folder("story-renewal")
        given = tokens_for(house.base_url, house.admin_username, house.admin_password)
        clock = HeldClock(datetime.now(UTC))
        ended = {**given, "access_token": given["access_token"][:-8] + "AAAAAAAA"}
        auth = SignedIn(
            f"{house.base_url}/identity_/connect/token",
            client_id=STAGEDOOR_CLI,
            tokens=_tokens(ended, clock),
            clock=clock,
        )
        network = _Counting()
        with Stagedoor(house.tenant_url, auth=auth, folder="story-renewal", transport=network) as client:
            asset = {"Name": "once", "ValueType": "Text", "ValueScope": "Global", "StringValue": "x"}
            assert client.call("Assets_Post", json=asset)["Name"] == "once"
            assert [found["Name"] for found in client.items("Assets_Get")] == ["once"]
        assert network.renewals == 1
        assert network.refusals == 1

    def test_an_api_user_with_two_endpoints_gets_those_and_is_refused_the_third_by_name(
        self, house: Served, administrator: Administrator
    ) -> None:
        key = administrator.make_key("story-two-endpoints", ["Jobs_StartJobs", "Jobs_GetById"], folders=["Shared"])
        # No sign-in, no discovery, no folder header: the key knows its place.
        with httpx2.Client(base_url=house.orchestrator_url, headers={"Authorization": f"Bearer {key}"}) as client:
            started = client.post(START_JOBS, json={"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}})
            assert started.status_code == 201, started.text
            job = started.json()["value"][0]["Id"]
            assert client.get(f"/odata/Jobs({job})").status_code == 200
            refused = client.get("/odata/Jobs")
        said = refused.json()
        assert (refused.status_code, said["errorCode"]) == (403, 0)
        assert "Jobs_Get" in said["message"]
        assert said["stagedoor"]["reason"] == "operation_not_granted"
        assert said["stagedoor"]["smallestGrant"] == ["Jobs_Get"]

    def test_a_node_script_needs_nothing_but_the_key(self, house: Served) -> None:
        script = EXAMPLES / "node" / "start-a-job.mjs"
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "STAGEDOOR_URL": house.tenant_url}
        done = subprocess.run(
            [str(shutil.which("node")), str(script)],
            env=environment | {"STAGEDOOR_KEY": house.sample_key},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Successful" in done.stdout


class _Counting(httpx2.HTTPTransport):
    """The network, counting renewals and refusals on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.renewals = 0
        self.refusals = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = super().handle_request(request)
        self.renewals += request.url.path.endswith("/connect/token")
        self.refusals += response.status_code == 401
        return response


def _tokens(given: dict[str, Any], clock: HeldClock) -> Tokens:
    return Tokens(
        access_token=Secret(given["access_token"]),
        expires_at=clock.now() + timedelta(seconds=given["expires_in"]),
        refresh_token=Secret(given["refresh_token"]),
    )
