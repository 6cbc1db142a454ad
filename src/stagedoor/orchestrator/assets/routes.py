"""The vendor's operations on assets."""

from stagedoor.orchestrator.answers import answer_object, done
from stagedoor.orchestrator.assets import robot_assets, service, store
from stagedoor.orchestrator.assets.entities import ASSETS
from stagedoor.orchestrator.assets.models import Asset
from stagedoor.orchestrator.assets.schemas import AssetValues, read_asset, read_type, read_value
from stagedoor.orchestrator.assets.sealing import Holder
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.credential_stores.service import verify_is_own
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import (
    find_guid,
    find_query_integer,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_object,
    get_required,
    get_text,
)
from stagedoor.orchestrator.folder_place import get_folder, show_accessible_folders
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.sharing import read_shares

routes = Routes()

OWN_STORE_ALONE = "Secrets lie in Stagedoor's own store; an asset that names another credential store is refused."


@routes.reads("Assets_Get")
@routes.reads("Assets_GetFiltered")
def list_assets(call: Call) -> Answer:
    """Answer the assets that the folder sees."""
    return read_set(call, ASSETS, [store.in_folder(get_folder(call))])


@routes.reads("Assets_GetAssetsAcrossFolders")
def list_assets_across_folders(call: Call) -> Answer:
    """Answer the assets of every folder within reach, but for the one that ``excludeFolderId`` names."""
    except_folder_id = find_query_integer(call, "excludeFolderId")
    within = store.within_reach(call.tenant.tenant_id, call.reach, except_folder_id=except_folder_id)
    return read_set(call, ASSETS, [within])


@routes.reads("Assets_GetById")
def get_asset(call: Call) -> Answer:
    """Answer one asset by its id."""
    asset_id = get_number_argument(call, "key")
    return read_one(call, ASSETS, [store.has_id(asset_id), store.in_folder(get_folder(call))])


@routes.writes("Assets_Post", note=OWN_STORE_ALONE)
def create_asset(call: Call) -> Answer:
    """Make an asset."""
    values = _values(call)
    asset = service.create_asset(call.session, call.tenant.tenant_id, get_folder(call).id, values, _writer(call))
    return read_one(call, ASSETS, [store.has_id(asset.id)], status=201)


@routes.writes("Assets_PutById", note=OWN_STORE_ALONE)
def update_asset(call: Call) -> Answer:
    """Give an asset another name or other values."""
    asset = _asset_in_path(call, "key")
    service.update_asset(call.session, asset, _values(call), _writer(call))
    return read_one(call, ASSETS, [store.has_id(asset.id)])


@routes.writes("Assets_DeleteById")
def delete_asset(call: Call) -> Answer:
    """Delete an asset."""
    service.delete_asset(call.session, _asset_in_path(call, "key"), call.reach)
    return Answer(status=204)


@routes.reads("Assets_GetFoldersForAssetById")
def list_folders_of_asset(call: Call) -> Answer:
    """Answer the folders within reach that see the asset."""
    folders, total = service.list_folders(call.session, _asset_in_path(call, "id"), call.reach)
    return show_accessible_folders(call, folders, total)


@routes.writes("Assets_ShareToFolders")
def share_assets(call: Call) -> Answer:
    """Let further folders see assets, or take them out of folders."""
    shares = read_shares(get_body(call), "AssetIds")
    service.share_assets(call.session, call.tenant.tenant_id, get_folder(call).id, shares, call.reach)
    return Answer(status=204)


@routes.reads("Assets_GetRobotAssetByNameForRobotKey")
def get_robot_asset(call: Call) -> Answer:
    """Answer what a robot gets of an asset, secrets in the clear, to whoever shows the robot's key.

    Without a key only an asset that allows direct access is answered, with the value for all.
    """
    body = get_body(call)
    asset = _asset_named(call, get_text(body, "assetName"))
    robot_key = find_guid(body, "robotKey")
    if robot_key is None and not asset.allow_direct_api_access:
        get_required(robot_key, "robotKey")
    robot = None if robot_key is None else _robot_with_key(call, robot_key)
    return _show(call, asset, robot_assets.value_for(asset, robot), with_secrets=True)


@routes.reads("Assets_GetRobotAssetByRobotidAndAssetname")
def get_robot_asset_by_key_in_path(call: Call) -> Answer:
    """Answer what a robot gets of an asset; the path's ``robotId`` is the robot's key, as it was in old clients."""
    asset = _asset_named(call, call.path_arguments["assetName"])
    robot = _robot_with_key(call, get_guid_argument(call, "robotId"))
    return _show(call, asset, robot_assets.value_for(asset, robot), with_secrets=True)


@routes.reads("Assets_GetRobotAssetByRobotId")
def get_robot_asset_by_id(call: Call) -> Answer:
    """Answer what a robot gets of an asset, without secrets: a robot's number is no secret, and opens none."""
    asset = _asset_named(call, call.path_arguments["assetName"])
    robot_id = get_number_argument(call, "robotId")
    robot = store.find_robot(call.session, call.tenant.tenant_id, robot_id)
    if robot is None:
        raise NotFound(f"There is no robot {robot_id}.")
    return _show(call, asset, robot_assets.value_for(asset, robot), with_secrets=False)


@routes.writes("Assets_SetRobotAssetByRobotKey")
def set_robot_asset(call: Call) -> Answer:
    """Change the value that a robot gets of an asset."""
    body = get_body(call)
    robot = _robot_with_key(call, get_required(find_guid(body, "robotKey"), "robotKey"))
    sent = get_object(body, "robotAsset")
    asset = _asset_named(call, get_text(sent, "Name"))
    value = read_value(sent, read_type(sent))
    robot_assets.set_value(call.session, asset, robot, value, _writer(call))
    return done(call)


def _values(call: Call) -> AssetValues:
    values = read_asset(get_body(call))
    if values.credential_store_id is not None:
        verify_is_own(call, values.credential_store_id)
    if values.external_name:
        raise InvalidRequest(
            "The ExternalName of a secret belongs to another credential store than Stagedoor's own.",
            details={"field": "ExternalName"},
        )
    return values


def _writer(call: Call) -> service.Writer:
    return service.Writer(call.caller.number, call.clock, call.chance, call.vault)


def _asset_in_path(call: Call, name: str) -> Asset:
    asset_id = get_number_argument(call, name)
    return service.get_asset(call.session, call.tenant.tenant_id, get_folder(call).id, asset_id)


def _asset_named(call: Call, name: str) -> Asset:
    return service.get_asset_by_name(call.session, call.tenant.tenant_id, get_folder(call).id, name)


def _robot_with_key(call: Call, robot_key: str) -> Robot:
    robot = store.find_robot_by_key(call.session, call.tenant.tenant_id, robot_key)
    if robot is None:
        # The key is a secret of the robot's and is not repeated.
        raise NotFound("There is no robot with this key.")
    return robot


def _show(call: Call, asset: Asset, holder: Holder, *, with_secrets: bool) -> Answer:
    shown = robot_assets.show(asset, holder, call.vault if with_secrets else None)
    return answer_object(call, "UserAssetDto", shown)
