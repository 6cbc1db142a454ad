"""How a job looks in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, select

from stagedoor.orchestrator.entity import (
    ComplexType,
    Computed,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.folder_links import path_of
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.schemas import JOB_TYPE, PROCESS_TYPE, SOURCE_TYPE
from stagedoor.orchestrator.machines.entities import MACHINE
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.releases.entities import RELEASE
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.schemas import JOB_PRIORITY, REMOTE_CONTROL_ACCESS
from stagedoor.orchestrator.robots.entities import ROBOT
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.scripted_robots.states import JOB_STATE, STOP_STRATEGY

JOB_ERROR = ComplexType(
    "JobErrorDto",
    (
        Property("code", EdmType.STRING),
        Property("title", EdmType.STRING),
        Property("detail", EdmType.STRING),
        Property("category", EdmType.STRING),
        Property("status", EdmType.INT32),
        Property("timestamp", EdmType.DATE_TIME_OFFSET),
    ),
)


def _folder_key(job: Any) -> ColumnElement[str]:
    return select(Folder.key).where(Folder.id == job.folder_id).correlate_except(Folder).scalar_subquery()


JOB = EntityType(
    "JobDto",
    Job,
    (
        Property("Key", EdmType.GUID, Job.key, nullable=False, writable=False),
        Property("StartTime", EdmType.DATE_TIME_OFFSET, Job.started_at, writable=False),
        Property("EndTime", EdmType.DATE_TIME_OFFSET, Job.ended_at, writable=False),
        Property("State", JOB_STATE, Job.state, nullable=False, writable=False),
        Property("SubState", EdmType.STRING, writable=False),
        Property("JobPriority", JOB_PRIORITY, Job.job_priority, writable=False),
        Property("SpecificPriorityValue", EdmType.INT32, Job.specific_priority_value, writable=False),
        Property("ResourceOverwrites", EdmType.STRING, writable=False),
        Property("Source", EdmType.STRING, Computed(SOURCE_TYPE.word, Job.source_type), writable=False),
        Property("SourceType", SOURCE_TYPE, Job.source_type, writable=False),
        Property("BatchExecutionKey", EdmType.GUID, Job.batch_execution_key, writable=False),
        Property("Info", EdmType.STRING, Job.info, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Job.created_at, nullable=False, writable=False),
        Property("StartingScheduleId", EdmType.INT64, Job.starting_schedule_id, writable=False),
        Property("ReleaseName", EdmType.STRING, Job.release_name, writable=False),
        Property("Type", JOB_TYPE, Constant(JOB_TYPE.members["Unattended"]), writable=False),
        Property("InputArguments", EdmType.STRING, Job.input_arguments, filterable=False, writable=False),
        Property("InputFile", EdmType.GUID, Job.input_file, writable=False),
        Property("EnvironmentVariables", EdmType.STRING, Job.environment_variables, filterable=False, writable=False),
        Property("OutputArguments", EdmType.STRING, Job.output_arguments, filterable=False, writable=False),
        Property("OutputFile", EdmType.GUID, writable=False),
        Property("HostMachineName", EdmType.STRING, Job.host_machine_name, writable=False),
        Property("HasMediaRecorded", EdmType.BOOLEAN, Constant(value=False), writable=False),
        Property("HasVideoRecorded", EdmType.BOOLEAN, Constant(value=False), writable=False),
        Property("PersistenceId", EdmType.GUID, writable=False),
        Property("ResumeVersion", EdmType.INT32, Job.resume_version, writable=False),
        Property("StopStrategy", STOP_STRATEGY, Job.stop_strategy, writable=False),
        Property("RuntimeType", ROBOT_TYPE, Job.runtime_type, writable=False),
        Property("RequiresUserInteraction", EdmType.BOOLEAN, Job.requires_user_interaction, writable=False),
        Property("ReleaseVersionId", EdmType.INT64, Job.release_version_id, writable=False),
        Property("EntryPointPath", EdmType.STRING, Job.entry_point_path, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, Job.folder_id, nullable=False, writable=False),
        Property(
            "OrganizationUnitFullyQualifiedName",
            EdmType.STRING,
            Expression(lambda job: path_of(job.folder_id)),
            writable=False,
        ),
        # The vendor's Python client reads this one, which its document leaves out.
        Property("FolderKey", EdmType.GUID, Expression(_folder_key), writable=False),
        Property("Reference", EdmType.STRING, Job.reference, writable=False),
        Property("ProcessType", PROCESS_TYPE, Constant(PROCESS_TYPE.members["Process"]), writable=False),
        Property("ProfilingOptions", EdmType.STRING, Job.profiling_options, writable=False),
        Property("ResumeOnSameContext", EdmType.BOOLEAN, Job.resume_on_same_context, writable=False),
        Property("LocalSystemAccount", EdmType.STRING, writable=False),
        Property("OrchestratorUserIdentity", EdmType.STRING, writable=False),
        Property("RemoteControlAccess", REMOTE_CONTROL_ACCESS, Job.remote_control_access, writable=False),
        Property("StartingTriggerId", EdmType.GUID, writable=False),
        Property("MaxExpectedRunningTimeSeconds", EdmType.INT64, writable=False),
        Property("ParentJobKey", EdmType.GUID, Job.parent_job_key, writable=False),
        Property("ResumeTime", EdmType.DATE_TIME_OFFSET, Job.resumed_at, writable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, Job.modified_at, writable=False),
        Property("JobError", JOB_ERROR, Job.error, writable=False),
        Property("ErrorCode", EdmType.STRING, Job.error_code, writable=False),
        Property("TraceId", EdmType.STRING, Job.trace_id, writable=False),
        Property("ParentSpanId", EdmType.STRING, Job.parent_span_id, writable=False),
        Property("RootSpanId", EdmType.STRING, Job.root_span_id, writable=False),
        Property("Id", EdmType.INT64, Job.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("Robot", lambda: ROBOT, Job.robot_id, Robot.id),
        Navigation("Release", lambda: RELEASE, Job.release_id, Release.id),
        Navigation("Machine", lambda: MACHINE, Job.machine_id, Machine.id),
    ),
)

JOBS = EntitySet("Jobs", JOB, counts_always=False, first_by=(Job.created_at,))
