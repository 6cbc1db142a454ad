"""The vendor's operations on test sets."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import get_body, get_number_argument
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.test_cases.reading import NEW_PACKAGES
from stagedoor.orchestrator.test_sets import service, store
from stagedoor.orchestrator.test_sets.entities import TEST_SETS
from stagedoor.orchestrator.test_sets.models import CaseSet
from stagedoor.orchestrator.test_sets.schemas import read_release_version, read_set_values

routes = Routes(settlement=NEW_PACKAGES)


@routes.reads("TestSets_Get")
def list_sets(call: Call) -> Answer:
    """Answer the folder's test sets."""
    return read_set(call, TEST_SETS, [store.in_folder(get_folder(call))])


@routes.reads("TestSets_GetById")
def show_set(call: Call) -> Answer:
    """Answer one test set."""
    return read_one(
        call, TEST_SETS, [store.has_id(get_number_argument(call, "key")), store.in_folder(get_folder(call))]
    )


@routes.writes("TestSets_Post")
def create_set(call: Call) -> Answer:
    """Make a test set."""
    test_set = service.create_set(call.session, read_set_values(get_body(call)), _writer(call))
    return read_one(call, TEST_SETS, [store.has_id(test_set.id)], status=201)


@routes.writes("TestSets_PutById")
def update_set(call: Call) -> Answer:
    """Put other settings in the place of a test set's."""
    test_set = _set_in_path(call)
    service.update_set(call.session, test_set, read_set_values(get_body(call)), _writer(call))
    return read_one(call, TEST_SETS, [store.has_id(test_set.id)])


@routes.writes("TestSets_DeleteById")
def delete_set(call: Call) -> Answer:
    """Delete a test set; its executions stay."""
    store.delete_set(call.session, _set_in_path(call))
    return Answer(status=204)


@routes.writes(
    "TestAutomation_CreateTestSetForReleaseVersion",
    basis=Basis.GUESS,
    note="The set is named by the process and the version; a masked version has * for its last number.",
)
def create_set_for_version(call: Call) -> Answer:
    """Make a test set of what a version of a process holds, and answer its id."""
    request = read_release_version(get_body(call))
    return Answer(201, service.create_set_for_version(call.session, request, _writer(call)).id)


@routes.reads("TestAutomation_GetReleasesForPackageVersion")
def list_releases(call: Call) -> Answer:
    """Answer the processes of the folder that run a package, at one version where that is named."""
    folder = get_folder(call)
    package_name = call.query.get("packageidentifier", "").strip()
    if not package_name:
        raise InvalidRequest(
            "The query parameter packageIdentifier is required.", details={"field": "packageIdentifier"}
        )
    version = call.query.get("version", "").strip() or None
    found = service.list_release_versions(call.session, folder, package_name, version)
    return Answer(
        content=[
            {"releaseId": release_id, "versionNumber": number, "organizationUnitId": folder.id}
            for release_id, number in found
        ]
    )


def _writer(call: Call) -> service.Writer:
    return service.Writer(
        tenant_id=call.tenant.tenant_id,
        folder=get_folder(call),
        reach=call.reach,
        user_number=call.caller.number or None,
        clock=call.clock,
        chance=call.chance,
    )


def _set_in_path(call: Call) -> CaseSet:
    return service.get_set(call.session, call.tenant.tenant_id, get_folder(call), get_number_argument(call, "key"))
