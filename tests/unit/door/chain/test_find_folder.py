"""Which folder is meant: named in four ways, or the only one; and for a remote tenant not looked up at all."""

import base64
import json
from collections.abc import Iterator

import pytest
from tests.factories.house import Answered, SmallHouse, open_small_house


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    with open_small_house(tmp_path_factory.mktemp("house")) as house:
        house.make_folder("Finance")
        yield house


@pytest.fixture(scope="module")
def shared(small: SmallHouse) -> dict[str, str]:
    """The folder Shared as the vendor's API shows it."""
    answer = small.ask("GET", "/acme/dev/odata/Folders?$filter=DisplayName%20eq%20'Shared'", key=small.admin_token)
    [folder] = answer.json()["value"]
    return {"Id": str(folder["Id"]), "Key": folder["Key"]}


@pytest.fixture(scope="module")
def key(small: SmallHouse) -> str:
    return small.make_key("all", folders=["Shared"])


def jobs(small: SmallHouse, key: str, *headers: tuple[str, str], tenant: str = "dev") -> Answered:
    return small.ask("GET", f"/acme/{tenant}/odata/Jobs", headers, key=key)


def test_each_way_of_naming_finds_it(small: SmallHouse, key: str, shared: dict[str, str]) -> None:
    encoded = base64.b64encode("Shared".encode("utf-16-le")).decode()
    for header in (
        ("X-UIPATH-OrganizationUnitId", shared["Id"]),
        ("X-UIPATH-FolderKey", shared["Key"]),
        ("X-UIPATH-FolderPath", "shared"),
        ("X-UIPATH-FolderPath-Encoded", encoded),
    ):
        assert jobs(small, key, header).status == 200, header
        assert small.rows()[-1].folder == "Shared"


def test_a_key_for_one_folder_need_not_name_it(small: SmallHouse, key: str) -> None:
    assert jobs(small, key).status == 200
    assert small.rows()[-1].folder == "Shared"


def test_who_may_use_several_is_told_which(small: SmallHouse) -> None:
    answer = jobs(small, small.admin_token)
    assert (answer.status, answer.json()["errorCode"]) == (400, 1101)
    assert {folder["FullyQualifiedName"] for folder in answer.json()["folders"]} == {"Shared", "Finance"}
    both = jobs(small, small.make_key("all", folders=["Shared", "Finance"]))
    assert (both.status, both.json()["errorCode"]) == (400, 1101)


@pytest.mark.parametrize("name", ["Finance", "Nowhere"])
def test_a_folder_out_of_reach_and_none_look_alike(small: SmallHouse, key: str, name: str) -> None:
    answer = jobs(small, key, ("X-UIPATH-FolderPath", name))
    assert (answer.status, answer.json()["errorCode"]) == (404, 1100)
    assert answer.json()["stagedoor"]["code"] == "folder_unknown"
    assert [folder["FullyQualifiedName"] for folder in answer.json()["folders"]] == ["Shared"]


def test_a_header_that_cannot_be_read_is_told(small: SmallHouse, key: str) -> None:
    answer = jobs(small, key, ("X-UIPATH-OrganizationUnitId", "one"))
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "folder_header_malformed")


def test_an_operation_that_is_not_granted_is_refused_as_such_first(small: SmallHouse) -> None:
    answer = jobs(small, small.make_key("Assets_Get"), ("X-UIPATH-FolderPath", "Nowhere"))
    assert answer.json()["stagedoor"]["reason"] == "operation_not_granted"


def test_an_operation_outside_of_folders_asks_for_none(small: SmallHouse) -> None:
    path = "/acme/dev/odata/Settings/UiPath.Server.Configuration.OData.GetAuthenticationSettings"
    assert small.ask("GET", path, [("X-UIPATH-FolderPath", "Nowhere")], key=small.admin_token).status == 200


class TestRemote:
    def test_a_remote_folder_is_not_looked_up_and_an_upstream_that_is_away_is_told(self, small: SmallHouse) -> None:
        small.make_tenant("cloud")
        order = {"remote_base_url": "http://127.0.0.1:9", "token": "canary-upstream-token"}
        answer = small.manage("PUT", "/tenants/cloud/destination", small.admin_token, json=order)
        assert answer.status_code == 200, answer.text
        named = jobs(small, small.admin_token, ("X-UIPATH-FolderPath", "Somewhere"), tenant="cloud")
        assert (named.status, named.json()["stagedoor"]["code"]) == (502, "upstream_unreachable")
        row = small.rows()[-1]
        assert (row.destination, row.folder, row.verdict) == ("remote", None, "allowed")
        assert "canary" not in json.dumps(named.json()) + str(vars(row))

    def test_a_key_for_some_folders_is_refused_where_no_folder_is_known(self, small: SmallHouse) -> None:
        order = {"remote_base_url": "http://127.0.0.1:9", "token": "canary-upstream-token"}
        key = small.make_key("all", tenant="acme/dev", folders=["Shared"])
        small.manage("PUT", "/tenants/dev/destination", small.admin_token, json=order)
        answer = jobs(small, key, ("X-UIPATH-FolderPath", "Shared"))
        small.manage("PUT", "/tenants/dev/destination", small.admin_token, json={"remote_base_url": None})
        assert (answer.status, answer.json()["stagedoor"]["code"]) == (403, "not_authorized")
