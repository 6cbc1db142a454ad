"""What a robot gets of an asset: the value that is meant for it, secrets in the clear, to whoever shows its key."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.assets.models import Asset, AssetValue
from stagedoor.orchestrator.assets.schemas import CREDENTIALS, VALUE_TYPE, Value
from stagedoor.orchestrator.assets.sealing import Holder, reveal_secret, show_value
from stagedoor.orchestrator.assets.service import Writer, note_change, verify_type
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.robots.models import Robot


def value_for(asset: Asset, robot: Robot | None) -> Holder:
    """Return the row that holds a robot's value: its own, its user's on its machine, its user's, or that for all.

    Raises ``NotFound`` where the asset has no value for it.
    """
    own = None if robot is None else _own_value(asset, robot)
    if own is not None:
        return own
    if not asset.has_default_value:
        raise NotFound(f"The asset {asset.name!r} has no value for this robot.")
    return asset


def show(asset: Asset, holder: Holder, vault: Vault | None) -> Mapping[str, Any]:
    """Return a robot's value as the vendor's ``UserAssetDto``; without a vault, secrets stay empty."""
    secret = None if vault is None else reveal_secret(holder, vault)
    plain = "" if secret is None else secret.reveal()
    is_credential = holder.value_type in CREDENTIALS
    return {
        "Name": asset.name,
        "ValueType": VALUE_TYPE.word(holder.value_type),
        "Value": show_value(
            holder.value_type, holder.text_value, holder.bool_value, holder.int_value, holder.credential_username
        ),
        "StringValue": holder.text_value,
        "BoolValue": holder.bool_value,
        "IntValue": holder.int_value,
        "CredentialUsername": holder.credential_username,
        "CredentialPassword": plain if is_credential else "",
        "SecretValue": "" if is_credential else plain,
        "ExternalName": None,
        "CredentialStoreId": None,
        "KeyValueList": list(holder.key_value_list),
        "ConnectionData": None,
        "AllowDirectApiAccess": asset.allow_direct_api_access,
        "Id": asset.id,
    }


def set_value(session: Session, asset: Asset, robot: Robot, value: Value, writer: Writer) -> None:
    """Change the value that a robot gets: its own where it has one, else the one for all."""
    verify_type(asset, value.type)
    writer.put(value_for(asset, robot), value, what="robotAsset.")
    note_change(asset, writer)
    session.flush()


def _own_value(asset: Asset, robot: Robot) -> AssetValue | None:
    users = [row for row in asset.values if row.user_number is not None and row.user_number == robot.user_number]
    ranked = [
        *(row for row in asset.values if row.robot_id == robot.id),
        *(row for row in users if row.machine_id is not None and row.machine_id == robot.machine_id),
        *(row for row in users if row.machine_id is None),
    ]
    return ranked[0] if ranked else None
