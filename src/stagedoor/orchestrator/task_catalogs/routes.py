"""The vendor's operations on task catalogues."""

from stagedoor.orchestrator.answers import answer_object, done
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import INT64_MAX, find_query_integer, get_body, get_number_argument
from stagedoor.orchestrator.folder_place import get_folder, show_accessible_folders
from stagedoor.orchestrator.odata.read import options_of, read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.sharing import read_shares
from stagedoor.orchestrator.task_catalogs import service, store
from stagedoor.orchestrator.task_catalogs.entities import TASK_CATALOGS
from stagedoor.orchestrator.task_catalogs.links import links
from stagedoor.orchestrator.task_catalogs.models import TaskCatalog
from stagedoor.orchestrator.task_catalogs.schemas import read_catalog

routes = Routes()


@routes.reads("TaskCatalogs_Get")
def list_catalogs(call: Call) -> Answer:
    """Answer the catalogues that the folder sees."""
    return read_set(call, TASK_CATALOGS, [store.in_folder(get_folder(call))])


@routes.reads("TaskCatalogs_GetById")
def get_catalog(call: Call) -> Answer:
    """Answer one catalogue by its id."""
    catalog_id = get_number_argument(call, "key")
    return read_one(call, TASK_CATALOGS, [store.has_id(catalog_id), store.in_folder(get_folder(call))])


@routes.reads(
    "TaskCatalogs_GetTaskCatalogsFromFoldersWithPermissions",
    basis=Basis.GUESS,
    note="The folders are those that the caller's grant covers for this operation; mandatoryPermissions narrow "
    "nothing further.",
)
def list_catalogs_across_folders(call: Call) -> Answer:
    """Answer the catalogues of every folder within reach, but for the one that ``excludeFolderId`` names.

    With ``distinctBySelect`` each value of the one selected property comes once.
    """
    except_folder_id = find_query_integer(call, "excludeFolderId", most=INT64_MAX)
    within = store.within_reach(call.tenant.tenant_id, call.reach, except_folder_id=except_folder_id)
    answer = read_set(call, TASK_CATALOGS, [within])
    if call.query.get("distinctbyselect", "").lower() == "true":
        chosen = options_of(call, TASK_CATALOGS).select
        if chosen is None or len(chosen) != 1:
            raise InvalidRequest(
                "distinctBySelect wants $select with exactly one property.", details={"field": "distinctBySelect"}
            )
        values: list[dict[str, object]] = answer.content["value"]
        distinct = list({repr(value): value for value in values}.values())
        counted = {"@odata.count": len(distinct)} if "@odata.count" in answer.content else {}
        return Answer(content={**answer.content, **counted, "value": distinct})
    return answer


@routes.writes("TaskCatalogs_CreateTaskCatalog")
def create_catalog(call: Call) -> Answer:
    """Make a catalogue in the folder."""
    values = read_catalog(get_body(call))
    folder = get_folder(call)
    catalog = service.create_catalog(
        call.session, call.tenant.tenant_id, folder.id, values, clock=call.clock, chance=call.chance
    )
    return read_one(call, TASK_CATALOGS, [store.has_id(catalog.id)], status=201)


@routes.writes("TaskCatalogs_UpdateTaskCatalogById")
def update_catalog(call: Call) -> Answer:
    """Change a catalogue; what is not sent stays as it is."""
    service.update_catalog(call.session, _catalog_in_path(call, "key"), read_catalog(get_body(call)), clock=call.clock)
    return done(call)


@routes.writes("TaskCatalogs_DeleteById")
def delete_catalog(call: Call) -> Answer:
    """Delete a catalogue that has no tasks."""
    service.delete_catalog(call.session, _catalog_in_path(call, "key"), call.reach)
    return Answer(status=204)


@routes.reads("TaskCatalogs_GetFoldersForTaskCatalogById")
def list_folders_of_catalog(call: Call) -> Answer:
    """Answer the folders within reach that see the catalogue."""
    catalog_id = get_number_argument(call, "id")
    catalog = service.get_catalog_within(call.session, call.tenant.tenant_id, catalog_id, call.reach)
    folders, total = service.list_folders(call.session, catalog, call.reach)
    return show_accessible_folders(call, folders, total)


@routes.reads("TaskCatalogs_GetTaskCatalogExtendedDetailsByTaskcatalogid")
def show_details(call: Call) -> Answer:
    """Answer what stands against deleting a catalogue: its tasks, and its folders."""
    catalog = _catalog_in_path(call, "taskCatalogId")
    details = {
        "AssociatedTasksCount": store.count_tasks(call.session, catalog.id),
        "IsEncrypted": catalog.is_encrypted,
        "TotalFolderCount": links.count_folders(call.session, catalog.id),
        "Key": catalog.key,
    }
    return answer_object(call, "TaskCatalogExtendedDetailsDto", details)


@routes.writes("TaskCatalogs_ShareToFolders")
def share_catalogs(call: Call) -> Answer:
    """Let further folders see catalogues, or take them out of folders."""
    shares = read_shares(get_body(call), "TaskCatalogIds")
    service.share_catalogs(call.session, call.tenant.tenant_id, get_folder(call).id, shares, call.reach)
    return Answer(status=204)


def _catalog_in_path(call: Call, name: str) -> TaskCatalog:
    catalog_id = get_number_argument(call, name)
    return service.get_catalog(call.session, call.tenant.tenant_id, get_folder(call).id, catalog_id)
