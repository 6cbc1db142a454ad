"""The steps of one thought each: probes answered before sign-in, the catalogue, old tokens counted, bodies bounded."""

import pytest
from tests.factories.house import SmallHouse

PROBE = "/acme/dev/orchestrator_/api/Status/Version"


class TestAnswerPublicly:
    @pytest.mark.parametrize("path", [PROBE, "/api/status/version", "/orchestrator_/api/Status/Get"])
    def test_a_version_probe_needs_no_credential(self, small: SmallHouse, path: str) -> None:
        answer = small.ask("GET", path)
        assert answer.status == 200
        assert answer.headers["api-supported-versions"]

    def test_head_has_the_length_and_no_body(self, small: SmallHouse) -> None:
        answer = small.ask("HEAD", PROBE)
        assert (answer.status, answer.body) == (200, b"")
        assert int(answer.headers["content-length"]) > 0

    def test_a_credential_that_is_sent_is_looked_at(self, small: SmallHouse) -> None:
        assert small.ask("GET", PROBE, key="sd_unknown").status == 401
        assert small.ask("GET", PROBE, [("x-api-key", "sd_unknown")]).status == 401

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/odata/Jobs"), ("POST", PROBE), ("GET", "/api/Nothing"), ("GET", "/odata/$batch")]
    )
    def test_nothing_else_is_public(self, small: SmallHouse, method: str, path: str) -> None:
        answer = small.ask(method, path)
        assert (answer.status, answer.json()["stagedoor"]["code"]) == (401, "not_authenticated")


class TestMatchOperation:
    def test_what_is_no_operation_is_named(self, small: SmallHouse) -> None:
        answer = small.ask("GET", "/acme/dev/odata/Nothing", key=small.sample_key)
        assert (answer.status, answer.json()["stagedoor"]["code"]) == (404, "operation_unknown")
        assert "/odata/Nothing" in answer.json()["message"]

    def test_a_path_with_other_methods_names_them(self, small: SmallHouse) -> None:
        answer = small.ask("PATCH", "/acme/dev/odata/Jobs", key=small.sample_key)
        assert (answer.status, answer.json()["stagedoor"]["code"]) == (405, "method_unknown")
        assert answer.headers["allow"] == "GET"

    def test_head_is_judged_as_the_get_that_it_asks_about(self, small: SmallHouse) -> None:
        answer = small.ask("HEAD", "/acme/dev/odata/QueueDefinitions", key=small.sample_key)
        assert (answer.status, answer.body) == (200, b"")
        assert small.ask("HEAD", "/acme/dev/odata/Users", key=small.sample_key).status == 403


class TestCanonicalPath:
    @pytest.mark.parametrize("path", ["/acme/dev/odata/../Jobs", "/odata/%2e%2e/Jobs", "/odata/a%2fb", "/odata/Jobs;x"])
    def test_a_path_that_two_servers_could_read_in_two_ways_is_refused(self, small: SmallHouse, path: str) -> None:
        answer = small.ask("GET", path, key=small.sample_key)
        assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "path_refused")

    def test_a_query_is_held_to_its_form_on_the_way_to_an_orchestrator_alone(self, small: SmallHouse) -> None:
        twice = "?$top=1&%24TOP=2"
        answer = small.ask("GET", f"/acme/dev/odata/QueueDefinitions{twice}", key=small.sample_key)
        assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "query_refused")
        assert small.ask("GET", f"/healthz{twice}").status == 200


class TestNoteLegacyUse:
    def test_a_call_with_a_token_of_the_old_login_is_counted_and_told_that_it_ends(self, small: SmallHouse) -> None:
        password = small.house.first_start.legacy_password
        assert password is not None
        typed = {"tenancyName": "dev", "usernameOrEmailAddress": "legacy.script", "password": password.reveal()}
        token = small.request("POST", "/acme/dev/api/account/authenticate", json=typed).json()["result"]
        headers = [("user-agent", "old-script/1.0"), ("x-uipath-folderpath", "Shared")]
        answer = small.ask("GET", "/acme/dev/odata/Jobs", headers, key=token)
        assert answer.status == 200
        assert answer.headers["deprecation"]
        assert answer.headers["sunset"]
        uses = small.manage("GET", "/legacy-window", small.admin_token).json()["uses"]
        assert {(use["client"], use["operation"]) for use in uses} >= {("old-script", "Jobs_Get")}

    def test_other_callers_hear_nothing_of_it(self, small: SmallHouse) -> None:
        answer = small.ask("GET", "/acme/dev/odata/QueueDefinitions", key=small.sample_key)
        assert "deprecation" not in answer.headers


class TestBoundBody:
    @pytest.mark.parametrize("path", ["/identity_/connect/token", "/api/stagedoor/v1/keys", "/console/keys"])
    def test_a_body_is_bounded_by_its_word_and_by_its_bytes(self, small: SmallHouse, path: str) -> None:
        bytes_max = small.house.settings.limits.form_body_bytes_max
        key = None if path.startswith(("/identity_", "/console")) else small.admin_token
        form = ("content-type", "application/x-www-form-urlencoded")
        declared = small.ask("POST", path, [form, ("content-length", str(bytes_max + 1))], b"a=1", key=key)
        assert declared.status == 413

    def test_bytes_beyond_it_are_not_taken_either(self, small: SmallHouse) -> None:
        body = b"a=" + b"x" * small.house.settings.limits.form_body_bytes_max
        form = ("content-type", "application/x-www-form-urlencoded")
        answer = small.ask("POST", "/identity_/connect/token", [form], body)
        assert answer.status == 413
        assert answer.json()["error"] == "invalid_request"


class TestHandOver:
    def test_an_application_sees_the_canonical_path_and_what_the_door_found(
        self, small: SmallHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: dict[str, object] = {}

        async def application(scope: dict[str, object], _: object, send: object) -> None:
            seen.update(scope)
            await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]
            await send({"type": "http.response.body"})  # type: ignore[operator]

        monkeypatch.setattr(small.house, "identity", application)
        assert small.ask("GET", "/Acme/Identity_//connect/Userinfo").status == 204
        assert (seen["path"], seen["raw_path"]) == ("/identity_/connect/userinfo", b"/identity_/connect/userinfo")
        assert (seen["stagedoor.organization"], seen["stagedoor.prefix"]) == ("Acme", "/Acme/identity_")
        assert (seen["stagedoor.client_address"], seen["stagedoor.caller"]) == ("192.0.2.7", None)
        assert seen["stagedoor.request_id"] == small.rows()[-1].request_id

    def test_an_error_that_the_application_drew_itself_is_in_the_row(self, small: SmallHouse) -> None:
        answer = small.ask("GET", "/api/stagedoor/v1/keys/nothing", key=small.admin_token)
        assert answer.status == 404
        assert small.rows()[-1].reason == answer.json()["code"]
