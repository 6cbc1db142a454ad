"""How the runs of test sets and of their cases look in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Expression, Navigation, Property
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.test_set_executions.models import (
    CaseAssertion,
    CaseExecution,
    ExecutionAttachment,
    SetExecution,
)
from stagedoor.orchestrator.test_set_executions.schemas import (
    COVERAGE_STATUS,
    STATUS,
    TEST_CASE_TYPE,
    TRIGGER_TYPE,
)
from stagedoor.orchestrator.test_sets.entities import TEST_CASE, TEST_SET
from stagedoor.orchestrator.test_sets.models import CaseSet, SetCase


def _robot_name(one: Any) -> ColumnElement[Any]:
    return select(Robot.name).where(Robot.id == one.robot_id).correlate_except(Robot).scalar_subquery()


def _has_assertions(one: Any) -> ColumnElement[bool]:
    return exists().where(CaseAssertion.case_execution_id == one.id).correlate_except(CaseAssertion)


def _of_whole_set(call: Call, attachment: Any) -> tuple[ColumnElement[bool], ...]:
    return (attachment.case_execution_id.is_(None),)


_FILE = (
    Property("FileName", EdmType.STRING, ExecutionAttachment.file_name, writable=False),
    Property("MimeType", EdmType.STRING, ExecutionAttachment.mime_type, writable=False),
    Property("CreationTime", EdmType.DATE_TIME_OFFSET, ExecutionAttachment.created_at, nullable=False, writable=False),
    Property("Tags", EdmType.STRING, ExecutionAttachment.tags, collection=True, writable=False),
    Property("Id", EdmType.INT64, ExecutionAttachment.id, nullable=False, writable=False),
)

TEST_CASE_ATTACHMENT = EntityType(
    "TestCaseExecutionAttachmentDto",
    ExecutionAttachment,
    (Property("TestCaseExecutionId", EdmType.INT64, ExecutionAttachment.case_execution_id, writable=False), *_FILE),
)

TEST_SET_ATTACHMENT = EntityType(
    "TestSetExecutionAttachmentDto",
    ExecutionAttachment,
    (Property("TestSetExecutionId", EdmType.INT64, ExecutionAttachment.execution_id, writable=False), *_FILE),
)

TEST_CASE_ASSERTION = EntityType(
    "TestCaseAssertionDto",
    CaseAssertion,
    (
        Property("Message", EdmType.STRING, CaseAssertion.message, writable=False),
        Property("Payload", EdmType.STRING, CaseAssertion.payload, filterable=False, writable=False),
        Property("Succeeded", EdmType.BOOLEAN, CaseAssertion.succeeded, nullable=False, writable=False),
        Property("TestCaseExecutionId", EdmType.INT64, CaseAssertion.case_execution_id, writable=False),
        Property(
            "HasScreenshot",
            EdmType.BOOLEAN,
            Expression(lambda one: one.screenshot.is_not(None)),
            nullable=False,
            writable=False,
        ),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, CaseAssertion.created_at, nullable=False, writable=False),
        Property("Id", EdmType.INT64, CaseAssertion.id, nullable=False, writable=False),
    ),
)

TEST_CASE_EXECUTION: EntityType = EntityType(
    "TestCaseExecutionDto",
    CaseExecution,
    (
        Property("JobId", EdmType.INT64, CaseExecution.job_id, writable=False),
        Property("JobKey", EdmType.GUID, CaseExecution.job_key, writable=False),
        Property("TestSetExecutionId", EdmType.INT64, CaseExecution.execution_id, nullable=False, writable=False),
        Property("TestCaseId", EdmType.INT64, CaseExecution.case_id, writable=False),
        Property("ReleaseVersionId", EdmType.INT64, CaseExecution.release_version_id, writable=False),
        Property("VersionNumber", EdmType.STRING, CaseExecution.version_number, writable=False),
        Property("EntryPointPath", EdmType.STRING, CaseExecution.entry_point_path, writable=False),
        Property("StartTime", EdmType.DATE_TIME_OFFSET, CaseExecution.started_at, writable=False),
        Property("EndTime", EdmType.DATE_TIME_OFFSET, CaseExecution.ended_at, writable=False),
        Property("Status", STATUS, CaseExecution.status, nullable=False, writable=False),
        Property("DataVariationIdentifier", EdmType.STRING, CaseExecution.data_variation_identifier, writable=False),
        Property("OutputArguments", EdmType.STRING, CaseExecution.output_arguments, filterable=False, writable=False),
        Property("InputArguments", EdmType.STRING, CaseExecution.input_arguments, filterable=False, writable=False),
        Property("Info", EdmType.STRING, CaseExecution.info, writable=False),
        Property("HostMachineName", EdmType.STRING, CaseExecution.host_machine_name, writable=False),
        Property("RuntimeType", ROBOT_TYPE, CaseExecution.runtime_type, writable=False),
        Property("RobotName", EdmType.STRING, Expression(_robot_name), writable=False),
        Property("HasAssertions", EdmType.BOOLEAN, Expression(_has_assertions), nullable=False, writable=False),
        Property("RunId", EdmType.INT32, CaseExecution.run_id, nullable=False, writable=False),
        Property("TestCaseType", TEST_CASE_TYPE, Constant(0), writable=False),
        Property("ExecutionOrder", EdmType.INT32, CaseExecution.execution_order, writable=False),
        Property("TestManagerTestCaseId", EdmType.GUID, CaseExecution.test_manager_case_id, writable=False),
        Property("Id", EdmType.INT64, CaseExecution.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("TestSetExecution", lambda: TEST_SET_EXECUTION, CaseExecution.execution_id, SetExecution.id),
        Navigation("TestCase", lambda: TEST_CASE, CaseExecution.case_id, SetCase.id),
        Navigation(
            "TestCaseAssertions",
            lambda: TEST_CASE_ASSERTION,
            CaseExecution.id,
            CaseAssertion.case_execution_id,
            collection=True,
        ),
        Navigation(
            "TestCaseExecutionAttachments",
            lambda: TEST_CASE_ATTACHMENT,
            CaseExecution.id,
            ExecutionAttachment.case_execution_id,
            collection=True,
        ),
    ),
)

TEST_SET_EXECUTION: EntityType = EntityType(
    "TestSetExecutionDto",
    SetExecution,
    (
        Property("Name", EdmType.STRING, SetExecution.name, writable=False),
        Property("TestSetId", EdmType.INT64, SetExecution.set_id, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, SetExecution.folder_id, nullable=False, writable=False),
        Property("StartTime", EdmType.DATE_TIME_OFFSET, SetExecution.started_at, writable=False),
        Property("EndTime", EdmType.DATE_TIME_OFFSET, SetExecution.ended_at, writable=False),
        Property("Status", STATUS, SetExecution.status, nullable=False, writable=False),
        Property("TriggerType", TRIGGER_TYPE, SetExecution.trigger_type, nullable=False, writable=False),
        Property("ScheduleId", EdmType.INT64, SetExecution.schedule_id, writable=False),
        Property("BatchExecutionKey", EdmType.GUID, SetExecution.batch_execution_key, nullable=False, writable=False),
        Property("CoverageStatus", COVERAGE_STATUS, SetExecution.coverage_status, nullable=False, writable=False),
        Property("RunId", EdmType.INT32, SetExecution.run_id, nullable=False, writable=False),
        Property("EnforceExecutionOrder", EdmType.BOOLEAN, SetExecution.enforce_order, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, SetExecution.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, SetExecution.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, SetExecution.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("TestSet", lambda: TEST_SET, SetExecution.set_id, CaseSet.id),
        Navigation(
            "TestCaseExecutions",
            lambda: TEST_CASE_EXECUTION,
            SetExecution.id,
            CaseExecution.execution_id,
            collection=True,
        ),
        Navigation(
            "Attachments",
            lambda: TEST_SET_ATTACHMENT,
            SetExecution.id,
            ExecutionAttachment.execution_id,
            collection=True,
            visible=_of_whole_set,
        ),
    ),
)

TEST_CASE_EXECUTIONS = EntitySet("TestCaseExecutions", TEST_CASE_EXECUTION)
TEST_SET_EXECUTIONS = EntitySet("TestSetExecutions", TEST_SET_EXECUTION)
TEST_CASE_ATTACHMENTS = EntitySet("TestCaseExecutionAttachments", TEST_CASE_ATTACHMENT)
TEST_SET_ATTACHMENTS = EntitySet("TestSetExecutionAttachments", TEST_SET_ATTACHMENT)
