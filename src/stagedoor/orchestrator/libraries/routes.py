"""The operations of libraries but for their upload, which ``publishing`` has."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.libraries.entities import LIBRARIES
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.package_feeds.asked import get_asked_library_feed
from stagedoor.orchestrator.processes import service, store
from stagedoor.orchestrator.processes.download import answer_file
from stagedoor.orchestrator.registry import Routes

routes = Routes()


@routes.reads("Libraries_Get")
def list_libraries(call: Call) -> Answer:
    """Answer the libraries, each at its latest version; ``searchTerm`` looks into name and description."""
    feed = get_asked_library_feed(call)
    words = call.query.get("searchterm", "")
    return read_set(call, LIBRARIES, (store.in_feed(feed), store.is_latest(), *store.matches(words)))


@routes.reads("Libraries_GetVersionsByPackageid")
def list_versions(call: Call) -> Answer:
    """Answer every version of one library."""
    feed = get_asked_library_feed(call)
    return read_set(call, LIBRARIES, (store.in_feed(feed), store.is_named(call.path_arguments["packageId"])))


@routes.reads("Libraries_DownloadPackageByKey")
def download_library(call: Call) -> Answer:
    """Answer the library's file."""
    feed = get_asked_library_feed(call)
    library = service.get_package(call.session, call.tenant.tenant_id, call.path_arguments["key"], feed)
    return answer_file(call, library)


@routes.writes("Libraries_DeleteById")
def delete_library(call: Call) -> Answer:
    """Delete one version (``name:version``), or all of a library (``name``)."""
    feed = get_asked_library_feed(call)
    service.delete_package(call.session, call.tenant.tenant_id, call.path_arguments["key"], feed)
    return Answer(status=204)
