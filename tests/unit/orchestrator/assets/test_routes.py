"""Assets: made, changed, shared; and what of them is ever shown."""

import orjson
import pytest
from sqlalchemy import text
from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace, Reach

CANARY = "canary-of-assets-Zx9"
ROBOT_KEY = "11111111-1111-4111-8111-111111111111"
OTHER_ROBOT_KEY = "22222222-2222-4222-8222-222222222222"
STRANGE_KEY = "00000000-0000-4000-8000-000000000099"

VALUES: dict[str, dict[str, object]] = {
    "Text": {"StringValue": "hello"},
    "Bool": {"BoolValue": True},
    "Integer": {"IntValue": -5},
    "Credential": {"CredentialUsername": "bot", "CredentialPassword": CANARY},
    "Secret": {"SecretValue": CANARY},
    "KeyValueList": {"KeyValueList": [{"Key": "a", "Value": "b"}]},
}
Asset = dict[str, object]


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def body_of(kind: str, **more: object) -> dict[str, object]:
    return {"Name": kind, "ValueScope": "Global", "ValueType": kind, **VALUES[kind], **more}


def add(desk: Desk, folder: FolderPlace, kind: str = "Text", **more: object) -> Asset:
    answer = desk.call("Assets_Post", body_of(kind, **more), folder=folder)
    assert answer.status == 201
    return answer.content


def seen(desk: Desk, folder: FolderPlace, asset: Asset, **query: str) -> Asset:
    return desk.call("Assets_GetById", key=asset["Id"], folder=folder, query=query).content


def change(desk: Desk, folder: FolderPlace, asset: Asset, body: dict[str, object]) -> Asset:
    answer = desk.call("Assets_PutById", body, key=asset["Id"], folder=folder)
    assert answer.status == 200
    return answer.content


@pytest.fixture
def robot(desk: Desk, folder: FolderPlace) -> Robot:
    with desk.write() as session:
        machine = Machine(
            tenant_id=TENANT.tenant_id,
            key="m",
            license_key="k",
            name="HOST",
            name_folded="host",
            created_at=desk.clock.now(),
        )
        session.add(machine)
        session.flush()
        robots = [
            Robot(
                tenant_id=TENANT.tenant_id,
                key=key,
                folder_id=folder.id,
                machine_id=machine.id,
                license_key="k",
                name=name,
                name_folded=name,
                user_number=number,
                created_at=desk.clock.now(),
            )
            for key, name, number in ((ROBOT_KEY, "bot", 41), (OTHER_ROBOT_KEY, "other", None))
        ]
        session.add_all(robots)
        session.flush()
        return robots[0]


def for_robot(desk: Desk, folder: FolderPlace, name: str, key: str | None = ROBOT_KEY) -> Asset:
    body = {"assetName": name, "supportsCredentialsProxyDisconnected": True}
    if key is not None:
        body["robotKey"] = key
    return desk.call("Assets_GetRobotAssetByNameForRobotKey", body, folder=folder).content


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


class TestSecrets:
    @pytest.mark.parametrize("kind", ["Credential", "Secret"])
    def test_a_secret_is_in_no_answer_and_not_in_the_store(self, desk: Desk, folder: FolderPlace, kind: str) -> None:
        asset = add(desk, folder, kind)
        answers = [
            asset,
            seen(desk, folder, asset),
            change(desk, folder, asset, body_of(kind, Name="other")),
            desk.call("Assets_Get", folder=folder).content,
            desk.call("Assets_GetFiltered", folder=folder, query={"$expand": "UserValues,RobotValues"}).content,
            desk.call("Assets_GetAssetsAcrossFolders", folder=folder).content,
        ]
        assert CANARY.encode() not in orjson.dumps(answers)
        with desk.database.read() as session:
            rows = session.execute(text("SELECT * FROM assets")).all()
        assert len(rows) == 1
        assert CANARY not in str(rows)

    @pytest.mark.parametrize("field", ["CredentialPassword", "SecretValue", "SealedSecret", "sealed_secret"])
    def test_a_secret_cannot_be_guessed_by_filtering(self, desk: Desk, folder: FolderPlace, field: str) -> None:
        add(desk, folder, "Credential")
        with pytest.raises(InvalidRequest):
            desk.call("Assets_GetFiltered", folder=folder, query={"$filter": f"startswith({field}, 'c')"})
        with pytest.raises(InvalidRequest):
            desk.call("Assets_GetFiltered", folder=folder, query={"$orderby": field})

    def test_a_sealed_secret_moved_to_another_asset_does_not_open(
        self, desk: Desk, folder: FolderPlace, robot: Robot
    ) -> None:
        add(desk, folder, "Secret", Name="one")
        add(desk, folder, "Secret", Name="two", SecretValue="other")
        with desk.write() as session:
            session.execute(
                text("UPDATE assets SET sealed_secret = (SELECT sealed_secret FROM assets WHERE name = 'one')")
            )
        with pytest.raises(Exception, match="does not open"):
            for_robot(desk, folder, "two")


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


