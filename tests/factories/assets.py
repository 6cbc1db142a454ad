"""Assets of every type, made, looked at and changed at a desk."""

from tests.factories.orchestrator import Desk

from stagedoor.passage import FolderPlace

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


def for_robot(desk: Desk, folder: FolderPlace, name: str, key: str | None = ROBOT_KEY) -> Asset:
    body = {"assetName": name, "supportsCredentialsProxyDisconnected": True}
    if key is not None:
        body["robotKey"] = key
    return desk.call("Assets_GetRobotAssetByNameForRobotKey", body, folder=folder).content
