"""The vendor's operations on test case definitions."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import get_query_guid
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.test_cases import store
from stagedoor.orchestrator.test_cases.entities import TEST_CASE_DEFINITIONS
from stagedoor.orchestrator.test_cases.reading import NEW_PACKAGES

routes = Routes(settlement=NEW_PACKAGES)


@routes.reads(
    "TestCaseDefinitions_Get",
    basis=Basis.GUESS,
    note="A package that lists no test cases in its project.json has each of its entry points for a test case.",
)
def list_definitions(call: Call) -> Answer:
    """Answer the test cases of the tenant's packages; each once where that is asked."""
    conditions = [store.is_visible(call.tenant.tenant_id, call.reach)]
    if call.query.get("distinctbyuniqueidandpackageidentifier", "").strip().lower() == "true":
        conditions.append(store.is_first_of_its_name(call.tenant.tenant_id))
    return read_set(call, TEST_CASE_DEFINITIONS, conditions)


@routes.reads("TestAutomation_GetPackageInfoByTestCaseUniqueId")
def show_package(call: Call) -> Answer:
    """Answer the package that holds a test case, and its latest versions with it."""
    unique_id = get_query_guid(call, "testCaseUniqueId")
    package_name = call.query.get("packageidentifier", "").strip() or None
    definition = store.find_definition(call.session, call.tenant.tenant_id, call.reach, unique_id, package_name)
    if definition is None:
        raise NotFound(f"There is no test case {unique_id}.")
    return Answer(
        content={
            "packageIdentifier": definition.package_name,
            "latestVersion": definition.latest_version,
            "latestPrereleaseVersion": definition.latest_prerelease_version,
        }
    )
