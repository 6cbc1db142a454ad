"""The vendor's operations on the runs of test sets and of their cases."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import (
    INT64_MAX,
    find_query_enum,
    find_query_integer,
    get_body,
    get_number_argument,
    get_query_guid,
    get_query_integer,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set, read_values
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.stored_files.service import show
from stagedoor.orchestrator.test_set_executions import service, store
from stagedoor.orchestrator.test_set_executions.conductor import conductor_of
from stagedoor.orchestrator.test_set_executions.entities import (
    TEST_CASE_ATTACHMENTS,
    TEST_CASE_EXECUTIONS,
    TEST_SET_ATTACHMENTS,
    TEST_SET_EXECUTIONS,
)
from stagedoor.orchestrator.test_set_executions.progress import JOBS_FOLLOWED, PNG
from stagedoor.orchestrator.test_set_executions.schemas import (
    TRIGGER_TYPE,
    AttachmentFilter,
    RunRequest,
    read_attachment_filter,
    read_repetitions,
    read_run,
    read_seating,
)
from stagedoor.orchestrator.test_sets.models import CaseSet
from stagedoor.orchestrator.test_sets.service import get_set, get_set_by_key
from stagedoor.orchestrator.uploads import attachment_header

routes = Routes(settlement=JOBS_FOLLOWED)

_SCRIPTED = "Its jobs are carried out by scripted robots; assertions, pictures and attachments are those of the script."


@routes.reads("TestSetExecutions_Get")
def list_executions(call: Call) -> Answer:
    """Answer the runs of the folder's test sets."""
    return read_set(call, TEST_SET_EXECUTIONS, [store.in_folder(get_folder(call))])


@routes.reads("TestSetExecutions_GetById")
def show_execution(call: Call) -> Answer:
    """Answer one run of a test set."""
    execution_id = get_number_argument(call, "key")
    return read_one(call, TEST_SET_EXECUTIONS, [store.has_id(execution_id), store.in_folder(get_folder(call))])


@routes.reads("TestCaseExecutions_Get")
def list_case_executions(call: Call) -> Answer:
    """Answer the runs of test cases in the folder."""
    return read_set(call, TEST_CASE_EXECUTIONS, [store.case_in_folder(get_folder(call))])


@routes.reads("TestCaseExecutions_GetById")
def show_case_execution(call: Call) -> Answer:
    """Answer one run of a test case."""
    case_id = get_number_argument(call, "key")
    return read_one(call, TEST_CASE_EXECUTIONS, [store.case_has_id([case_id]), store.case_in_folder(get_folder(call))])


@routes.writes("TestAutomation_StartTestSetExecution", note=_SCRIPTED)
def start_execution(call: Call) -> Answer:
    """Run a test set and answer the id of the run."""
    trigger = find_query_enum(call, "triggerType", TRIGGER_TYPE) or 0
    execution = service.run_set(conductor_of(call), _set_in_query(call), RunRequest(trigger_type=trigger))
    return Answer(content=execution.id)


@routes.writes("TestAutomation_StartTestSetExecutionWithOptions", note=_SCRIPTED)
def start_execution_with_options(call: Call) -> Answer:
    """Run a test set as the options say and answer the id of the run."""
    request = read_run(get_body(call))
    return Answer(content=service.run_set(conductor_of(call), _set_in_query(call), request).id)


@routes.writes("TestAutomation_CancelTestSetExecution")
def cancel_execution(call: Call) -> Answer:
    """Ask a test set's run to end."""
    service.cancel_set(call, service.get_execution(call, get_query_integer(call, "testSetExecutionId")))
    return Answer(status=202)


@routes.writes("TestAutomation_CancelTestCaseExecution")
def cancel_case_execution(call: Call) -> Answer:
    """Ask a test case's run to end."""
    service.cancel_case(call, service.get_case(call, get_query_integer(call, "testCaseExecutionId")))
    return Answer(status=202)


