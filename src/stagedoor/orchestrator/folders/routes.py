"""The operations of folders."""

from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    INT64_MAX,
    find_enum,
    find_guid,
    find_integer,
    find_query_integer,
    find_text,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_query_guid,
    get_text,
)
from stagedoor.orchestrator.folders import service, store
from stagedoor.orchestrator.folders.entities import FOLDERS
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FEED_TYPE, FOLDER_TYPE, PERMISSION_MODEL, PROVISION_TYPE
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Routes

TAKE_DEFAULT = 100
TAKE_MAX = 1000

routes = Routes()


@routes.reads("Folders_Get")
def list_folders(call: Call) -> Answer:
    """Answer the folders within reach."""
    return read_set(call, FOLDERS, store.within_reach(call.tenant.tenant_id, call.reach))


@routes.reads("Folders_GetById")
def get_folder(call: Call) -> Answer:
    """Answer one folder by its number."""
    reachable = store.within_reach(call.tenant.tenant_id, call.reach)
    return read_one(call, FOLDERS, (Folder.id == get_number_argument(call, "key"), *reachable))


@routes.reads("Folders_GetByKeyByIdentifier")
def get_folder_by_key(call: Call) -> Answer:
    """Answer one folder by its key."""
    reachable = store.within_reach(call.tenant.tenant_id, call.reach)
    return read_one(call, FOLDERS, (Folder.key == get_guid_argument(call, "identifier"), *reachable))


@routes.reads("Folders_GetAllForCurrentUser")
def list_folders_for_current_user(call: Call) -> Answer:
    """Answer a page of the folders within reach, in the shape of the vendor's plain API."""
    folders, count = store.search_folders(
        call.session,
        call.tenant.tenant_id,
        call.reach,
        skip=find_query_integer(call, "skip", default=0),
        take=find_query_integer(call, "take", default=TAKE_DEFAULT, most=TAKE_MAX),
    )
    items = [
        {
            "Key": folder.key,
            "DisplayName": folder.display_name,
            "FullyQualifiedName": folder.fully_qualified_name,
            "Description": folder.description,
            "FolderType": FOLDER_TYPE.word(folder.folder_type),
            "ParentId": folder.parent_id,
            "ParentKey": folder.parent_key,
            "Id": folder.id,
        }
        for folder in folders
    ]
    return Answer(content={"PageItems": items, "Count": count})


@routes.writes("Folders_Post")
def create_folder(call: Call) -> Answer:
    """Make a folder."""
    folder = service.create_folder(
        call.session,
        call.tenant.tenant_id,
        _new_folder(get_body(call)),
        reach=call.reach,
        clock=call.clock,
        chance=call.chance,
    )
    return read_one(call, FOLDERS, (Folder.id == folder.id,), status=201)


@routes.writes("Folders_PutById")
def update_folder(call: Call) -> Answer:
    """Rename a folder or change its description."""
    folder_id = get_number_argument(call, "key")
    folder = service.get_folder(call.session, call.tenant.tenant_id, folder_id, call.reach)
    body = get_body(call)
    service.rename_folder(call.session, folder, get_text(body, "DisplayName", length_max=service.NAME_LENGTH_MAX))
    if "Description" in body:
        folder.description = find_text(body, "Description", length_max=service.DESCRIPTION_LENGTH_MAX)
    call.session.flush()
    return read_one(call, FOLDERS, (Folder.id == folder.id,))


@routes.writes("Folders_PatchNameDescription")
def patch_folder(call: Call) -> Answer:
    """Change the name or the description, whichever is sent."""
    folder_key = get_query_guid(call, "key")
    folder = service.get_folder_by_key(call.session, call.tenant.tenant_id, folder_key, call.reach)
    body = get_body(call)
    name = find_text(body, "Name", length_max=service.NAME_LENGTH_MAX)
    if name is not None:
        service.rename_folder(call.session, folder, name)
    if "Description" in body:
        folder.description = find_text(body, "Description", length_max=service.DESCRIPTION_LENGTH_MAX)
    return Answer()


@routes.writes("Folders_MoveFolderByFolderid")
def move_folder(call: Call) -> Answer:
    """Hang a folder under another parent; without ``targetParentId``, at the root."""
    folder_id = get_number_argument(call, "folderId")
    folder = service.get_folder(call.session, call.tenant.tenant_id, folder_id, call.reach)
    service.move_folder(
        call.session, folder, find_query_integer(call, "targetParentId", most=INT64_MAX), reach=call.reach
    )
    return Answer(status=204)


@routes.writes("Folders_DeleteById")
def delete_folder(call: Call) -> Answer:
    """Delete a folder that holds nothing, by its number."""
    folder_id = get_number_argument(call, "key")
    service.delete_folder(call.session, service.get_folder(call.session, call.tenant.tenant_id, folder_id, call.reach))
    return Answer(status=204)


@routes.writes("Folders_DeleteByKey")
def delete_folder_by_key(call: Call) -> Answer:
    """Delete a folder that holds nothing, by its key."""
    folder_key = get_query_guid(call, "key")
    service.delete_folder(
        call.session, service.get_folder_by_key(call.session, call.tenant.tenant_id, folder_key, call.reach)
    )
    return Answer(status=204)


def _new_folder(body: Body) -> service.NewFolder:
    if find_enum(body, "FolderType", FOLDER_TYPE) == FOLDER_TYPE.members["Personal"]:
        raise InvalidRequest("A personal workspace is not made as a folder.", details={"field": "FolderType"})
    standard, automatic, fine, processes = 0, 1, 1, 1
    return service.NewFolder(
        display_name=get_text(body, "DisplayName", length_max=service.NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=service.DESCRIPTION_LENGTH_MAX),
        parent_id=find_integer(body, "ParentId"),
        parent_key=find_guid(body, "ParentKey"),
        folder_type=find_enum(body, "FolderType", FOLDER_TYPE) or standard,
        provision_type=_or(find_enum(body, "ProvisionType", PROVISION_TYPE), automatic),
        permission_model=_or(find_enum(body, "PermissionModel", PERMISSION_MODEL), fine),
        feed_type=_or(find_enum(body, "FeedType", FEED_TYPE), processes),
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
