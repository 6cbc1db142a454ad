"""Step 7: which folder the request names; a caller that has only one need not name it."""

from stagedoor.catalog.operations import FolderNeed
from stagedoor.door.refusals import FolderUnknown
from stagedoor.door.visit import Visit, known
from stagedoor.gateway.folder_headers import FolderReference, FolderReferenceKind, read_folder_reference
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import FolderPlace, Reach, TenantPlace

FOLDERS_LISTED_MAX = 20


def find_folder(visit: Visit) -> None:
    """Fill in the folder where the operation knows folders.

    For a remote tenant a folder cannot be looked up yet: it stays unknown, and the verdict decides on that. Raises
    :class:`FolderUnknown` and :class:`FolderRequired`, which lists the folders that the caller may use.
    """
    tenant, operation = known(visit.tenant), known(visit.match).operation
    need = operation.folder
    if need is FolderNeed.NONE:
        return
    reference = read_folder_reference(visit.head)
    if tenant.remote_base_url is not None:
        return
    reach = visit.house.judge.folders_for(known(visit.caller), operation, tenant=tenant)
    if reach is None:
        # The operation itself is not granted; the verdict says so better than a word about folders would.
        return
    if reference is not None:
        visit.folder = _find(visit, tenant, reference)
        if visit.folder is None or not reach.covers(visit.folder):
            raise FolderUnknown(details={"folders": _listed(_places(visit, tenant, reach))})
    elif need is FolderNeed.NEEDED:
        visit.folder = _only_folder(visit, tenant, reach)


def _find(visit: Visit, tenant: TenantPlace, reference: FolderReference) -> FolderPlace | None:
    folders = visit.house.folders
    match reference.kind:
        case FolderReferenceKind.ID:
            return folders.find_by_id(tenant.tenant_id, int(reference.value))
        case FolderReferenceKind.KEY:
            return folders.find_by_key(tenant.tenant_id, reference.value)
        case _:
            return folders.find_by_path(tenant.tenant_id, reference.value)


def _only_folder(visit: Visit, tenant: TenantPlace, reach: Reach) -> FolderPlace:
    places = _places(visit, tenant, reach)
    if reach.folder_keys is not None:
        # Where one folder was granted its sub-folders may be named, but without a name the folder itself is meant.
        granted = [place for place in places if place.key in reach.folder_keys]
        if len(granted) == 1:
            return granted[0]
    raise FolderRequired(
        hint="Send X-UIPATH-FolderPath with one of the folders listed here, or X-UIPATH-OrganizationUnitId.",
        details={"folders": _listed(places)},
    )


def _places(visit: Visit, tenant: TenantPlace, reach: Reach) -> list[FolderPlace]:
    return [place for place in visit.house.folders.list_places(tenant.tenant_id) if reach.covers(place)]


def _listed(places: list[FolderPlace]) -> list[dict[str, object]]:
    shown = places[:FOLDERS_LISTED_MAX]
    return [{"Id": place.id, "Key": place.key, "FullyQualifiedName": place.path} for place in shown]
