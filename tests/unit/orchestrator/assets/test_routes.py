"""Assets: made, looked at, changed, deleted."""

import pytest
from tests.factories.assets import CANARY, ROBOT_KEY, VALUES, add, body_of, change, for_robot, seen
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace, Reach


class TestMaking:
    @pytest.mark.parametrize(
        ("kind", "field", "shown", "line"),
        [
            ("Text", "StringValue", "hello", "hello"),
            ("Bool", "BoolValue", True, "True"),
            ("Integer", "IntValue", -5, "-5"),
            ("Credential", "CredentialUsername", "bot", "username: bot"),
            ("Secret", "SecretValue", "", ""),
            ("KeyValueList", "KeyValueList", [{"Key": "a", "Value": "b"}], ""),
        ],
    )
    def test_each_type_shows_its_value_and_leaves_the_others_empty(
        self, desk: Desk, folder: FolderPlace, kind: str, field: str, shown: object, line: str
    ) -> None:
        asset = add(desk, folder, kind, Description="d", Tags=[{"Name": "t"}])
        empty: dict[str, object] = {
            "StringValue": "",
            "BoolValue": False,
            "IntValue": 0,
            "CredentialUsername": "",
            "CredentialPassword": "",
            "SecretValue": "",
            "KeyValueList": [],
        }
        assert {name: asset[name] for name in empty} == {**empty, field: shown}
        assert (asset["ValueType"], asset["Value"], asset["ValueScope"]) == (kind, line, "Global")
        assert (asset["HasDefaultValue"], asset["CanBeDeleted"], asset["FoldersCount"]) == (True, True, 1)
        assert (asset["Description"], asset["Tags"]) == ("d", [{"Name": "t"}])
        assert (asset["CreatorUserId"], asset["CreationTime"]) == (CALLER.number, "2030-01-31T08:00:00Z")

    def test_a_name_is_taken_in_any_letter_case_within_its_folder(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder, Name="Rate")
        with pytest.raises(NameInUse) as refusal:
            add(desk, folder, Name="RATE")
        assert (refusal.value.status, refusal.value.error_code) == (409, 1001)
        add(desk, desk.make_folder("Other"), Name="Rate")

    @pytest.mark.parametrize(
        ("kind", "field", "value"),
        [
            ("Text", "Name", None),
            ("Text", "Name", " "),
            ("Text", "Name", 5),
            ("Text", "Name", "x" * 257),
            ("Text", "ValueScope", None),
            ("Text", "ValueScope", "Everywhere"),
            ("Text", "ValueType", None),
            ("Text", "ValueType", "Number"),
            ("Text", "StringValue", None),
            ("Text", "StringValue", 5),
            ("Text", "StringValue", "x" * 1_000_001),
            ("Text", "Description", "x" * 251),
            ("Integer", "IntValue", None),
            ("Integer", "IntValue", 1.5),
            ("Integer", "IntValue", 2**31),
            ("Bool", "BoolValue", "yes"),
            ("Credential", "CredentialUsername", None),
            ("Credential", "CredentialPassword", None),
            ("Credential", "CredentialPassword", ""),
            ("Credential", "CredentialPassword", 5),
            ("Secret", "SecretValue", None),
            ("Secret", "SecretValue", "x" * 25_001),
            ("KeyValueList", "KeyValueList", [5]),
            ("KeyValueList", "KeyValueList", [{"Key": ""}]),
            ("Text", "UserValues", [{"UserId": 1, "StringValue": "x"}]),
        ],
    )
    def test_a_wrong_value_is_refused_by_the_name_of_its_field(
        self, desk: Desk, folder: FolderPlace, kind: str, field: str, value: object
    ) -> None:
        with pytest.raises(InvalidRequest, match="Key" if kind == "KeyValueList" else field) as refusal:
            desk.call("Assets_Post", {**body_of(kind), field: value}, folder=folder)
        assert (refusal.value.status, refusal.value.error_code) == (400, 1000)
        assert desk.call("Assets_GetFiltered", folder=folder).content["value"] == []

    @pytest.mark.parametrize(
        ("kind", "value", "shown"),
        [
            ("DBConnectionString", {"StringValue": "Server=db"}, "Server=db"),
            ("HttpConnectionString", {"StringValue": "https://x"}, "https://x"),
            ("WindowsCredential", {"CredentialUsername": "ada", "CredentialPassword": "p"}, "username: ada"),
        ],
    )
    def test_types_of_old_hold_what_they_held(
        self, desk: Desk, folder: FolderPlace, kind: str, value: dict[str, str], shown: str
    ) -> None:
        sent = {"Name": "a", "ValueScope": "Global", "ValueType": kind, **value}
        made = desk.call("Assets_Post", sent, folder=folder).content
        assert (made["ValueType"], made["Value"]) == (kind, shown)

    def test_the_store_of_the_tenants_own_may_be_named(self, desk: Desk, folder: FolderPlace) -> None:
        [own] = desk.call("CredentialStores_Get").content["value"]
        assert add(desk, folder, "Credential", CredentialStoreId=own["Id"])

    @pytest.mark.parametrize(
        ("store", "refusal"), [({"CredentialStoreId": 5}, NotFound), ({"ExternalName": "x"}, InvalidRequest)]
    )
    def test_no_secret_lies_in_another_credential_store(
        self, desk: Desk, folder: FolderPlace, store: dict[str, object], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            add(desk, folder, "Credential", **store)

    def test_a_store_that_is_only_remembered_takes_no_secret(self, desk: Desk, folder: FolderPlace) -> None:
        other = {"Name": "vault", "Type": "HashiCorpVault", "AdditionalConfiguration": "{}"}
        number = desk.call("CredentialStores_Post", other).content["Id"]
        with pytest.raises(InvalidRequest, match="remembers"):
            add(desk, folder, "Credential", CredentialStoreId=number)


class TestLooking:
    def test_a_client_finds_an_asset_by_name(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder, Name="Rate")
        add(desk, folder, Name="Other")
        query = {"$filter": "Name eq 'Rate'", "$top": "1"}
        page = desk.call("Assets_GetFiltered", folder=folder, query=query).content
        assert [asset["Name"] for asset in page["value"]] == ["Rate"]

    def test_other_folders_and_tenants_see_nothing(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        asset = add(desk, folder)
        for place in ({"folder": desk.make_folder("Other")}, {"folder": folder, "tenant": OTHER_TENANT}):
            assert desk.call("Assets_GetFiltered", **place).content["value"] == []
            for operation, body in (("GetById", None), ("PutById", body_of("Text")), ("DeleteById", None)):
                with pytest.raises(NotFound) as refusal:
                    desk.call(f"Assets_{operation}", body, key=asset["Id"], **place)
                assert (refusal.value.status, refusal.value.error_code) == (404, 1002)
            with pytest.raises(NotFound):
                desk.call("Assets_GetFoldersForAssetById", id=asset["Id"], **place)
            with pytest.raises(NotFound):
                body = {"assetName": "Text", "robotKey": ROBOT_KEY}
                desk.call("Assets_GetRobotAssetByNameForRobotKey", body, **place)
        assert seen(desk, folder, asset)["StringValue"] == "hello"

    def test_across_folders_only_what_is_within_reach_is_listed(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder, Name="here")
        add(desk, desk.make_folder("Other"), Name="there")

        def names(**asked: object) -> list[str]:
            answer = desk.call("Assets_GetAssetsAcrossFolders", folder=folder, **asked)
            return [asset["Name"] for asset in answer.content["value"]]

        assert names() == ["here", "there"]
        assert names(query={"excludefolderid": str(folder.id)}) == ["there"]
        assert names(reach=Reach(frozenset({folder.key}))) == ["here"]


class TestChanging:
    def test_a_change_is_written_down_with_who_and_when(self, desk: Desk, folder: FolderPlace) -> None:
        asset = add(desk, folder)
        changed = change(desk, folder, asset, body_of("Text", Name="new", StringValue="bye", Description="d"))
        assert (changed["Name"], changed["StringValue"], changed["Description"]) == ("new", "bye", "d")
        assert (changed["LastModifierUserId"], changed["LastModificationTime"]) == (
            CALLER.number,
            "2030-01-31T08:00:00Z",
        )
        add(desk, folder)

    def test_what_was_answered_can_be_sent_back(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        for kind in VALUES:
            asset = add(desk, folder, kind)
            again = change(desk, folder, asset, {**asset, "Description": "again"})
            assert again["Description"] == "again"
        assert for_robot(desk, folder, "Credential")["CredentialPassword"] == CANARY

    def test_a_taken_name_is_refused(self, desk: Desk, folder: FolderPlace) -> None:
        asset = add(desk, folder)
        add(desk, folder, Name="taken")
        with pytest.raises(NameInUse):
            change(desk, folder, asset, body_of("Text", Name="Taken"))

    def test_the_type_is_decided_once(self, desk: Desk, folder: FolderPlace) -> None:
        asset = add(desk, folder)
        with pytest.raises(InvalidRequest, match="type"):
            change(desk, folder, asset, body_of("Integer", Name="Text"))

    def test_a_deleted_asset_is_gone_and_its_name_is_free(self, desk: Desk, folder: FolderPlace) -> None:
        asset = add(desk, folder)
        answer = desk.call("Assets_DeleteById", key=asset["Id"], folder=folder)
        assert (answer.status, answer.content) == (204, None)
        with pytest.raises(NotFound):
            seen(desk, folder, asset)
        add(desk, folder)
