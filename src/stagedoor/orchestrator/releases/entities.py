"""How a release looks in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from stagedoor.orchestrator.entity import (
    ComplexType,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.processes.entities import ARGUMENT_METADATA, ENTRY_POINT
from stagedoor.orchestrator.processes.models import Package, PackageEntryPoint
from stagedoor.orchestrator.processes.schemas import PACKAGE_TYPE, TARGET_FRAMEWORK
from stagedoor.orchestrator.processes.store import has_several_entry_points
from stagedoor.orchestrator.releases.models import Release, ReleaseVersion
from stagedoor.orchestrator.releases.schemas import JOB_PRIORITY, REMOTE_CONTROL_ACCESS, ROBOT_SIZE
from stagedoor.orchestrator.tags import TAG

PROCESS_SETTINGS = ComplexType("ProcessSettingsDto", open=True)
VIDEO_RECORDING_SETTINGS = ComplexType("VideoRecordingSettingsDto", open=True)


def _of_folder(column: InstrumentedAttribute[Any]) -> Expression:
    def build(release: Any) -> ColumnElement[Any]:
        return select(column).where(Folder.id == release.folder_id).correlate_except(Folder).scalar_subquery()

    return Expression(build)


def _of_package(column: InstrumentedAttribute[Any]) -> Expression:
    def build(release: Any) -> ColumnElement[Any]:
        return select(column).where(Package.id == release.package_id).correlate_except(Package).scalar_subquery()

    return Expression(build)


def _name_of_release(version: Any) -> ColumnElement[Any]:
    named = select(Release.name).where(Release.id == version.release_id)
    return named.correlate_except(Release).scalar_subquery()


def _has_several_entry_points(release: Any) -> ColumnElement[Any]:
    package = aliased(Package)
    several = select(has_several_entry_points(package)).where(package.id == release.package_id)
    return several.correlate_except(package).scalar_subquery()


RELEASE_VERSION = EntityType(
    name="ReleaseVersionDto",
    model=ReleaseVersion,
    properties=(
        Property("ReleaseId", EdmType.INT64, ReleaseVersion.release_id, nullable=False),
        Property("VersionNumber", EdmType.STRING, ReleaseVersion.version_number, nullable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, ReleaseVersion.created_at, nullable=False),
        Property("ReleaseName", EdmType.STRING, Expression(_name_of_release)),
        Property("Id", EdmType.INT64, ReleaseVersion.id, nullable=False),
    ),
)

RELEASE = EntityType(
    name="ReleaseDto",
    model=Release,
    properties=(
        Property("Key", EdmType.GUID, Release.key, nullable=False, writable=False),
        Property("ProcessKey", EdmType.STRING, Release.process_key, nullable=False),
        Property("ProcessVersion", EdmType.STRING, Release.process_version, nullable=False),
        Property("IsLatestVersion", EdmType.BOOLEAN, _of_package(Package.is_latest_version), writable=False),
        Property("IsProcessDeleted", EdmType.BOOLEAN, Constant(value=False), writable=False),
        Property("Description", EdmType.STRING, Release.description),
        Property("Name", EdmType.STRING, Release.name, nullable=False, folded=Release.name_folded),
        Property("EntryPointId", EdmType.INT64, Release.entry_point_id),
        Property("EntryPointPath", EdmType.STRING, Release.entry_point_path),
        Property("InputArguments", EdmType.STRING, Release.input_arguments, filterable=False),
        Property("EnvironmentVariables", EdmType.STRING, Release.environment_variables, filterable=False),
        Property("ProcessType", PACKAGE_TYPE, _of_package(Package.package_type), writable=False),
        Property("SupportsMultipleEntryPoints", EdmType.BOOLEAN, Expression(_has_several_entry_points), writable=False),
        Property(
            "RequiresUserInteraction",
            EdmType.BOOLEAN,
            _of_package(Package.requires_user_interaction),
            writable=False,
        ),
        Property("IsConversational", EdmType.BOOLEAN, _of_package(Package.is_conversational), writable=False),
        Property("MinRequiredRobotVersion", EdmType.STRING, writable=False),
        Property("AutomationHubIdeaUrl", EdmType.STRING, writable=False),
        Property("IsAttended", EdmType.BOOLEAN, _of_package(Package.is_attended), writable=False),
        Property("IsCompiled", EdmType.BOOLEAN, _of_package(Package.is_compiled), writable=False),
        Property("Arguments", ARGUMENT_METADATA, Release.arguments, writable=False),
        Property("ProcessSettings", PROCESS_SETTINGS, Release.process_settings),
        Property("VideoRecordingSettings", VIDEO_RECORDING_SETTINGS, Release.video_recording_settings),
        Property("AutoUpdate", EdmType.BOOLEAN, Release.auto_update),
        Property("HiddenForAttendedUser", EdmType.BOOLEAN, Release.hidden_for_attended_user),
        Property("FeedId", EdmType.GUID, _of_package(Package.feed_id)),
        Property("JobPriority", JOB_PRIORITY, Release.job_priority),
        Property("SpecificPriorityValue", EdmType.INT32, Release.specific_priority_value),
        Property("FolderKey", EdmType.GUID, _of_folder(Folder.key), writable=False),
        Property("OrganizationUnitId", EdmType.INT64, Release.folder_id, writable=False),
        Property(
            "OrganizationUnitFullyQualifiedName",
            EdmType.STRING,
            _of_folder(Folder.fully_qualified_name),
            writable=False,
        ),
        Property("TargetFramework", TARGET_FRAMEWORK, _of_package(Package.target_framework), writable=False),
        Property("RobotSize", ROBOT_SIZE, Release.robot_size),
        Property("Tags", TAG, Release.tags, collection=True),
        Property("RemoteControlAccess", REMOTE_CONTROL_ACCESS, Release.remote_control_access),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, Release.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, Release.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Release.created_at, writable=False),
        Property("CreatorUserId", EdmType.INT64, Release.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, Release.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation(
            "CurrentVersion",
            lambda: RELEASE_VERSION,
            local=Release.current_version_id,
            remote=ReleaseVersion.id,
        ),
        Navigation(
            "ReleaseVersions",
            lambda: RELEASE_VERSION,
            local=Release.id,
            remote=ReleaseVersion.release_id,
            collection=True,
        ),
        Navigation("EntryPoint", lambda: ENTRY_POINT, local=Release.entry_point_id, remote=PackageEntryPoint.id),
    ),
)

RELEASES = EntitySet(name="Releases", entity_type=RELEASE)