@routes.writes("TestAutomation_ReexecuteTestCases", note=_SCRIPTED)
def repeat_cases(call: Call) -> Answer:
    """Run cases again within the run of their test set, and answer the new ones."""
    body = get_body(call)
    again = service.repeat_cases(call, read_repetitions(body), read_seating(body))
    return Answer(content=read_values(call, TEST_CASE_EXECUTIONS, [store.case_has_id([each.id for each in again])]))


@routes.reads("TestAutomation_GetAssertionScreenshot")
def show_screenshot(call: Call) -> Answer:
    """Answer the picture of an assertion."""
    assertion_id = get_query_integer(call, "testCaseAssertionId")
    assertion = store.find_assertion(call.session, get_folder(call), call.tenant.tenant_id, assertion_id)
    if assertion is None or assertion.screenshot is None:
        raise NotFound(f"There is no test case assertion {assertion_id} with a screenshot in this folder.")
    return _show_file(call, assertion.screenshot, f"assertion-{assertion.id}.png", PNG)


@routes.reads("TestAutomation_GetTestCaseExecutionAttachments")
def list_case_attachments(call: Call) -> Answer:
    """Answer what is attached to a test case's run, with all of the tags that are named."""
    wanted = read_attachment_filter(get_body(call), "testCaseExecutionId", "jobKey")
    case = service.get_case(call, _run_of(wanted))
    shown = read_values(call, TEST_CASE_ATTACHMENTS, [store.attached_to_case(case.id)])
    return Answer(content=[each for each in shown if wanted.tags <= set(each["Tags"])])


@routes.reads("TestAutomation_GetTestSetExecutionAttachments")
def list_set_attachments(call: Call) -> Answer:
    """Answer what is attached to a test set's run, with all of the tags that are named."""
    wanted = read_attachment_filter(get_body(call), "testSetExecutionId", "batchExecutionKey")
    execution = service.get_execution(call, _run_of(wanted))
    shown = read_values(call, TEST_SET_ATTACHMENTS, store.attached_to_set(execution.id))
    return Answer(content=[each for each in shown if wanted.tags <= set(each["Tags"])])


@routes.reads("TestAutomation_GetTestCaseExecutionAttachment")
def show_case_attachment(call: Call) -> Answer:
    """Answer a file that is attached to a test case's run."""
    return _show_attachment(call, get_query_integer(call, "testCaseExecutionAttachmentId"), is_of_case=True)


@routes.reads("TestAutomation_GetTestSetExecutionAttachment")
def show_set_attachment(call: Call) -> Answer:
    """Answer a file that is attached to a test set's run."""
    return _show_attachment(call, get_query_integer(call, "testSetExecutionAttachmentId"), is_of_case=False)


def _show_attachment(call: Call, attachment_id: int, *, is_of_case: bool) -> Answer:
    found = store.find_attachment(
        call.session, get_folder(call), call.tenant.tenant_id, attachment_id, is_of_case=is_of_case
    )
    if found is None:
        raise NotFound(f"There is no such attachment {attachment_id} in this folder.")
    return _show_file(call, found.stored_name, found.file_name, found.mime_type)


def _show_file(call: Call, stored_name: str, file_name: str, mime_type: str) -> Answer:
    # The type that its maker named goes beside the name alone: no browser is to make a page of it here.
    headers = {
        "Content-Type": PNG if mime_type == PNG else "application/octet-stream",
        "Content-Disposition": attachment_header(file_name),
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(content=show(call, stored_name), headers=headers)


def _set_in_query(call: Call) -> CaseSet:
    folder = get_folder(call)
    set_id = find_query_integer(call, "testSetId", most=INT64_MAX)
    if set_id:
        return get_set(call.session, call.tenant.tenant_id, folder, set_id)
    if not call.query.get("testsetkey"):
        raise InvalidRequest("The query parameter testSetId or testSetKey is required.", details={"field": "testSetId"})
    return get_set_by_key(call.session, call.tenant.tenant_id, folder, get_query_guid(call, "testSetKey"))


def _run_of(wanted: AttachmentFilter) -> int | str:
    return wanted.run_id if wanted.run_id is not None else wanted.run_key or ""
