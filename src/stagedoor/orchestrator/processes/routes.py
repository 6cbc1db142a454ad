"""The operations of packages but for their upload, which ``publishing`` has."""

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.machines.robots import find_machine_id
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.package_feeds.asked import get_asked_process_feed
from stagedoor.orchestrator.package_feeds.service import Purpose, list_feeds
from stagedoor.orchestrator.processes import service, store
from stagedoor.orchestrator.processes.download import answer_file
from stagedoor.orchestrator.processes.entities import ENTRY_POINTS, PROCESSES
from stagedoor.orchestrator.processes.models import Package, PackageEntryPoint
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robots_service.store import has_job_of_package

routes = Routes()


@routes.reads("Processes_Get")
def list_packages(call: Call) -> Answer:
    """Answer the packages of a feed, each at its latest version; ``searchTerm`` looks into name and description."""
    feed = get_asked_process_feed(call)
    words = call.query.get("searchterm", "")
    return read_set(call, PROCESSES, (store.in_feed(feed), store.is_latest(), *store.matches(words)))


@routes.reads("Processes_GetProcessVersionsByProcessid")
def list_versions(call: Call) -> Answer:
    """Answer every version of one package in a feed."""
    feed = get_asked_process_feed(call)
    return read_set(call, PROCESSES, (store.in_feed(feed), store.is_named(call.path_arguments["processId"])))


@routes.reads(
    "Processes_GetArgumentsByKey",
    basis=Basis.GUESS,
    note="Arguments that a package describes by JSON schemas are listed by name with the .NET type nearest to theirs.",
)
def show_arguments(call: Call) -> Answer:
    """Answer the arguments of a package version in any feed within reach, the tenant's first, as JSON text."""
    feeds = list_feeds(call.session, call.tenant.tenant_id, call.reach)
    of_processes = [feed for feed in feeds if feed.purpose is Purpose.PROCESSES]
    package = service.get_package(call.session, call.tenant.tenant_id, call.path_arguments["key"], *of_processes)
    fields = {"Input": package.input_arguments, "Output": package.output_arguments}
    return answer_object(call, "ArgumentMetadata", fields)


@routes.reads("Processes_GetPackageEntryPointsByKey")
def list_entry_points(call: Call) -> Answer:
    """Answer the places to start a package version at."""
    return read_set(call, ENTRY_POINTS, (PackageEntryPoint.package_id == _package_in_path(call).id,))


@routes.reads("Processes_GetPackageMainEntryPointByKey")
def show_main_entry_point(call: Call) -> Answer:
    """Answer the place that a package version starts at where nobody names one."""
    package = _package_in_path(call)
    where = (PackageEntryPoint.package_id == package.id, PackageEntryPoint.path == package.main_entry_point_path)
    return read_one(call, ENTRY_POINTS, where)


@routes.reads("Processes_DownloadPackageByKey")
def download_package(call: Call) -> Answer:
    """Answer the package's file; to the robot of a machine only where a job in its hands runs it."""
    package, machine_id = _package_in_path(call), find_machine_id(call.caller)
    if machine_id is not None and not has_job_of_package(call.session, machine_id, package):
        raise NotFound(f"No job of this machine runs the package '{package.key}'.")
    return answer_file(call, package)


@routes.writes("Processes_DeleteById")
def delete_package(call: Call) -> Answer:
    """Delete one version (``name:version``), or all of a package (``name``), that no release uses."""
    feed = get_asked_process_feed(call)
    service.delete_package(call.session, call.tenant.tenant_id, call.path_arguments["key"], feed)
    return Answer(status=204)


def _package_in_path(call: Call) -> Package:
    feed = get_asked_process_feed(call)
    return service.get_package(call.session, call.tenant.tenant_id, call.path_arguments["key"], feed)
