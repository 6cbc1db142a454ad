"""What a call becomes on the wire."""

from datetime import datetime, timedelta, timezone

import pytest
from tests.factories.wire import Wire, ok

from stagedoor.client import AccessKey, AsyncStagedoor, Stagedoor

BASE = "http://stagedoor.test/acme/dev"


def sent_url(operation: str, **fields: object) -> str:
    wire = Wire(ok({}))
    with Stagedoor(BASE, key="sd_k_s", **wire.options()) as stagedoor:
        stagedoor.call(operation, fields=fields)
    return str(wire.sent[0].url).removeprefix("http://stagedoor.test")


class TestAddresses:
    def test_operation_goes_to_its_path_in_the_tenant(self) -> None:
        assert sent_url("Jobs_Get") == "/acme/dev/orchestrator_/odata/Jobs"

    def test_operation_names_are_read_in_any_letter_case(self) -> None:
        assert sent_url("jobs_get") == "/acme/dev/orchestrator_/odata/Jobs"

    def test_number_fills_a_path_argument_bare(self) -> None:
        assert sent_url("Jobs_GetById", key=7) == "/acme/dev/orchestrator_/odata/Jobs(7)"

    def test_text_fills_a_quoted_path_argument_with_its_quotes_doubled(self) -> None:
        url = sent_url("Assets_GetRobotAssetByRobotId", robotId=3, assetName="O'Neil & co/1")
        assert url.endswith("GetRobotAssetByRobotId(robotId=3,assetName='O%27%27Neil%20%26%20co%2F1')")

    @pytest.mark.parametrize("trick", ["7)/../Users(1", "7'", "..", "a b", "7?x=1", "", "7\n"])
    def test_text_that_would_leave_its_place_in_the_path_is_refused(self, trick: str) -> None:
        with pytest.raises(ValueError, match="takes a number, a key or a word as key"):
            sent_url("Jobs_GetById", key=trick)

    def test_missing_path_argument_is_named(self) -> None:
        with pytest.raises(ValueError, match="Jobs_GetById needs the field key"):
            sent_url("Jobs_GetById")

    def test_unknown_operation_lists_near_names(self) -> None:
        with pytest.raises(ValueError, match=r"did you mean .*Jobs_StartJobs"):
            sent_url("Jobs_StartJob")

    def test_left_over_fields_become_odata_options(self) -> None:
        url = sent_url(
            "Jobs_Get", filter="State eq 'Running' and Id gt 5", top=3, count=True, orderby=["Id desc", "Key"]
        )
        assert url.partition("?")[2] == (
            "$filter=State%20eq%20'Running'%20and%20Id%20gt%205&$top=3&$count=true&$orderby=Id%20desc,Key"
        )

    def test_other_query_names_are_sent_as_they_are(self) -> None:
        assert sent_url("FoldersNavigation_GetFoldersForCurrentUser", skip=0, take=5).endswith("?skip=0&take=5")

    def test_times_are_sent_in_utc(self) -> None:
        berlin = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=1)))
        assert sent_url("Jobs_Get", since=berlin).endswith("?since=2026-01-02T02:04:05.678Z")

    def test_an_ampersand_in_a_value_stays_in_the_value(self) -> None:
        assert sent_url("Jobs_Get", filter="Name eq 'a&$top=9#+'").endswith("?$filter=Name%20eq%20'a%26$top%3D9%23%2B'")

    def test_without_a_tenant_the_path_stands_at_the_root(self) -> None:
        wire = Wire(ok({}))
        Stagedoor("http://stagedoor.test", key="k", **wire.options()).get("/odata/Jobs")
        assert wire.sent[0].url.path == "/odata/Jobs"

    def test_management_paths_stand_outside_the_tenant(self) -> None:
        wire = Wire(ok({}))
        Stagedoor(BASE, key="k", **wire.options()).get("/api/stagedoor/v1/whoami")
        assert wire.sent[0].url.path == "/api/stagedoor/v1/whoami"

    @pytest.mark.parametrize("path", ["odata/Jobs", "//evil.test/odata", "http://evil.test/odata", "\\\\evil.test", ""])
    def test_no_path_leads_to_another_host(self, path: str) -> None:
        wire = Wire(ok({}))
        with pytest.raises(ValueError, match="is no path"):
            Stagedoor(BASE, key="k", **wire.options()).get(path)
        assert wire.sent == []


