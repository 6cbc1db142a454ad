from typing import Any

import pytest
from sqlalchemy import select
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.passage import Reach

VAULT = {"Name": "Vault", "Type": "hashicorpvault", "AdditionalConfiguration": '{"SecretId": "s3cret"}'}


def make(desk: Desk, **fields: Any) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("CredentialStores_Post", {**VAULT, **fields}).content
    return content


def own(desk: Desk, **given: Any) -> dict[str, Any]:
    stores: list[dict[str, Any]] = desk.call("CredentialStores_Get", **given).content["value"]
    return stores[0]


def default_of(desk: Desk, kind: str) -> int:
    answer = desk.call("CredentialStores_GetDefaultStoreForResourceTypeByResourcetype", resourceType=kind)
    value: int = answer.content["value"]
    return value


def test_a_tenant_has_its_own_store_from_the_first_look_on(desk: Desk) -> None:
    first = own(desk)
    assert (first["Name"], first["Type"]) == ("Orchestrator Database", "Database")
    assert [entry["ResourceType"] for entry in first["DefaultCredentialStores"]] == [
        "AssetCredential",
        "RobotCredential",
        "BucketCredential",
        "Secrets",
    ]
    assert own(desk)["Id"] == first["Id"]
    assert own(desk, tenant=OTHER_TENANT)["Id"] != first["Id"]


def test_a_store_is_remembered_and_how_to_get_in_is_shown_to_nobody(desk: Desk) -> None:
    made = make(desk)
    assert (made["Type"], made["AdditionalConfiguration"]) == ("HashiCorpVault", None)
    assert desk.call("CredentialStores_GetById", key=made["Id"]).content["Name"] == "Vault"
    with desk.database.read() as session:
        sealed = session.scalar(select(CredentialStore.sealed_configuration).where(CredentialStore.id == made["Id"]))
    assert sealed is not None
    assert "s3cret" not in sealed


def test_a_store_is_changed_and_keeps_its_type_and_what_is_not_sent(desk: Desk) -> None:
    made = make(desk)
    changed = {"Name": "Other", "Type": "HashiCorpVault", "HostName": "vault.test"}
    assert desk.call("CredentialStores_PutById", changed, key=made["Id"]).status == 200
    shown = desk.call("CredentialStores_GetById", key=made["Id"]).content
    assert (shown["Name"], shown["HostName"]) == ("Other", "vault.test")
    with pytest.raises(InvalidRequest):
        desk.call("CredentialStores_PutById", {**changed, "Type": "CyberArk"}, key=made["Id"])
    with pytest.raises(NameInUse):
        desk.call("CredentialStores_PutById", {**changed, "Name": "orchestrator database"}, key=made["Id"])
    with desk.database.read() as session:
        assert session.get_one(CredentialStore, made["Id"]).sealed_configuration is not None


def test_a_default_is_one_store_and_goes_back_when_it_is_deleted(desk: Desk) -> None:
    made = make(desk)
    desk.call(
        "CredentialStores_SetDefaultStoreForResourceTypeById", {"resourceType": "AssetCredential"}, key=made["Id"]
    )
    assert default_of(desk, "AssetCredential") == made["Id"]
    assert default_of(desk, "Secrets") == own(desk)["Id"]
    with pytest.raises(Conflict):
        desk.call("CredentialStores_DeleteById", key=made["Id"])
    assert desk.call("CredentialStores_DeleteById", key=made["Id"], query={"forcedelete": "true"}).status == 204
    assert default_of(desk, "AssetCredential") == own(desk)["Id"]


def test_the_own_store_cannot_be_deleted(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.call("CredentialStores_DeleteById", key=own(desk)["Id"], query={"forcedelete": "true"})


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("CredentialStores_GetById", None),
        ("CredentialStores_PutById", VAULT),
        ("CredentialStores_DeleteById", None),
        ("CredentialStores_SetDefaultStoreForResourceTypeById", {"resourceType": "Secrets"}),
    ],
)
def test_another_tenants_store_looks_like_none(desk: Desk, operation: str, body: Any) -> None:
    made = make(desk)
    with pytest.raises(NotFound):
        desk.call(operation, body, key=made["Id"], tenant=OTHER_TENANT)


@pytest.mark.parametrize("fields", [{"Name": ""}, {"Type": "Shoebox"}, {"Type": None}, {"Type": "Database"}])
def test_a_wrong_store_is_refused(desk: Desk, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        make(desk, **fields)
    with pytest.raises(NameInUse):
        make(desk, Name="Orchestrator DATABASE")


def test_what_lies_in_the_own_store_is_listed_within_reach(desk: Desk) -> None:
    folder, other = desk.make_folder("Invoices"), desk.make_folder("Other")
    login = {"Name": "Login", "ValueScope": "Global", "ValueType": "Credential", "CredentialUsername": "u"}
    desk.call("Assets_Post", {**login, "CredentialPassword": "p"}, folder=folder)
    robot = {"Name": "reader", "Type": "Unattended", "HostingType": "Floating", "Username": "acme\\reader"}
    desk.call("Robots_Post", robot, folder=folder)

    def names(key: int, kind: str, reach: Reach | None = None) -> list[str]:
        operation = "CredentialStores_GetResourcesForCredentialStoreTypesByKeyAndResourcetype"
        answer = desk.call(operation, key=key, resourceType=kind, reach=reach or Reach())
        assert all(row["Type"] == kind for row in answer.content["value"])
        return [row["Name"] for row in answer.content["value"]]

    key = own(desk)["Id"]
    assert (names(key, "AssetCredential"), names(key, "RobotCredential")) == (["Login"], ["reader"])
    assert (names(key, "Secrets"), names(key, "BucketCredential")) == ([], [])
    there = Reach(frozenset({other.key}))
    assert (names(key, "AssetCredential", there), names(key, "RobotCredential", there)) == ([], [])
    assert names(make(desk)["Id"], "AssetCredential") == []
    with pytest.raises(InvalidRequest):
        names(key, "Shoes")
    with pytest.raises(NotFound):
        names(999, "Secrets")


def test_a_proxy_holds_the_stores_that_name_it(desk: Desk) -> None:
    made = make(desk, ProxyId=7)
    operation = "CredentialStores_GetResourcesForCredentialsProxyResourceTypes"
    [row] = desk.call(operation, key=7, resourceType="CredentialStore").content["value"]
    assert (row["CredentialStoreId"], row["Type"]) == (made["Id"], "CredentialStore")
    assert desk.call(operation, key=7, resourceType="Secrets").content["value"] == []
    with pytest.raises(InvalidRequest):
        desk.call(operation, key=7, resourceType="Shoes")


def test_every_kind_of_store_has_a_configuration(desk: Desk) -> None:
    operation = "Settings_GetSecureStoreConfigurationByStoretypename"
    types = desk.call("CredentialStores_GetAvailableCredentialStoreTypes").content["value"]
    assert "Database" in types
    fields = {kind: desk.call(operation, storeTypeName=kind).content["value"] for kind in types}
    assert fields["Database"] == []
    assert {"Key": "SecretId", "DisplayName": "Secret", "ValueType": "Secret"} in fields["HashiCorpVault"]
    with pytest.raises(NotFound):
        desk.call(operation, storeTypeName="Shoebox")
