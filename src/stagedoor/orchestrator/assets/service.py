"""What may be done with assets: make, change, delete and share them; each within one folder of one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.assets import store
from stagedoor.orchestrator.assets.models import Asset, AssetValue
from stagedoor.orchestrator.assets.schemas import (
    VALUE_TYPE,
    AssetValues,
    PersonalValue,
    Value,
    ValueScope,
    ValueType,
)
from stagedoor.orchestrator.assets.sealing import clear_value, put_value
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.sharing import Shares, share_thing, verify_folders, verify_seen_within_reach
from stagedoor.passage import Reach

SECRET_FIELDS = {
    ValueType.CREDENTIAL: "CredentialPassword",
    ValueType.WINDOWS_CREDENTIAL: "CredentialPassword",
    ValueType.SECRET: "SecretValue",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes assets, and with what."""

    user_number: int
    clock: Clock
    chance: Chance
    vault: Vault

    def put(self, holder: Asset | AssetValue, value: Value, *, what: str) -> None:
        """Write a value into a row; raises ``InvalidRequest`` if it would be left without its secret."""
        if value.secret is None and value.type in SECRET_FIELDS and holder.sealed_secret is None:
            field = f"{what}{SECRET_FIELDS[value.type]}"
            raise InvalidRequest(f"The {field} field is required.", details={"field": field})
        put_value(holder, value, vault=self.vault, chance=self.chance)


def create_asset(session: Session, tenant_id: str, folder_id: int, values: AssetValues, writer: Writer) -> Asset:
    """Make an asset; raises ``NameInUse`` (409/1001) for a name that the folder has."""
    asset = Asset(
        tenant_id=tenant_id,
        key=random_guid(writer.chance),
        name=values.name,
        description=values.description,
        value_scope=values.scope,
        has_default_value=values.default is not None,
        allow_direct_api_access=bool(values.allows_direct_access),
        tags=values.tags or [],
        created_at=writer.clock.now(),
        creator_user_number=writer.user_number,
    )
    _put_default(asset, values, writer)
    _put_personal(session, asset, values.personal or (), writer)
    store.add_asset(session, asset, folder_id)
    return asset


def update_asset(session: Session, asset: Asset, values: AssetValues, writer: Writer) -> None:
    """Give an asset the name and values that were sent; what was not sent of secrets and users stays as it is.

    Raises ``NameInUse``, and ``InvalidRequest`` for another type of value: robots rely on it.
    """
    verify_type(asset, values.type)
    if values.name != asset.name:
        store.links.rename(session, asset.id, values.name)
        asset.name = values.name
    if values.description is not None:
        asset.description = values.description
    if values.allows_direct_access is not None:
        asset.allow_direct_api_access = values.allows_direct_access
    if values.tags is not None:
        asset.tags = values.tags
    asset.value_scope = values.scope
    asset.has_default_value = values.default is not None
    _put_default(asset, values, writer)
    if values.personal is not None or values.scope is ValueScope.GLOBAL:
        _put_personal(session, asset, values.personal or (), writer)
    note_change(asset, writer)
    session.flush()


def get_asset(session: Session, tenant_id: str, folder_id: int, asset_id: int) -> Asset:
    """Return an asset that the folder sees, or raise ``NotFound``."""
    asset = store.find_asset(session, tenant_id, folder_id, asset_id)
    if asset is None:
        raise NotFound(f"There is no asset {asset_id} in this folder.")
    return asset


def get_asset_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> Asset:
    """Return the asset that the folder sees under this name, in any letter case, or raise ``NotFound``."""
    asset = store.find_asset_by_name(session, tenant_id, folder_id, name)
    if asset is None:
        raise NotFound(f"There is no asset named {name!r} in this folder.")
    return asset


def delete_asset(session: Session, asset: Asset, reach: Reach) -> None:
    """Delete an asset, for every folder that sees it; raises ``Conflict`` if one of them is out of reach."""
    verify_seen_within_reach(*list_folders(session, asset, reach), f"The asset {asset.name!r}")
    store.delete_asset(session, asset)


def list_folders(session: Session, asset: Asset, reach: Reach) -> tuple[Sequence[Folder], int]:
    """Return the folders within reach that see the asset, and how many see it in all."""
    return store.links.list_folders(session, asset.tenant_id, asset.id, reach)


def share_assets(session: Session, tenant_id: str, folder_id: int, shares: Shares[int], reach: Reach) -> None:
    """Let folders within reach see assets of this folder, or see them no longer.

    Raises ``NotFound`` for an asset or folder that is not there, ``NameInUse`` for a folder with another asset of that
    name, ``Conflict`` for taking an asset out of the last folder that sees it.
    """
    verify_folders(session, tenant_id, reach, shares)
    for asset_id in shares.thing_ids:
        asset = get_asset(session, tenant_id, folder_id, asset_id)
        share_thing(session, store.links, asset, shares, f"The asset {asset.name!r}")


def verify_type(asset: Asset, value_type: ValueType) -> None:
    """Raise ``InvalidRequest`` if a value is of another type than the asset's."""
    if value_type != asset.value_type:
        raise InvalidRequest(
            f"The asset {asset.name!r} is of the type {VALUE_TYPE.word(asset.value_type)}; its type cannot be changed.",
            hint="Delete the asset and make another.",
            details={"field": "ValueType"},
        )


def note_change(asset: Asset, writer: Writer) -> None:
    """Write down who changed an asset, and when."""
    asset.modified_at = writer.clock.now()
    asset.modifier_user_number = writer.user_number


def _put_default(asset: Asset, values: AssetValues, writer: Writer) -> None:
    if values.default is None:
        clear_value(asset, values.type)
    else:
        writer.put(asset, values.default, what="")


def _put_personal(session: Session, asset: Asset, personal: Sequence[PersonalValue], writer: Writer) -> None:
    there = {(row.user_number, row.machine_id, row.robot_id): row for row in asset.values}
    rows: list[AssetValue] = []
    for wanted in personal:
        _verify_owner(session, asset.tenant_id, wanted)
        row = there.get((wanted.user_number, wanted.machine_id, wanted.robot_id))
        if row is None:
            row = AssetValue(
                tenant_id=asset.tenant_id,
                key=random_guid(writer.chance),
                user_number=wanted.user_number,
                machine_id=wanted.machine_id,
                robot_id=wanted.robot_id,
            )
        row.user_name = wanted.user_name or row.user_name
        writer.put(row, wanted.value, what="UserValues." if wanted.robot_id is None else "RobotValues.")
        rows.append(row)
    asset.values = rows


def _verify_owner(session: Session, tenant_id: str, wanted: PersonalValue) -> None:
    if wanted.machine_id is not None and not store.has_machine(session, tenant_id, wanted.machine_id):
        raise NotFound(f"There is no machine {wanted.machine_id}.")
    if wanted.robot_id is not None and store.find_robot(session, tenant_id, wanted.robot_id) is None:
        raise NotFound(f"There is no robot {wanted.robot_id}.")
