"""How credential stores and what lies in them look in the vendor's API. How to get into a store is shown to nobody."""

from typing import Any

from stagedoor.orchestrator.assets.models import Asset
from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.credential_stores.schemas import PROXY_RESOURCE_TYPE, PROXY_TYPE, RESOURCE_TYPE
from stagedoor.orchestrator.entity import (
    Attribute,
    ComplexType,
    Computed,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Property,
)
from stagedoor.orchestrator.robots.models import Robot

DETAILS = ComplexType("CredentialStoreDetailsDto", (Property("IsReadOnly", EdmType.BOOLEAN, nullable=False),))
DEFAULT_STORE = ComplexType(
    "DefaultCredentialStoreDto",
    (Property("ResourceType", RESOURCE_TYPE, nullable=False), Property("Id", EdmType.INT64, nullable=False)),
)


def _details(is_own: bool) -> dict[str, Any]:  # given by the declaration, as a column's value
    return {"IsReadOnly": not is_own}


def _defaults(default_for: list[int]) -> list[dict[str, Any]]:
    return [{"ResourceType": RESOURCE_TYPE.word(number), "Id": number} for number in default_for]


CREDENTIAL_STORE = EntityType(
    "CredentialStoreDto",
    CredentialStore,
    (
        Property("ProxyId", EdmType.INT64, CredentialStore.proxy_id),
        Property("ProxyType", PROXY_TYPE, writable=False),
        Property("HostName", EdmType.STRING, CredentialStore.host_name),
        Property("Name", EdmType.STRING, CredentialStore.name, nullable=False, folded=CredentialStore.name_folded),
        Property("Type", EdmType.STRING, CredentialStore.type, nullable=False),
        Property("AdditionalConfiguration", EdmType.STRING, filterable=False),
        Property("Details", DETAILS, Computed(_details, CredentialStore.is_own), writable=False),
        Property(
            "DefaultCredentialStores",
            DEFAULT_STORE,
            Computed(_defaults, CredentialStore.default_for),
            collection=True,
            writable=False,
        ),
        Property("Id", EdmType.INT64, CredentialStore.id, nullable=False, writable=False),
    ),
)
CREDENTIAL_STORES = EntitySet("CredentialStores", CREDENTIAL_STORE)


def _resources(model: type[Asset | Robot], name: Attribute, number: Attribute, resource_type: str) -> EntitySet:
    kind = Constant(RESOURCE_TYPE.members[resource_type])
    resource = EntityType(
        "CredentialStoreResourceDto",
        model,
        (
            Property("Name", EdmType.STRING, name, nullable=False, writable=False),
            Property("Type", RESOURCE_TYPE, kind, nullable=False, writable=False),
            Property("Id", EdmType.INT64, number, nullable=False, writable=False),
        ),
    )
    return EntitySet("CredentialStoreResources", resource)


ASSET_RESOURCES = _resources(Asset, Asset.name, Asset.id, "AssetCredential")
ASSET_SECRETS = _resources(Asset, Asset.name, Asset.id, "Secrets")
ROBOT_RESOURCES = _resources(Robot, Robot.name, Robot.id, "RobotCredential")

PROXY_RESOURCE = EntityType(
    "CredentialsProxyResourceDto",
    CredentialStore,
    (
        Property("Name", EdmType.STRING, CredentialStore.name, nullable=False, writable=False),
        Property(
            "Type",
            PROXY_RESOURCE_TYPE,
            Constant(PROXY_RESOURCE_TYPE.members["CredentialStore"]),
            nullable=False,
            writable=False,
        ),
        Property("CredentialStoreId", EdmType.INT64, CredentialStore.id, nullable=False, writable=False),
        Property("CredentialStoreName", EdmType.STRING, CredentialStore.name, nullable=False, writable=False),
        Property("Id", EdmType.INT64, CredentialStore.id, nullable=False, writable=False),
    ),
)
PROXY_RESOURCES = EntitySet("CredentialsProxyResources", PROXY_RESOURCE)
