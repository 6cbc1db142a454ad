"""How a test case definition looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.test_cases.models import CaseDefinition

TEST_CASE_DEFINITION = EntityType(
    "TestCaseDefinitionDto",
    CaseDefinition,
    (
        Property("Name", EdmType.STRING, CaseDefinition.name, writable=False),
        Property(
            "PackageIdentifier",
            EdmType.STRING,
            CaseDefinition.package_name,
            writable=False,
            folded=CaseDefinition.package_folded,
        ),
        Property("UniqueId", EdmType.GUID, CaseDefinition.unique_id, nullable=False, writable=False),
        Property("AppVersion", EdmType.STRING, writable=False),
        Property("CreatedVersion", EdmType.STRING, CaseDefinition.created_version, writable=False),
        Property("LatestVersion", EdmType.STRING, CaseDefinition.latest_version, writable=False),
        Property("LatestPrereleaseVersion", EdmType.STRING, CaseDefinition.latest_prerelease_version, writable=False),
        Property("FeedId", EdmType.GUID, CaseDefinition.feed_id, writable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, CaseDefinition.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, CaseDefinition.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, writable=False),
        Property("Id", EdmType.INT64, CaseDefinition.id, nullable=False, writable=False),
    ),
)

TEST_CASE_DEFINITIONS = EntitySet("TestCaseDefinitions", TEST_CASE_DEFINITION)
