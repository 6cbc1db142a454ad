"""What clients get wrong and attackers try: each gets a clear error in the dialect of its path, and loses nothing."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from tests.factories import eras
from tests.factories.administrator import Administrator
from tests.factories.served import Served
from tests.factories.signing_in import tokens_for

from stagedoor.identity.api_users.key_form import draw_key
from stagedoor.kit.chance import SystemChance

START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
ADD_QUEUE_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
TEN_MEGABYTES = 10_000_000
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def key(administrator: Administrator) -> str:
    """A key that may do everything in the folder ``bad-input``, where there is a queue ``Orders``."""
    administrator.make_folder("bad-input")
    administrator.create("QueueDefinitions", {"Name": "BadInputOrders"}, folder="bad-input")
    return administrator.make_key("bad-input", ["all"], folders=["bad-input"])


@pytest.fixture
def caller(house: Served, key: str) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=house.orchestrator_url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def limited(administrator: Administrator) -> str:
    """A key for one operation in one folder: what path tricks are tried against."""
    return administrator.make_key("bad-input-limited", ["Jobs_Get"], folders=["Shared"])


def expect_vendor_error(answer: httpx2.Response, status: int, error_code: int, *words: str) -> dict[str, Any]:
    """Hold an answer to the vendor's shape and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    said: dict[str, Any] = answer.json()
    assert said["errorCode"] == error_code, said
    assert said["traceId"].startswith("00-")
    assert said["resourceIds"] is None
    for word in words:
        assert word in said["message"] + (said["stagedoor"].get("hint") or ""), said
    assert said["stagedoor"]["requestId"] == answer.headers["x-request-id"]
    return said


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "word"),
        [
            (b'{"itemData": {"Name": ', "not valid JSON: line 1"),
            (b'{"itemData": {"Name": "BadInputOrders"}} trailing', "not valid JSON"),
            (b'{"itemData": {"Name": "\xff"}}', "not written in UTF-8"),
            (b'{"itemData": {"Name": "BadInputOrders", "Priority": NaN}}', "not valid JSON"),
            (b"[" * 100_000, "not valid JSON"),
            (b'{"a":' * 500 + b"1" + b"}" * 500, "64 levels"),
            (b"[]", "must be a JSON object, not a list"),
            (b"null", "must be a JSON object"),
            (b"", "must be a JSON object, not nothing"),
        ],
    )
    def test_malformed_json_is_told_where_it_breaks(self, caller: httpx2.Client, body: bytes, word: str) -> None:
        expect_vendor_error(caller.post(ADD_QUEUE_ITEM, content=body, headers=JSON), 400, 1000, word)

    @pytest.mark.parametrize(
        ("item", "word"),
        [
            ({"Name": 7}, "Name"),
            ({"Name": "BadInputOrders", "Priority": "Urgentest"}, "Priority"),
            ({"Name": "BadInputOrders", "DueDate": "next tuesday"}, "DueDate"),
            ({"Name": "BadInputOrders", "SpecificContent": "no object"}, "SpecificContent"),
            ({"Name": "BadInputOrders", "Reference": "r" * 1000}, "Reference"),
            ("no object", "itemData"),
        ],
    )
    def test_wrong_types_are_told_by_field(self, caller: httpx2.Client, item: Any, word: str) -> None:
        expect_vendor_error(caller.post(ADD_QUEUE_ITEM, json={"itemData": item}), 400, 1000, word)

    def test_a_form_where_json_is_wanted(self, caller: httpx2.Client) -> None:
        answer = caller.post(ADD_QUEUE_ITEM, data={"itemData": "x"})
        expect_vendor_error(answer, 400, 1000, "must be JSON, not application/x-www-form-urlencoded")

    def test_one_bad_item_among_many_leaves_nothing_behind(self, caller: httpx2.Client) -> None:
        item: dict[str, Any] = {"Name": "BadInputOrders", "SpecificContent": {"N": 1}}
        items = [item | {"Reference": "half-done-1"}, item | {"Reference": "half-done-2", "DueDate": "never"}]
        body = {"queueName": "BadInputOrders", "commitType": "AllOrNothing", "queueItems": items}
        answer = caller.post("/odata/Queues/UiPathODataSvc.BulkAddQueueItems", json=body)
        assert answer.status_code == 400, answer.text
        query = {"$filter": "startswith(Reference, 'half-done-')"}
        assert caller.get("/odata/QueueItems", params=query).json()["value"] == []

    @pytest.mark.parametrize("declared", [True, False])
    def test_too_large(self, caller: httpx2.Client, declared: bool) -> None:
        megabyte = b" " * 1024 * 1024
        content = megabyte * 17 if declared else (megabyte for _ in range(17))
        expect_vendor_error(caller.post(START_JOBS, content=content, headers=JSON), 413, 1000, "too large")
        assert caller.get("/odata/Jobs").status_code == 200


