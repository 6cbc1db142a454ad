"""The operations that tell which feeds there are."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_query_integer
from stagedoor.orchestrator.folders.service import get_folder as get_folder_within_reach
from stagedoor.orchestrator.package_feeds import service
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes()


@routes.reads("PackageFeeds_GetFeeds", basis=Basis.CLIENT)
def list_feeds(call: Call) -> Answer:
    """Answer the tenant's feeds and those of folders within reach, as the vendor's command line reads them."""
    feeds = service.list_feeds(call.session, call.tenant.tenant_id, call.reach)
    return Answer(content=[{"id": feed.id, "name": feed.name, "purpose": feed.purpose} for feed in feeds])


@routes.reads(
    "PackageFeeds_GetFolderFeed",
    basis=Basis.GUESS,
    note="A folder without a feed of its own is told that of the folder above it that has one, else the tenant's.",
)
def show_folder_feed(call: Call) -> Answer:
    """Answer the id of the feed that a folder uses."""
    folder_id = find_query_integer(call, "folderId", most=2**63 - 1)
    if folder_id is None:
        raise InvalidRequest("The query parameter folderId is required.", details={"field": "folderId"})
    folder = get_folder_within_reach(call.session, call.tenant.tenant_id, folder_id, call.reach)
    return Answer(content=service.feed_of_folder(call.session, call.tenant.tenant_id, folder.id).id)
