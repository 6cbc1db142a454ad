"""All SQL of assets."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.assets.models import Asset, AssetFolder
from stagedoor.orchestrator.folder_links import FolderLinks, fold
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace, Reach

links = FolderLinks(AssetFolder, AssetFolder.asset_id, AssetFolder.folder_id, AssetFolder.name_folded)


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that the folder sees the asset."""
    return links.seen_in(folder.id, Asset.id)


def within_reach(tenant_id: str, reach: Reach, *, except_folder_id: int | None) -> ColumnElement[bool]:
    """Return the condition that a folder within reach, other than the one left out, sees the asset."""
    return links.seen_within(tenant_id, reach, Asset.id, except_folder_id=except_folder_id)


def has_id(asset_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one asset by its id."""
    return Asset.id == asset_id


def find_asset(session: Session, tenant_id: str, folder_id: int, asset_id: int) -> Asset | None:
    """Return the asset of this id, if the folder sees it."""
    return session.scalar(
        select(Asset).where(Asset.id == asset_id, Asset.tenant_id == tenant_id, links.seen_in(folder_id, Asset.id))
    )


def find_asset_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> Asset | None:
    """Return the asset that the folder sees under this name, in any letter case."""
    return session.scalar(
        select(Asset)
        .join(AssetFolder, AssetFolder.asset_id == Asset.id)
        .where(AssetFolder.folder_id == folder_id, AssetFolder.name_folded == fold(name), Asset.tenant_id == tenant_id)
    )


def add_asset(session: Session, asset: Asset, folder_id: int) -> None:
    """Store a new asset; raises ``NameInUse`` if the folder sees another of that name."""
    session.add(asset)
    session.flush()
    links.link(session, asset.id, folder_id, asset.name)


def delete_asset(session: Session, asset: Asset) -> None:
    """Delete an asset with all its values."""
    session.delete(asset)
    session.flush()


def has_machine(session: Session, tenant_id: str, machine_id: int) -> bool:
    """Tell whether the tenant has this machine."""
    found = select(Machine.id).where(Machine.id == machine_id, Machine.tenant_id == tenant_id)
    return session.scalar(found) is not None


def find_robot(session: Session, tenant_id: str, robot_id: int) -> Robot | None:
    """Return the robot of this id."""
    return session.scalar(select(Robot).where(Robot.id == robot_id, Robot.tenant_id == tenant_id))


def find_robot_by_key(session: Session, tenant_id: str, robot_key: str) -> Robot | None:
    """Return the robot with this key."""
    return session.scalar(select(Robot).where(Robot.key == robot_key, Robot.tenant_id == tenant_id))