class TestQueries:
    @pytest.mark.parametrize(
        ("option", "value", "words"),
        [
            ("$filter", "(" * 400 + "Id eq 1" + ")" * 400, ["$filter", "nested more than"]),
            ("$filter", "not " * 400 + "(Id eq 1)", ["$filter", "nested more than"]),
            ("$filter", "(" * 400, ["$filter"]),
            ("$filter", " or ".join(["Id eq 1"] * 400), ["$filter", "100"]),
            ("$filter", "Id eq 'one'", ["$filter", "Id"]),
            ("$filter", "Id eq 1'; DROP TABLE jobs; --", ["$filter"]),
            ("$filter", "State eq 'Dancing'", ["$filter", "Dancing"]),
            ("$orderby", "Nonsense", ["$orderby", "Nonsense"]),
            ("$orderby", "Id sideways", ["$orderby"]),
            ("$select", "Nonsense", ["$select", "Nonsense"]),
            ("$expand", "Nonsense", ["$expand", "Nonsense"]),
            ("$top", "-1", ["$top"]),
            ("$top", "many", ["$top"]),
            ("$top", "5000", ["$top", "1000"]),
            ("$skip", "9" * 30, ["$skip"]),
            ("$count", "perhaps", ["$count"]),
            ("$apply", "aggregate(Id)", ["$apply"]),
        ],
    )
    def test_an_option_that_cannot_be_read_is_named(
        self, caller: httpx2.Client, option: str, value: str, words: list[str]
    ) -> None:
        expect_vendor_error(caller.get("/odata/Jobs", params={option: value}), 400, 1000, *words)

    def test_options_given_twice_in_whatever_spelling(self, caller: httpx2.Client) -> None:
        for query in ("$top=1&$top=2", "$top=1&%24TOP=2", "$top=1&top=2"):
            expect_vendor_error(caller.get(f"/odata/Jobs?{query}"), 400, 1000, "more than once")

    @pytest.mark.parametrize("length", [20_000, 40_000])
    def test_a_long_filter(self, caller: httpx2.Client, length: int) -> None:
        answer = caller.get("/odata/Jobs", params={"$filter": f"Key eq '{'a' * length}'"})
        expect_vendor_error(answer, 414, 1000)

    def test_broken_escapes_and_control_characters(self, caller: httpx2.Client) -> None:
        for query in ("$filter=%zz", "$filter=%", "$filter=%00", "$filter=%ff", "a%00b=1"):
            expect_vendor_error(caller.get(f"/odata/Jobs?{query}"), 400, 1000)


class TestFolders:
    def test_a_missing_folder_header_lists_the_folders_that_may_be_used(
        self, house: Served, administrator: Administrator
    ) -> None:
        administrator.make_folder("bad-input-other")
        two = administrator.make_key("bad-input-two", ["Jobs_Get"], folders=["Shared", "bad-input-other"])
        answer = httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers={"Authorization": f"Bearer {two}"})
        said = expect_vendor_error(answer, 400, 1101, "X-UIPATH-FolderPath")
        assert {folder["FullyQualifiedName"] for folder in said["folders"]} == {"Shared", "bad-input-other"}
        assert all(folder["Id"] and folder["Key"] for folder in said["folders"])

    @pytest.mark.parametrize(
        "header",
        [
            {"X-UIPATH-OrganizationUnitId": "999999"},
            {"X-UIPATH-FolderKey": "00000000-0000-4000-8000-000000000000"},
            {"X-UIPATH-FolderPath": "Nowhere"},
            {"X-UIPATH-FolderPath": "Shared"},
        ],
    )
    def test_an_unknown_folder_and_one_of_others_look_alike(
        self, caller: httpx2.Client, header: dict[str, str]
    ) -> None:
        said = expect_vendor_error(caller.get("/odata/Jobs", headers=header), 404, 1100, "no access")
        assert [folder["FullyQualifiedName"] for folder in said["folders"]] == ["bad-input"]

    @pytest.mark.parametrize(
        "header",
        [
            {"X-UIPATH-OrganizationUnitId": "Shared"},
            {"X-UIPATH-OrganizationUnitId": "9" * 100},
            {"X-UIPATH-OrganizationUnitId": "-1"},
            {"X-UIPATH-FolderPath": "../Shared"},
            {"X-UIPATH-FolderPath-Encoded": "%%%"},
            {"X-UIPATH-FolderPath-Encoded": "YQ=="},
        ],
    )
    def test_a_folder_header_that_cannot_be_read(self, caller: httpx2.Client, header: dict[str, str]) -> None:
        answer = caller.get("/odata/Jobs", headers=header)
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["stagedoor"]["code"] in ("folder_header_malformed", "folder_unknown")


