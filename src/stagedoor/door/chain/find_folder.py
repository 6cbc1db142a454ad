"""Step 7: which folder the request names; a caller that has only one need not name it."""

from stagedoor.catalog.operations import FolderNeed
from stagedoor.door.refusals import FolderNeeded, FolderUnknown
from stagedoor.door.visit import Visit
from stagedoor.gateway.folder_headers import FolderReference, FolderReferenceKind, read_folder_reference
from stagedoor.passage import FolderPlace, Reach, TenantPlace

FOLDERS_LISTED_MAX = 20


async def find_folder(visit: Visit) -> None:
    """Fill in the folder where the operation knows folders.

    For a remote tenant a folder cannot be looked up yet: it stays unknown, and the verdict decides on that. Raises
    :class:`FolderUnknown` and :class:`FolderNeeded`, which lists the folders that the caller may use.
    """
    tenant, match = visit.tenant, visit.match
    assert tenant is not None  # noqa: S101
    assert match is not None  # noqa: S101
    need = match.operation.folder
    if need is FolderNeed.NONE:
        return
    reference = read_folder_reference(visit.head)
    if tenant.remote_base_url is not None:
        return
    if reference is not None:
        visit.folder = _find(visit, tenant, reference)
        if visit.folder is None or not _covers(_reach(visit), visit.folder):
            raise FolderUnknown
    elif need is FolderNeed.NEEDED:
        visit.folder = _only_folder(visit, tenant)


def _find(visit: Visit, tenant: TenantPlace, reference: FolderReference) -> FolderPlace | None:
    folders = visit.house.folders
    match reference.kind:
        case FolderReferenceKind.ID:
            return folders.find_by_id(tenant.tenant_id, int(reference.value))
        case FolderReferenceKind.KEY:
            return folders.find_by_key(tenant.tenant_id, reference.value)
        case _:
            return folders.find_by_path(tenant.tenant_id, reference.value)


def _reach(visit: Visit) -> Reach | None:
    assert visit.caller is not None  # noqa: S101
    assert visit.match is not None  # noqa: S101
    assert visit.tenant is not None  # noqa: S101
    return visit.house.judge.folders_for(visit.caller, visit.match.operation, tenant=visit.tenant)


def _covers(reach: Reach | None, folder: FolderPlace) -> bool:
    # Without any reach the operation itself is not granted; the verdict says so better than "unknown folder" would.
    return reach is None or reach.covers(folder)


def _only_folder(visit: Visit, tenant: TenantPlace) -> FolderPlace | None:
    reach = _reach(visit)
    if reach is None:
        return None
    places = [place for place in visit.house.folders.list_places(tenant.tenant_id) if reach.covers(place)]
    if reach.folder_keys is not None and len(reach.folder_keys) == 1:
        # One folder was granted; its sub-folders may be named, but the folder itself is what is meant without a name.
        roots = [place for place in places if place.key in reach.folder_keys]
        if roots:
            return roots[0]
    if len(places) == 1 and reach.folder_keys is not None:
        return places[0]
    listed = [{"Id": place.id, "Key": place.key, "FullyQualifiedName": place.path} for place in places]
    raise FolderNeeded(details={"folders": listed[:FOLDERS_LISTED_MAX]})
