"""Which value of an asset a robot gets, and which one it changes."""

import pytest
from tests.factories.assets import (
    CANARY,
    OTHER_ROBOT_KEY,
    ROBOT_KEY,
    STRANGE_KEY,
    VALUES,
    add,
    body_of,
    change,
    for_robot,
    seen,
)
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace


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