class TestOtherPeoplesThings:
    def test_another_folders_items_are_not_there_by_id(self, house: Served, caller: httpx2.Client) -> None:
        sample = {"Authorization": f"Bearer {house.sample_key}"}
        start = {"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}}
        job = httpx2.post(f"{house.orchestrator_url}{START_JOBS}", headers=sample, json=start).json()["value"][0]
        theirs = caller.get(f"/odata/Jobs({job['Id']})")
        nobodys = caller.get("/odata/Jobs(999999)")
        by_key = caller.get(f"/odata/Jobs/UiPath.Server.Configuration.OData.GetByKey(identifier={job['Key']})")
        for answer in (theirs, nobodys, by_key):
            expect_vendor_error(answer, 404, 1002)
        stop = "/odata/Jobs/UiPath.Server.Configuration.OData.StopJobs"
        stopped = caller.post(stop, json={"jobIds": [job["Id"]], "strategy": "Kill"})
        assert stopped.status_code in (400, 404), stopped.text

    def test_another_tenants_or_organizations_address_is_not_there(self, house: Served, key: str) -> None:
        bearer = {"Authorization": f"Bearer {key}"}
        for address, code in (("acme/prod", "tenant_unknown"), ("globex/dev", "organization_unknown")):
            answer = httpx2.get(f"{house.base_url}/{address}/orchestrator_/odata/Jobs", headers=bearer)
            said = expect_vendor_error(answer, 404, 0)
            assert said["stagedoor"]["code"] == code
        by_header = bearer | {"X-UIPATH-TenantName": "prod"}
        expect_vendor_error(httpx2.get(f"{house.base_url}/odata/Jobs", headers=by_header), 404, 0)

    def test_another_organization_that_exists_looks_like_none(self, house_of_eras: Served) -> None:
        two = house_of_eras
        bearer = {"Authorization": f"Bearer {two.sample_key}"}
        said = []
        for organization in (eras.NEW_ORGANIZATION, "nobody"):
            address = f"{two.base_url}/{organization}/{eras.TENANT}/orchestrator_/odata/Folders"
            answer = expect_vendor_error(httpx2.get(address, headers=bearer), 404, 0)
            said.append((answer["message"], answer["stagedoor"]["hint"]))
        assert said[0] == said[1]
        # Someone of that other organization, with everything there, has nothing here.
        token = tokens_for(two.base_url, eras.NEW_USER, eras.NEW_PASSWORD, organization=eras.NEW_ORGANIZATION)
        stranger = {"Authorization": f"Bearer {token['access_token']}"}
        assert httpx2.get(f"{two.orchestrator_url}/odata/Folders", headers=stranger).status_code == 404


class TestDialects:
    """The same kinds of mistakes on other surfaces, each in its own words."""

    def test_management_answers_with_problem_documents(self, administrator: Administrator) -> None:
        client = administrator.management
        for answer, status in (
            (client.post("/keys", content=b"{", headers=JSON), 422),
            (client.post("/keys", json={"name": 7}), 422),
            (client.post("/keys", json={"name": "x", "tenant": "acme/dev", "allow": ["Nonsense"]}), 400),
            (client.post("/keys", content=b"a" * 100_000, headers=JSON), 413),
            (client.get("/keys/nobody"), 404),
            (client.get("/nothing"), 404),
            (client.put("/keys", json={}), 405),
        ):
            assert answer.status_code == status, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["status"] == status
            assert problem["code"]
            assert problem["detail"]
            assert problem["request_id"] == answer.headers["x-request-id"]

    def test_oauth_endpoints_answer_with_an_error_and_a_description(self, house: Served) -> None:
        token = f"{house.base_url}/identity_/connect/token"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for answer, status, error in (
            (httpx2.get(token), 405, "invalid_request"),
            (httpx2.post(token, json={"grant_type": "client_credentials"}), 400, "invalid_request"),
            (httpx2.post(token, content=b"grant_type=%ff%00", headers=form), 400, "invalid_request"),
            (httpx2.post(token, content=b"a" * 100_000, headers=form), 413, "invalid_request"),
            (httpx2.post(token, content=b"scope=" + b"a" * TEN_MEGABYTES, headers=form), 413, "invalid_request"),
            (httpx2.post(token, content=b"grant_type=a&grant_type=b", headers=form), 400, "invalid_request"),
            (httpx2.post(token, data={"grant_type": "magic"}), 400, "unsupported_grant_type"),
            (httpx2.post(f"{house.base_url}/oauth/token", content=b"{", headers=JSON), 400, "invalid_request"),
        ):
            assert answer.status_code == status, answer.text
            said = answer.json()
            assert said["error"] == error, said
            assert said["error_description"]

    def test_pages_answer_with_a_page(self, house: Served) -> None:
        for path in ("/identity_/connect/authorize?client_id=nobody", "/console/nothing", "/mobile"):
            answer = httpx2.get(f"{house.base_url}{path}", follow_redirects=False)
            assert answer.status_code in (400, 404), path
            assert answer.headers["content-type"].startswith("text/html")
            assert "<script>" not in answer.text

    def test_the_old_login_answers_with_the_vendors_error(self, house: Served) -> None:
        for body in (b"{", b"[1]", b'{"password": 7}', b"a" * 100_000, b'{"usernameOrEmailAddress": "a"}'):
            answer = httpx2.post(f"{house.base_url}/api/account/authenticate", content=body, headers=JSON)
            expect_vendor_error(answer, 413 if len(body) > 64 * 1024 else 400, 1000)


class TestPathTricks:
    """Against a key that may list the jobs of one folder: no spelling of another path gets it further."""

    @pytest.mark.parametrize(
        "path",
        [
            "/odata/Jobs/../Users",
            "/odata/Jobs/%2e%2e/Users",
            "/odata/Jobs/%2E%2E%2fUsers",
            "/odata/Jobs%2f..%2fUsers",
            "/odata/Jobs/..;/Users",
            "/odata/Jobs;x=1",
            "/odata/Jobs;/../Users",
            "/odata/./Users",
            "/odata/%2e/Users",
            "/odata/Jobs/%252e%252e/Users",
            "/odata/Users%00",
            "/odata/Users%0d%0aX: y",
            "/odata/Users%5c..%5cJobs",
            "/odata\\Users",
            "/odata/Users%3f/odata/Jobs",
            "/odata/Users%23",
            "/odata//Users",
            "//odata/Users",
            "/ODATA/USERS",
            "/odata/Users()",
            "/odata/Users/",
            "/odata/%55sers",
            "/odata/Jobs/Users",
            "/odata/Jobs(1)/Users",
            "/odata/$batch",
            "/odata/%24batch",
            "/odata/$batch/Jobs",
            "/odata/$crossjoin(Jobs,Users)",
            "/odata/$all",
            "/odata/$entity?$id=Users(1)",
            "/orchestrator_/odata/Users",
            "/odata/Jobs@/Users",
            "/odata/Users/$count",
            "/odata/Jobs/$query",
        ],
    )
    def test_no_spelling_leads_further(self, house: Served, limited: str, path: str) -> None:
        bearer = {"Authorization": f"Bearer {limited}"}
        for method in ("GET", "POST"):
            url = httpx2.URL(house.orchestrator_url).copy_with(
                raw_path=f"/{house.organization}/{house.tenant}/orchestrator_{path}".encode()
            )
            answer = httpx2.request(method, url, headers=bearer)
            assert answer.status_code in (400, 403, 404, 405), (method, answer.status_code, answer.text[:200])
            assert answer.json()["message"]

    def test_no_other_prefix_leads_further(self, house: Served, limited: str) -> None:
        bearer = {"Authorization": f"Bearer {limited}", "X-UIPATH-TenantName": "dev"}
        for prefix in ("", "/acme/dev", "/orchestrator_", "/ACME/DEV/ORCHESTRATOR_", "/acme//dev//orchestrator_/"):
            assert httpx2.get(f"{house.base_url}{prefix}/odata/Jobs", headers=bearer).status_code == 200, prefix
            assert httpx2.get(f"{house.base_url}{prefix}/odata/Users", headers=bearer).status_code == 403, prefix

    @pytest.mark.parametrize(
        "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"]
    )
    def test_headers_that_override_method_or_address_are_refused(
        self, house: Served, limited: str, header: str
    ) -> None:
        value = "DELETE" if "Method" in header else "/acme/dev/orchestrator_/odata/Users"
        headers = {"Authorization": f"Bearer {limited}", header: value}
        expect_vendor_error(httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers=headers), 400, 1000)

    def test_a_method_in_the_query_or_the_body_overrides_nothing(self, house: Served, limited: str) -> None:
        bearer = {"Authorization": f"Bearer {limited}"}
        address = f"{house.orchestrator_url}/odata/Jobs"
        for query in ("_method=POST", "method=DELETE", "$method=POST"):
            answer = httpx2.get(f"{address}?{query}", headers=bearer)
            assert answer.status_code in (200, 400)
        assert httpx2.post(address, headers=bearer, data={"_method": "GET"}).status_code == 405


