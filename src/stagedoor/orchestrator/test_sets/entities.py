"""How a test set looks in the vendor's API, with its packages, cases and arguments."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Expression, Navigation, Property
from stagedoor.orchestrator.environments.models import Environment
from stagedoor.orchestrator.test_cases.entities import TEST_CASE_DEFINITION
from stagedoor.orchestrator.test_cases.models import CaseDefinition
from stagedoor.orchestrator.test_sets.models import CaseSet, SetArgument, SetCase, SetPackage
from stagedoor.orchestrator.test_sets.schemas import SOURCE_TYPE


def _cases_of(one: Any) -> ColumnElement[Any]:
    count = select(func.count()).where(SetCase.set_id == one.id).correlate_except(SetCase)
    return count.scalar_subquery()


def _written(model: type[CaseSet | SetPackage | SetCase | SetArgument]) -> tuple[Property, ...]:
    return (
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, model.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, model.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, model.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, model.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, model.id, nullable=False, writable=False),
    )


TEST_ENVIRONMENT = EntityType(
    "TestEnvironmentDto",
    Environment,
    (
        Property("Name", EdmType.STRING, Environment.name, folded=Environment.name_folded),
        Property("Id", EdmType.INT64, Environment.id, nullable=False, writable=False),
    ),
)

TEST_SET_PACKAGE = EntityType(
    "TestSetPackageDto",
    SetPackage,
    (
        Property("TestSetId", EdmType.INT64, SetPackage.set_id, nullable=False, writable=False),
        Property("VersionMask", EdmType.STRING, SetPackage.version_mask, nullable=False),
        Property("PackageIdentifier", EdmType.STRING, SetPackage.package_identifier, nullable=False),
        Property("IncludePrerelease", EdmType.BOOLEAN, SetPackage.include_prerelease, nullable=False),
        *_written(SetPackage),
    ),
    navigations=(Navigation("TestSet", lambda: TEST_SET, SetPackage.set_id, CaseSet.id),),
)

TEST_CASE = EntityType(
    "TestCaseDto",
    SetCase,
    (
        Property("Enabled", EdmType.BOOLEAN, SetCase.enabled, nullable=False),
        Property("DefinitionId", EdmType.INT64, SetCase.definition_id, nullable=False),
        Property("ReleaseId", EdmType.INT64, SetCase.release_id, nullable=False),
        Property("VersionNumber", EdmType.STRING, SetCase.version_number, nullable=False),
        Property("TestSetId", EdmType.INT64, SetCase.set_id, nullable=False, writable=False),
        *_written(SetCase),
    ),
    navigations=(
        Navigation("Definition", lambda: TEST_CASE_DEFINITION, SetCase.definition_id, CaseDefinition.id),
        Navigation("TestSet", lambda: TEST_SET, SetCase.set_id, CaseSet.id),
    ),
)

TEST_SET_ARGUMENT = EntityType(
    "TestSetInputArgumentDto",
    SetArgument,
    (
        Property("Name", EdmType.STRING, SetArgument.name, nullable=False),
        Property("Type", EdmType.STRING, SetArgument.type, nullable=False),
        Property("Value", EdmType.STRING, SetArgument.value, nullable=False, filterable=False),
        *_written(SetArgument),
    ),
)

TEST_SET: EntityType = EntityType(
    "TestSetDto",
    CaseSet,
    (
        Property("Key", EdmType.GUID, CaseSet.key, nullable=False, writable=False),
        Property("Name", EdmType.STRING, CaseSet.name, nullable=False),
        Property("Description", EdmType.STRING, CaseSet.description),
        Property("SourceType", SOURCE_TYPE, CaseSet.source_type, nullable=False, writable=False),
        Property("OrganizationUnitId", EdmType.INT64, CaseSet.folder_id, nullable=False, writable=False),
        Property("EnvironmentId", EdmType.INT64, CaseSet.environment_id),
        Property("TestCaseCount", EdmType.INT32, Expression(_cases_of), nullable=False, writable=False),
        Property("RobotId", EdmType.INT64, CaseSet.robot_id),
        Property("EnableCoverage", EdmType.BOOLEAN, CaseSet.enable_coverage, nullable=False),
        Property("Enabled", EdmType.BOOLEAN, CaseSet.enabled, nullable=False),
        Property("IsDeleted", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("DeleterUserId", EdmType.INT64, writable=False),
        Property("DeletionTime", EdmType.DATE_TIME_OFFSET, writable=False),
        *_written(CaseSet),
    ),
    navigations=(
        Navigation("Environment", lambda: TEST_ENVIRONMENT, CaseSet.environment_id, Environment.id),
        Navigation("Packages", lambda: TEST_SET_PACKAGE, CaseSet.id, SetPackage.set_id, collection=True),
        Navigation("TestCases", lambda: TEST_CASE, CaseSet.id, SetCase.set_id, collection=True),
        Navigation("InputArguments", lambda: TEST_SET_ARGUMENT, CaseSet.id, SetArgument.set_id, collection=True),
    ),
)

TEST_SETS = EntitySet("TestSets", TEST_SET)
