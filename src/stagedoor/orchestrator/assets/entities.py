"""How an asset looks in the vendor's API; nothing here reads a secret."""

from stagedoor.orchestrator.assets.models import Asset, AssetValue
from stagedoor.orchestrator.assets.schemas import VALUE_SCOPE, VALUE_TYPE
from stagedoor.orchestrator.assets.sealing import show_value
from stagedoor.orchestrator.assets.store import links
from stagedoor.orchestrator.entity import (
    ComplexType,
    Computed,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.tags import tags_property

KEY_VALUE_PAIR = ComplexType("CustomKeyValuePair", (Property("Key", EdmType.STRING), Property("Value", EdmType.STRING)))


def _value_properties(model: type[Asset] | type[AssetValue]) -> tuple[Property, ...]:
    return (
        Property("ValueType", VALUE_TYPE, model.value_type, nullable=False),
        Property(
            "Value",
            EdmType.STRING,
            Computed(
                show_value,
                model.value_type,
                model.text_value,
                model.bool_value,
                model.int_value,
                model.credential_username,
            ),
            writable=False,
        ),
        Property("StringValue", EdmType.STRING, model.text_value, filterable=False),
        Property("BoolValue", EdmType.BOOLEAN, model.bool_value),
        Property("IntValue", EdmType.INT32, model.int_value),
        Property("CredentialUsername", EdmType.STRING, model.credential_username, filterable=False),
        Property("CredentialPassword", EdmType.STRING, Constant(""), filterable=False),
        Property("SecretValue", EdmType.STRING, Constant(""), filterable=False),
        Property("ExternalName", EdmType.STRING),
        Property("CredentialStoreId", EdmType.INT64),
        Property("KeyValueList", KEY_VALUE_PAIR, model.key_value_list, filterable=False, collection=True),
    )


ASSET_USER_VALUE = EntityType(
    "AssetUserValueDto",
    AssetValue,
    (
        Property("Name", EdmType.STRING),
        Property("UserId", EdmType.INT64, AssetValue.user_number),
        Property("UserName", EdmType.STRING, AssetValue.user_name),
        Property("MachineId", EdmType.INT64, AssetValue.machine_id),
        *_value_properties(AssetValue),
        Property("Id", EdmType.INT64, AssetValue.id, nullable=False, writable=False),
    ),
)
ASSET_ROBOT_VALUE = EntityType(
    "AssetRobotValueDto",
    AssetValue,
    (
        Property("Name", EdmType.STRING),
        Property("RobotId", EdmType.INT64, AssetValue.robot_id),
        *_value_properties(AssetValue),
        Property("Id", EdmType.INT64, AssetValue.id, nullable=False, writable=False),
    ),
)

ASSET = EntityType(
    "AssetDto",
    Asset,
    (
        Property("Key", EdmType.GUID, Asset.key, nullable=False, writable=False),
        Property("Name", EdmType.STRING, Asset.name, nullable=False),
        Property("CanBeDeleted", EdmType.BOOLEAN, Constant(value=True), nullable=False, writable=False),
        Property("ValueScope", VALUE_SCOPE, Asset.value_scope, nullable=False),
        *_value_properties(Asset),
        Property("HasDefaultValue", EdmType.BOOLEAN, Asset.has_default_value),
        Property("Description", EdmType.STRING, Asset.description),
        # The vendor's Python client reads this one, which its document leaves out.
        Property("AllowDirectApiAccess", EdmType.BOOLEAN, Asset.allow_direct_api_access),
        tags_property(Asset.tags),
        Property(
            "FoldersCount",
            EdmType.INT32,
            Expression(lambda asset: links.count_of(asset.id)),
            nullable=False,
            writable=False,
        ),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, Asset.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, Asset.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Asset.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, Asset.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, Asset.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation(
            "UserValues",
            lambda: ASSET_USER_VALUE,
            Asset.id,
            AssetValue.asset_id,
            collection=True,
            visible=lambda _, value: [value.robot_id.is_(None)],
        ),
        Navigation(
            "RobotValues",
            lambda: ASSET_ROBOT_VALUE,
            Asset.id,
            AssetValue.asset_id,
            collection=True,
            visible=lambda _, value: [value.robot_id.is_not(None)],
        ),
    ),
)

ASSETS = EntitySet("Assets", ASSET)
