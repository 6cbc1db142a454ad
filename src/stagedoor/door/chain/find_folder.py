"""Step 7: which folder the request names; a caller that has only one need not name it."""

from collections.abc import Awaitable, Iterable

from stagedoor.catalog.operations import FolderNeed
from stagedoor.door.refusals import FolderUnknown
from stagedoor.door.visit import Visit, known
from stagedoor.gateway.folder_headers import FolderReference, FolderReferenceKind, read_folder_reference
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import FolderPlace, Reach, TenantPlace
from stagedoor.upstream.folders.directory import RemoteFolderIndex

FOLDERS_LISTED_MAX = 20


def find_folder(visit: Visit) -> Awaitable[None] | None:
    """Fill in the folder where the operation knows folders; waits where a remote tenant's have to be read first.

    Where a remote Orchestrator does not list its folders the folder stays unknown, and the verdict decides on that.
    Raises :class:`FolderUnknown` and :class:`FolderRequired`, which lists the folders that the caller may use.
    """
    tenant, operation = known(visit.tenant), known(visit.match).operation
    need = operation.folder
    if need is FolderNeed.NONE:
        return None
    reference = read_folder_reference(visit.head)
    reach = visit.house.judge.folders_for(known(visit.caller), operation, tenant=tenant)
    if reach is None:
        # The operation itself is not granted; the verdict says so better than a word about folders would.
        return None
    if tenant.remote_base_url is not None:
        return _find_far(visit, tenant, reference, reach)
    if reference is not None:
        visit.folder = _find(visit, tenant, reference)
        if visit.folder is None or not reach.covers(visit.folder):
            raise FolderUnknown(details={"folders": _listed(_places(visit, tenant, reach))})
    elif need is FolderNeed.NEEDED:
        visit.folder = _only_folder(_places(visit, tenant, reach), reach)
    return None


def _find(visit: Visit, tenant: TenantPlace, reference: FolderReference) -> FolderPlace | None:
    folders = visit.house.folders
    match reference.kind:
        case FolderReferenceKind.ID:
            return folders.find_by_id(tenant.tenant_id, int(reference.value))
        case FolderReferenceKind.KEY:
            return folders.find_by_key(tenant.tenant_id, reference.value)
        case _:
            return folders.find_by_path(tenant.tenant_id, reference.value)


def _find_far(
    visit: Visit, tenant: TenantPlace, reference: FolderReference | None, reach: Reach
) -> Awaitable[None] | None:
    if reference is None and reach.folder_keys is None:
        # Which folder is meant is between this caller, who may use all of them, and the upstream.
        return None
    index = visit.house.remote_folders.find_index(tenant)
    if index is None or not _settle_far(visit, tenant, index, reference, reach, is_fresh=False):
        return _read_and_settle(visit, tenant, reference, reach)
    return None


async def _read_and_settle(visit: Visit, tenant: TenantPlace, reference: FolderReference | None, reach: Reach) -> None:
    index = await visit.house.remote_folders.read(tenant)
    _settle_far(visit, tenant, index, reference, reach, is_fresh=True)


def _settle_far(
    visit: Visit,
    tenant: TenantPlace,
    index: RemoteFolderIndex,
    reference: FolderReference | None,
    reach: Reach,
    *,
    is_fresh: bool,
) -> bool:
    """Fill in the folder, if the index says enough. Returns false where it should be read again first."""
    folders = visit.house.remote_folders
    if not index.is_known:
        return True
    places = [place for place in index.places if reach.covers(place)]
    if reference is None:
        if known(visit.match).operation.folder is FolderNeed.NEEDED:
            visit.folder = _only_folder(places, reach)
        return True
    match reference.kind:
        case FolderReferenceKind.ID:
            folder = folders.find_by_id(tenant, index, int(reference.value))
        case FolderReferenceKind.KEY:
            folder = index.by_key.get(reference.value.lower())
        case _:
            folder = index.by_path.get(reference.value.casefold())
    if folder is None and not is_fresh and folders.may_be_outdated(index):
        return False
    if folder is not None and reach.covers(folder):
        visit.folder = folder
    elif reach.folder_keys is not None:
        raise FolderUnknown(details={"folders": _listed(places)})
    # The upstream may know folders that it does not list; a caller who may use all of them asks it by its own words.
    return True


def _only_folder(places: list[FolderPlace], reach: Reach) -> FolderPlace:
    if reach.folder_keys is not None:
        # Where one folder was granted its sub-folders may be named, but without a name the folder itself is meant.
        roots = reach.roots
        granted = [place for place in places if place.key in roots]
        if len(granted) == 1:
            return granted[0]
    raise FolderRequired(
        hint="Send X-UIPATH-FolderPath with one of the folders listed here, or X-UIPATH-OrganizationUnitId.",
        details={"folders": _listed(places)},
    )


def _places(visit: Visit, tenant: TenantPlace, reach: Reach) -> list[FolderPlace]:
    return [place for place in visit.house.folders.list_places(tenant.tenant_id) if reach.covers(place)]


def _listed(places: Iterable[FolderPlace]) -> list[dict[str, object]]:
    shown = list(places)[:FOLDERS_LISTED_MAX]
    return [{"Id": place.id, "Key": place.key, "FullyQualifiedName": place.path} for place in shown]
