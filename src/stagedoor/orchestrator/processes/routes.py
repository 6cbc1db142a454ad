"""The operations of packages. Upload and download are not built: a package is a row here, not yet a file."""

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.processes import service
from stagedoor.orchestrator.processes.entities import PROCESSES
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.registry import Routes

routes = Routes()


@routes.reads("Processes_Get")
def list_packages(call: Call) -> Answer:
    """Answer the packages of the feed, each at its latest version; ``searchTerm`` looks into name and description."""
    latest = Package.is_latest_version.is_(True)
    words = call.query.get("searchterm", "").strip()
    if not words:
        return read_set(call, PROCESSES, (latest,))
    in_name = Package.name_folded.contains(words.casefold(), autoescape=True)
    return read_set(call, PROCESSES, (latest, in_name | Package.description.icontains(words, autoescape=True)))


@routes.reads("Processes_GetProcessVersionsByProcessid")
def list_versions(call: Call) -> Answer:
    """Answer every version of one package."""
    name = call.path_arguments["processId"].casefold()
    return read_set(call, PROCESSES, [Package.name_folded == name])


@routes.reads("Processes_GetArgumentsByKey")
def show_arguments(call: Call) -> Answer:
    """Answer the arguments of one package version, as JSON text."""
    package = service.get_package(call.session, call.tenant.tenant_id, call.path_arguments["key"])
    fields = {"Input": package.input_arguments, "Output": package.output_arguments}
    return answer_object(call, "ArgumentMetadata", fields)


@routes.writes("Processes_DeleteById")
def delete_package(call: Call) -> Answer:
    """Delete one version (``name:version``), or all of a package (``name``), that no release uses."""
    service.delete_package(call.session, call.tenant.tenant_id, call.path_arguments["key"])
    return Answer(status=204)