class TestPerUser:
    def users(self, *values: dict[str, object], **more: object) -> dict[str, object]:
        return {
            "Name": "Rate",
            "ValueScope": "PerRobot",
            "ValueType": "Text",
            "UserValues": list(values),
            **more,
        }

    def test_values_of_users_are_shown_on_request(self, desk: Desk, folder: FolderPlace) -> None:
        body = self.users({"UserId": 41, "UserName": "bot", "StringValue": "mine"})
        asset = desk.call("Assets_Post", body, folder=folder).content
        assert (asset["ValueScope"], asset["HasDefaultValue"], asset["StringValue"]) == ("PerRobot", False, "")
        values = seen(desk, folder, asset, **{"$expand": "UserValues"})["UserValues"]
        assert [(value["UserId"], value["UserName"], value["StringValue"]) for value in values] == [(41, "bot", "mine")]

    def test_a_robot_gets_the_value_that_is_nearest_to_it(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        def rate(*values: dict[str, object], **more: object) -> str:
            body = self.users(*values, **more)
            found = desk.call("Assets_GetFiltered", folder=folder).content["value"]
            if found:
                desk.call("Assets_PutById", body, key=found[0]["Id"], folder=folder)
            else:
                desk.call("Assets_Post", body, folder=folder)
            return str(for_robot(desk, folder, "Rate")["StringValue"])

        default = {"HasDefaultValue": True, "StringValue": "all"}
        user = {"UserId": 41, "StringValue": "user"}
        seat = {"UserId": 41, "MachineId": robot.machine_id, "StringValue": "seat"}
        stranger = {"UserId": 42, "StringValue": "stranger"}
        assert rate(stranger, **default) == "all"
        assert rate(stranger, user, **default) == "user"
        assert rate(stranger, user, seat, **default) == "seat"
        assert rate(user, RobotValues=[{"RobotId": robot.id, "StringValue": "own"}], **default) == "own"
        with pytest.raises(NotFound):
            rate(stranger)

    def test_a_robot_of_no_user_gets_the_value_for_all(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        desk.call("Assets_Post", self.users(StringValue="all", HasDefaultValue=True), folder=folder)
        assert for_robot(desk, folder, "Rate", OTHER_ROBOT_KEY)["StringValue"] == "all"

    def test_a_user_s_password_stays_where_none_is_sent(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        value = {"UserId": 41, "CredentialUsername": "bot", "CredentialPassword": CANARY}
        body = self.users(value, ValueType="Credential")
        asset = desk.call("Assets_Post", body, folder=folder).content
        changed = {"UserId": 41, "CredentialUsername": "bot2", "CredentialPassword": ""}
        change(desk, folder, asset, self.users(changed, ValueType="Credential"))
        shown = for_robot(desk, folder, "Rate")
        assert (shown["CredentialUsername"], shown["CredentialPassword"]) == ("bot2", CANARY)

    def test_users_stay_where_nothing_is_said_of_them(self, desk: Desk, folder: FolderPlace) -> None:
        asset = desk.call("Assets_Post", self.users({"UserId": 41, "StringValue": "mine"}), folder=folder).content
        change(desk, folder, asset, {**asset, "Description": "d"})
        assert len(seen(desk, folder, asset, **{"$expand": "UserValues"})["UserValues"]) == 1
        change(desk, folder, asset, self.users(HasDefaultValue=False))
        assert seen(desk, folder, asset, **{"$expand": "UserValues"})["UserValues"] == []

    @pytest.mark.parametrize(
        ("value", "refusal"),
        [
            ({"StringValue": "x"}, InvalidRequest),
            ({"UserId": "41", "StringValue": 5}, InvalidRequest),
            ({"UserId": 41}, InvalidRequest),
            ({"UserId": 41, "MachineId": 99, "StringValue": "x"}, NotFound),
        ],
    )
    def test_a_value_of_another_shape_is_refused(
        self, desk: Desk, folder: FolderPlace, value: dict[str, object], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            desk.call("Assets_Post", self.users(value), folder=folder)

    def test_a_user_is_named_once(self, desk: Desk, folder: FolderPlace) -> None:
        value = {"UserId": 41, "StringValue": "x"}
        with pytest.raises(InvalidRequest, match="twice"):
            desk.call("Assets_Post", self.users(value, value), folder=folder)

    def test_an_unknown_robot_is_refused(self, desk: Desk, folder: FolderPlace) -> None:
        body = self.users(RobotValues=[{"RobotId": 99, "StringValue": "x"}])
        with pytest.raises(NotFound):
            desk.call("Assets_Post", body, folder=folder)


class TestRobots:
    def test_a_robot_reads_secrets_by_its_key(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        for kind in VALUES:
            add(desk, folder, kind)
        credential = for_robot(desk, folder, "credential")
        assert (credential["CredentialUsername"], credential["CredentialPassword"]) == ("bot", CANARY)
        assert credential["SecretValue"] == ""
        assert for_robot(desk, folder, "Secret")["SecretValue"] == CANARY
        assert for_robot(desk, folder, "Text")["Value"] == "hello"
        assert for_robot(desk, folder, "Integer")["IntValue"] == -5
        path = {"robotId": ROBOT_KEY, "assetName": "Secret"}
        by_path = desk.call("Assets_GetRobotAssetByRobotidAndAssetname", folder=folder, **path).content
        assert by_path["SecretValue"] == CANARY

    def test_a_robot_s_number_opens_no_secret(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        add(desk, folder, "Credential")
        path = {"robotId": robot.id, "assetName": "Credential"}
        shown = desk.call("Assets_GetRobotAssetByRobotId", folder=folder, **path).content
        assert (shown["CredentialUsername"], shown["CredentialPassword"]) == ("bot", "")
        with pytest.raises(InvalidRequest):
            desk.call("Assets_GetRobotAssetByRobotidAndAssetname", folder=folder, **path)

    def test_a_strange_number_is_not_found(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder)
        with pytest.raises(NotFound, match="robot"):
            desk.call("Assets_GetRobotAssetByRobotId", folder=folder, robotId=99, assetName="Text")

    @pytest.mark.parametrize("key", [STRANGE_KEY, "bot", "", 5, None])
    def test_a_strange_key_opens_nothing(self, desk: Desk, folder: FolderPlace, robot: Robot, key: object) -> None:
        add(desk, folder, "Secret")
        body = {"assetName": "Secret", "robotKey": key}
        with pytest.raises((NotFound, InvalidRequest)):
            desk.call("Assets_GetRobotAssetByNameForRobotKey", body, folder=folder)

    def test_another_tenant_s_robot_opens_nothing(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        there = desk.make_folder("Shared", tenant=OTHER_TENANT)
        desk.call("Assets_Post", body_of("Secret"), folder=there, tenant=OTHER_TENANT)
        body = {"assetName": "Secret", "robotKey": ROBOT_KEY}
        with pytest.raises(NotFound):
            desk.call("Assets_GetRobotAssetByNameForRobotKey", body, folder=there, tenant=OTHER_TENANT)

    def test_without_a_key_only_direct_access_opens_an_asset(self, desk: Desk, folder: FolderPlace) -> None:
        add(desk, folder, "Secret", Name="closed")
        add(desk, folder, "Secret", Name="open", AllowDirectApiAccess=True)
        assert for_robot(desk, folder, "open", None)["SecretValue"] == CANARY
        with pytest.raises(InvalidRequest, match="robotKey"):
            for_robot(desk, folder, "closed", None)

    def test_a_robot_changes_the_value_that_it_gets(self, desk: Desk, folder: FolderPlace, robot: Robot) -> None:
        add(desk, folder, Name="Rate")
        body = {"robotKey": ROBOT_KEY, "robotAsset": {"Name": "rate", "ValueType": "Text", "StringValue": "new"}}
        answer = desk.call("Assets_SetRobotAssetByRobotKey", body, folder=folder)
        assert (answer.status, answer.content["@odata.null"]) == (200, True)
        assert for_robot(desk, folder, "Rate")["StringValue"] == "new"

    def test_a_robot_changes_its_user_s_value_where_there_is_one(
        self, desk: Desk, folder: FolderPlace, robot: Robot
    ) -> None:
        values = [{"UserId": 41, "StringValue": "mine"}, {"UserId": 42, "StringValue": "theirs"}]
        body = {"Name": "Rate", "ValueScope": "PerRobot", "ValueType": "Text", "UserValues": values}
        asset = desk.call("Assets_Post", body, folder=folder).content
        changed = {"robotKey": ROBOT_KEY, "robotAsset": {"Name": "Rate", "ValueType": "Text", "StringValue": "new"}}
        desk.call("Assets_SetRobotAssetByRobotKey", changed, folder=folder)
        shown = seen(desk, folder, asset, **{"$expand": "UserValues"})["UserValues"]
        assert [value["StringValue"] for value in shown] == ["new", "theirs"]

    @pytest.mark.parametrize(
        ("sent", "refusal"),
        [
            ({"Name": "Rate", "ValueType": "Integer", "IntValue": 5}, InvalidRequest),
            ({"Name": "Nothing", "ValueType": "Text", "StringValue": "x"}, NotFound),
            ({"Name": "Rate", "ValueType": "Text"}, InvalidRequest),
            (None, InvalidRequest),
        ],
    )
    def test_a_robot_s_change_of_another_shape_is_refused(
        self, desk: Desk, folder: FolderPlace, robot: Robot, sent: object, refusal: type[Exception]
    ) -> None:
        add(desk, folder, Name="Rate")
        with pytest.raises(refusal):
            desk.call("Assets_SetRobotAssetByRobotKey", {"robotKey": ROBOT_KEY, "robotAsset": sent}, folder=folder)
        assert for_robot(desk, folder, "Rate")["StringValue"] == "hello"


class TestSharing:
    def share(self, desk: Desk, folder: FolderPlace, asset: Asset, **folders: list[int]) -> int:
        body = {"AssetIds": [asset["Id"]], **folders}
        return desk.call("Assets_ShareToFolders", body, folder=folder).status

    def test_a_shared_asset_is_seen_from_both_folders_and_one_may_leave(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        asset = add(desk, folder)
        for _ in range(2):
            assert self.share(desk, folder, asset, ToAddFolderIds=[other.id]) == 204
        assert seen(desk, other, asset)["FoldersCount"] == 2
        answer = desk.call("Assets_GetFoldersForAssetById", id=asset["Id"], folder=folder).content
        assert [place["FullyQualifiedName"] for place in answer["AccessibleFolders"]] == ["Shared", "Other"]
        self.share(desk, other, asset, ToRemoveFolderIds=[folder.id])
        with pytest.raises(NotFound):
            seen(desk, folder, asset)
        with pytest.raises(Conflict):
            self.share(desk, other, asset, ToRemoveFolderIds=[other.id])
        assert seen(desk, other, asset)["FoldersCount"] == 1

    def test_nobody_deletes_an_asset_that_a_folder_out_of_reach_sees(self, desk: Desk, folder: FolderPlace) -> None:
        guest = desk.make_folder("Guest")
        asset = add(desk, folder)
        self.share(desk, folder, asset, ToAddFolderIds=[guest.id])
        reach = Reach(frozenset({guest.key}))
        with pytest.raises(Conflict, match="not open to you"):
            desk.call("Assets_DeleteById", key=asset["Id"], folder=guest, reach=reach)
        assert seen(desk, folder, asset)["FoldersCount"] == 2

    def test_a_folder_with_another_asset_of_that_name_refuses_it(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        add(desk, other)
        with pytest.raises(NameInUse):
            self.share(desk, folder, add(desk, folder), ToAddFolderIds=[other.id])