class TestForgedHeaders:
    def test_forwarding_headers_of_strangers_change_nothing(
        self, house: Served, administrator: Administrator, limited: str
    ) -> None:
        forged = {
            "X-Forwarded-For": "10.9.8.7",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Prefix": "/evil",
            "Forwarded": "for=10.9.8.7;host=evil.example;proto=https",
            "X-Real-IP": "10.9.8.7",
            "Host": "evil.example",
        }
        answer = httpx2.get(
            f"{house.orchestrator_url}/odata/Jobs", headers={"Authorization": f"Bearer {limited}", **forged}
        )
        assert answer.status_code == 200
        assert answer.json()["@odata.context"].startswith(house.orchestrator_url)
        assert "evil" not in answer.text
        rows = administrator.management.get("/audit", params={"caller": "bad-input-limited"}).json()["items"]
        [row] = [row for row in rows if row["request_id"] == answer.headers["x-request-id"]]
        assert row["client_address"] == "127.0.0.1"
        document = httpx2.get(f"{house.base_url}/identity_/.well-known/openid-configuration", headers=forged)
        assert document.json()["issuer"].startswith(house.base_url)
        assert "evil" not in document.text

    def test_headers_that_only_services_say_to_each_other_give_nothing(self, house: Served) -> None:
        forged = {
            "X-UiPath-Internal-TenantId": "dev",
            "X-UiPath-Internal-AccountId": "acme",
            "X-Stagedoor-Caller": "admin",
            "X-Stagedoor-Local-Authority": "yes",
            "X-Stagedoor-Verdict": "allowed",
        }
        answer = httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers=forged)
        expect_vendor_error(answer, 401, 0, "not authenticated")
        assert httpx2.get(f"{house.base_url}/api/stagedoor/v1/whoami", headers=forged).status_code == 401


