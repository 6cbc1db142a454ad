"""The operations of finding one's way through folders."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import INT64_MAX, find_query_integer
from stagedoor.orchestrator.folders import store as folder_store
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.folders_navigation import service
from stagedoor.orchestrator.registry import Routes

TAKE_DEFAULT = 100
TAKE_MAX = 1000

routes = Routes()


@routes.reads("FoldersNavigation_GetFoldersForCurrentUser")
def search_folders(call: Call) -> Answer:
    """Answer a page of the folders whose name contains ``searchText``, with the path that leads to each."""
    folders, count = folder_store.search_folders(
        call.session,
        call.tenant.tenant_id,
        call.reach,
        text=call.query.get("searchtext", ""),
        types=_folder_types(call),
        skip=find_query_integer(call, "skip", default=0),
        take=find_query_integer(call, "take", default=TAKE_DEFAULT, most=TAKE_MAX),
    )
    return Answer(content={"PageItems": [service.describe_with_path(folder) for folder in folders], "Count": count})


@routes.reads("FoldersNavigation_GetAllFoldersForCurrentUser")
def list_tree(call: Call) -> Answer:
    """Answer every folder within reach, each after its parent."""
    folders = folder_store.list_folders(call.session, call.tenant.tenant_id, call.reach)
    return Answer(content=service.describe_tree(folders))


@routes.reads("FoldersNavigation_GetFolderNavigationContextForCurrentUser")
def show_context(call: Call) -> Answer:
    """Answer where a folder stands; without ``folderId``, where the caller's tree begins."""
    folder_id = find_query_integer(call, "folderId", most=INT64_MAX)
    folder = None
    if folder_id is not None:
        folder = get_folder(call.session, call.tenant.tenant_id, folder_id, call.reach)
    context = service.describe_context(
        folder_store.list_folders(call.session, call.tenant.tenant_id, call.reach),
        folder,
        skip=find_query_integer(call, "skip", default=0),
        take=find_query_integer(call, "take", default=TAKE_DEFAULT, most=TAKE_MAX),
    )
    return Answer(content=context)


def _folder_types(call: Call) -> list[int]:
    numbers = []
    for word in call.query.get("foldertypes", "").split(","):
        if not word.strip():
            continue
        number = FOLDER_TYPE.find_number(word)
        if number is None:
            words = ", ".join(FOLDER_TYPE.members)
            raise InvalidRequest(f"The query parameter folderTypes takes {words}.", details={"field": "folderTypes"})
        numbers.append(number)
    return numbers
