"""The Python package ``uipath-orchestrator-rest`` 18.1, unmodified: made from the vendor's document of 2024.

It refuses an answer that lacks what the document demands, or holds a word that the document does not list. That makes
it a judge of every list and of every object that can be asked for without knowing more than a folder.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uipath_orchestrator_rest as rest
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from uipath_orchestrator_rest.rest import ApiException

from stagedoor.catalog import CATALOG

# The package leaves its pools of connections and its threads to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")

FOLDER = 1
APIS = sorted(name for name in dir(rest) if name.endswith("Api"))
ASKS_FOR_MORE = frozenset(
    {
        "app_tasks_get_app_task_by_id",
        "folders_get_move_folder_machines_changes",
        "folders_get_subfolders_with_assigned_machine",
        "folders_navigation_get_all_roles_for_user",
        "generic_tasks_get_task_data_by_id",
        "package_feeds_get_folder_feed",
        "status_verify_host_availibility",
        "task_forms_get_task_data_by_id",
        "task_forms_get_task_form_by_id",
        "test_automation_get_assertion_screenshot",
        "test_automation_get_package_info_by_test_case_unique_id",
        "test_automation_get_releases_for_package_version",
        "test_automation_get_test_case_execution_attachment",
        "test_automation_get_test_set_execution_attachment",
    }
)
"""Reads whose query names a thing, though the package's signature does not demand it."""
GONE = frozenset({"host_licenses_get", "settings_get_connection_string"})
"""In the document of 2024 and in no later one."""
NOBODY_S = frozenset({"personal_workspaces_get_personal_workspace"})
"""A key has no workspace."""
WRONG_IN_ITSELF = frozenset({"tenants_get"})
r"""The package checks a tenant's name by a pattern with ``\p``, which Python does not know."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own: what newer clients make elsewhere has kinds that the package does not know."""
    with served(tmp_path_factory.mktemp("rest") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def client(administrator: Administrator, house: Served) -> Iterator[Any]:
    """The package, pointed at the tenant, with a key that may do everything there."""
    every_tag = sorted({f"tag:{operation.tag}" for operation in CATALOG.operations})
    configuration = rest.Configuration()
    configuration.host = house.orchestrator_url
    configuration.access_token = administrator.make_key("uipath-orchestrator-rest", every_tag)
    made = rest.ApiClient(configuration)
    yield made
    made.rest_client.pool_manager.clear()


def reads_of(api: Any) -> list[Callable[..., Any]]:
    """Return the calls that read and demand nothing."""
    found = []
    for name, described in inspect.getmembers(api, inspect.ismethod):
        if not name.endswith("_with_http_info") or not re.search(r"'GET',", inspect.getsource(described)):
            continue
        call = getattr(api, name.removesuffix("_with_http_info"))
        demanded = [each for each in inspect.signature(call).parameters.values() if each.kind is not each.VAR_KEYWORD]
        if not demanded:
            found.append(call)
    return found


@pytest.mark.parametrize("name", APIS)
def test_what_can_be_asked_without_more_is_answered_in_the_types_of_the_document(client: Any, name: str) -> None:
    for read in reads_of(getattr(rest, name)(client)):
        if read.__name__ in ASKS_FOR_MORE | WRONG_IN_ITSELF:
            continue
        takes_folder = "x_uipath_organization_unit_id" in inspect.getsource(
            getattr(read.__self__, f"{read.__name__}_with_http_info")
        )
        folder = {"x_uipath_organization_unit_id": FOLDER} if takes_folder else {}
        if read.__name__ in GONE | NOBODY_S:
            with pytest.raises(ApiException) as refused:
                read(**folder)
            assert refused.value.status == 404
        else:
            read(**folder)


def test_the_lists_of_what_is_left_out_are_true(client: Any) -> None:
    names = {read.__name__ for name in APIS for read in reads_of(getattr(rest, name)(client))}
    assert names >= ASKS_FOR_MORE | GONE | NOBODY_S | WRONG_IN_ITSELF
    assert len(names) > 100


def test_a_list_is_filtered_sorted_counted_and_paged(client: Any) -> None:
    assets, count = rest.AssetsApi(client).assets_get(
        filter="Id gt 0", orderby="Name desc", top=2, count="true", x_uipath_organization_unit_id=FOLDER
    )
    names = [asset.name for asset in assets.value]
    assert (len(names), names, count > 2) == (2, sorted(names, reverse=True), True)


def test_a_queue_item_goes_its_way_from_new_to_successful(
    client: Any, administrator: Administrator, robot_key: str
) -> None:
    folder = {"x_uipath_organization_unit_id": FOLDER}
    definitions, queues, items = rest.QueueDefinitionsApi(client), rest.QueuesApi(client), rest.QueueItemsApi(client)
    made = definitions.queue_definitions_post(
        body=rest.QueueDefinitionDto(name="Swagger", max_number_of_retries=0), **folder
    )
    data = rest.QueueItemDataDto(name="Swagger", priority="High", specific_content={"n": 7}, reference="one")
    added = queues.queues_add_queue_item(body=rest.AddQueueItemRequest(item_data=data), **folder)
    assert (added.status, added.priority, added.specific_content) == ("New", "High", {"n": 7})
    request = rest.QueuesStartTransactionRequest(
        transaction_data=rest.TransactionDataDto(name="Swagger", robot_identifier=robot_key)
    )
    taken = queues.queues_start_transaction(body=request, **folder)
    assert (taken.id, taken.status) == (added.id, "InProgress")
    result = rest.TransactionResultDto(is_successful=True, output={"paid": True})
    queues.queues_set_transaction_result_by_id(
        taken.id, body=rest.QueueSetTransactionResultRequest(transaction_result=result), **folder
    )
    shown = items.queue_items_get_by_id(added.id, **folder)
    assert (shown.status, shown.output) == ("Successful", {"paid": True})
    definitions.queue_definitions_delete_by_id(made.id, **folder)


def test_a_job_is_started_watched_and_its_logs_read(client: Any) -> None:
    folder = {"x_uipath_organization_unit_id": FOLDER}
    jobs = rest.JobsApi(client)
    release = rest.ReleasesApi(client).releases_get(filter="Name eq 'InvoiceBot'", **folder).value[0]
    info = rest.StartProcessDto(
        release_key=release.key, strategy="ModernJobsCount", jobs_count=1, input_arguments='{"InvoiceNumber": "1"}'
    )
    [started] = jobs.jobs_start_jobs(body=rest.StartJobsRequest(start_info=info), **folder).value
    ended = eventually(
        lambda: jobs.jobs_get_by_id(started.id, **folder), lambda job: job.state in {"Successful", "Faulted"}
    )
    assert (ended.state, json.loads(ended.output_arguments)["Approved"]) == ("Successful", True)
    logs = rest.RobotLogsApi(client).robot_logs_get(filter=f"JobKey eq {started.key}", **folder)
    assert logs.value


def test_the_old_login_gives_it_a_token(house: Served) -> None:
    legacy = json.loads((house.data_dir / "first-start.json").read_text())["legacy"]
    configuration = rest.Configuration()
    configuration.host = house.base_url
    nameless = rest.ApiClient(configuration)
    body = rest.LoginModel(
        tenancy_name=house.tenant, username_or_email_address=legacy["username"], password=legacy["password"]
    )
    answer = rest.AccountApi(nameless).account_authenticate(body=body)
    configuration.access_token = answer.result
    assert answer.success
    assert rest.JobsApi(nameless).jobs_get(x_uipath_organization_unit_id=FOLDER).value is not None
    nameless.rest_client.pool_manager.clear()


def test_a_refusal_keeps_status_and_body(client: Any) -> None:
    with pytest.raises(ApiException) as refused:
        rest.JobsApi(client).jobs_get_by_id(999999, x_uipath_organization_unit_id=FOLDER)
    assert (refused.value.status, json.loads(refused.value.body)["errorCode"]) == (404, 1002)