class TestKeysThatOpenNothing:
    def test_strangers_learn_nothing_and_the_log_tells_them_apart(
        self, house: Served, administrator: Administrator
    ) -> None:
        made = administrator.make("/keys", {"name": "bad-input-apart", "tenant": "acme/dev", "allow": ["Jobs_Get"]})
        key = made["key"]
        presented = {
            "malformed": "sd_",
            "failed_checksum": key[:-1] + ("B" if key[-1] == "A" else "A"),
            "wrong_secret": draw_key(SystemChance(), made["id"]).key.reveal(),
            "unknown_id": draw_key(SystemChance()).key.reveal(),
        }
        said = {}
        for refusal, credential in presented.items():
            answer = httpx2.get(
                f"{house.orchestrator_url}/odata/Jobs", headers={"Authorization": f"Bearer {credential}"}
            )
            body = expect_vendor_error(answer, 401, 0, "You are not authenticated!")
            request_id = body["stagedoor"].pop("requestId")
            body.pop("traceId")
            said[refusal] = (body, answer.headers["www-authenticate"])
            lines = [line for line in house.log().splitlines() if request_id in line and "access_key_refused" in line]
            assert len(lines) == 1, lines
            assert f'"refusal":"{refusal}"' in lines[0]
            assert credential not in lines[0]
        assert len({str(words) for words in said.values()}) == 1

    def test_its_holder_is_told_that_it_was_revoked(self, house: Served, administrator: Administrator) -> None:
        made = administrator.make("/keys", {"name": "bad-input-gone", "tenant": "acme/dev", "allow": ["Jobs_Get"]})
        administrator.management.delete(f"/keys/{made['id']}")
        bearer = {"Authorization": f"Bearer {made['key']}"}
        answer = httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers=bearer)
        said = expect_vendor_error(answer, 401, 0, "revoked")
        assert said["stagedoor"]["code"] == "access_key_revoked"
        assert '"refusal":"revoked"' in house.log()

    def test_two_different_credentials_are_one_too_many(self, house: Served, key: str, limited: str) -> None:
        headers = {"Authorization": f"Bearer {key}", "X-API-Key": limited}
        answer = httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers=headers)
        expect_vendor_error(answer, 400, 1000, "more than one credential")