class TestBaseUrl:
    @pytest.mark.parametrize(
        "base_url",
        [
            "http://stagedoor.test/acme/dev",
            "http://stagedoor.test/acme/dev/",
            "http://stagedoor.test/acme/dev/orchestrator_",
        ],
    )
    def test_brings_its_tenant_along(self, base_url: str) -> None:
        wire = Wire(ok({}))
        Stagedoor(base_url, key="k", **wire.options()).call("Jobs_Get")
        assert wire.sent[0].url.path == "/acme/dev/orchestrator_/odata/Jobs"

    def test_an_explicit_tenant_wins(self) -> None:
        wire = Wire(ok({}))
        Stagedoor(BASE, tenant="other org/prod", key="k", **wire.options()).call("Jobs_Get")
        assert wire.sent[0].url.raw_path == b"/other%20org/prod/orchestrator_/odata/Jobs"

    @pytest.mark.parametrize(
        "base_url", ["stagedoor.test", "ftp://x", "http://x/acme", "http://x/?a=b", "http://u:p@x"]
    )
    def test_anything_else_is_refused(self, base_url: str) -> None:
        with pytest.raises(ValueError, match="base URL"):
            Stagedoor(base_url, key="k")

    @pytest.mark.parametrize("tenant", ["dev", "a/b/c", "/dev", "acme/"])
    def test_a_tenant_names_its_organization(self, tenant: str) -> None:
        with pytest.raises(ValueError, match="expected organization/tenant"):
            Stagedoor("http://stagedoor.test", tenant=tenant, key="k")

    @pytest.mark.parametrize("kind", [Stagedoor, AsyncStagedoor])
    def test_key_and_auth_together_are_refused(self, kind: type[Stagedoor] | type[AsyncStagedoor]) -> None:
        with pytest.raises(ValueError, match="either key or auth"):
            kind(BASE, key="k", auth=AccessKey("k"))


class TestFolders:
    @pytest.mark.parametrize(
        ("folder", "name", "value"),
        [
            (5, "x-uipath-organizationunitid", "5"),
            ("AB5DF4C4-9B1C-4B0E-9F0A-0123456789AB", "x-uipath-folderkey", "ab5df4c4-9b1c-4b0e-9f0a-0123456789ab"),
            ("Shared/Finance", "x-uipath-folderpath", "Shared/Finance"),
            ("Büro", "x-uipath-folderpath-encoded", "QgD8AHIAbwA="),
            ("a\r\nX-Evil: 1", "x-uipath-folderpath-encoded", "YQANAAoAWAAtAEUAdgBpAGwAOgAgADEA"),
        ],
    )
    def test_folder_is_named_in_the_header_of_its_kind(self, folder: int | str, name: str, value: str) -> None:
        wire = Wire(ok({}))
        Stagedoor(BASE, key="k", folder=folder, **wire.options()).call("Jobs_Get")
        assert wire.sent[0].headers[name] == value

    def test_a_call_may_name_its_own_folder(self) -> None:
        wire = Wire(ok({}))
        Stagedoor(BASE, key="k", folder="Shared", **wire.options()).call("Jobs_Get", folder="Other")
        assert wire.sent[0].headers["x-uipath-folderpath"] == "Other"

    def test_management_calls_carry_no_folder(self) -> None:
        wire = Wire(ok({}))
        Stagedoor(BASE, key="k", folder="Shared", **wire.options()).whoami()
        assert "x-uipath-folderpath" not in wire.sent[0].headers


def test_preview_shows_the_request_without_the_credential() -> None:
    wire = Wire(ok({}))
    request = Stagedoor(BASE, key="sd_canary", **wire.options()).preview(
        "Jobs_StartJobs", json={"startInfo": {}}, folder="Shared"
    )
    assert request.method == "POST"
    assert request.url.path.endswith("/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs")
    assert "authorization" not in request.headers
    assert wire.sent == []


@pytest.mark.parametrize("kind", [Stagedoor, AsyncStagedoor])
def test_environment_fills_a_client(kind: type[Stagedoor] | type[AsyncStagedoor]) -> None:
    stagedoor = kind.from_environment({"STAGEDOOR_URL": BASE, "STAGEDOOR_KEY": "sd_canary", "STAGEDOOR_FOLDER": "F"})
    assert repr(stagedoor) == f"{kind.__name__}('http://stagedoor.test', tenant='acme/dev')"
    assert stagedoor.preview("Jobs_Get").headers["x-uipath-folderpath"] == "F"


def test_environment_without_a_key_names_the_variable() -> None:
    with pytest.raises(ValueError, match="STAGEDOOR_KEY is not set"):
        Stagedoor.from_environment({"STAGEDOOR_URL": BASE, "STAGEDOOR_KEY": ""})
