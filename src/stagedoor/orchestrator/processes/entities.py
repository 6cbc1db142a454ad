"""How a package looks in the vendor's API."""

from stagedoor.orchestrator.entity import (
    ComplexType,
    Computed,
    EdmType,
    EntitySet,
    EntityType,
    EnumType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.processes.models import Package, PackageEntryPoint
from stagedoor.orchestrator.processes.schemas import PACKAGE_TYPE, TARGET_FRAMEWORK
from stagedoor.orchestrator.processes.store import has_several_entry_points, is_in_use
from stagedoor.orchestrator.tags import TAG

ARGUMENT_METADATA = ComplexType(
    "ArgumentMetadata", (Property("Input", EdmType.STRING), Property("Output", EdmType.STRING))
)

DATA_VARIATION = ComplexType(
    "EntryPointDataVariationDto",
    (
        Property("Content", EdmType.STRING),
        Property("ContentType", EnumType("EntryPointDataVariationContentType", {"Json": 0})),
        Property("Id", EdmType.INT64, nullable=False),
    ),
)

ENTRY_POINT = EntityType(
    name="EntryPointDto",
    model=PackageEntryPoint,
    properties=(
        Property("UniqueId", EdmType.GUID, PackageEntryPoint.unique_id),
        Property("Path", EdmType.STRING, PackageEntryPoint.path),
        Property("InputArguments", EdmType.STRING, PackageEntryPoint.input_arguments, filterable=False),
        Property("OutputArguments", EdmType.STRING, PackageEntryPoint.output_arguments, filterable=False),
        Property("DataVariation", DATA_VARIATION),
        Property("Id", EdmType.INT64, PackageEntryPoint.id, nullable=False),
    ),
)


def _no_tags(_: str) -> list[dict[str, str]]:
    return []


PACKAGE_PROPERTIES = (
    Property("Title", EdmType.STRING, Package.title),
    Property("Version", EdmType.STRING, Package.version),
    Property("Key", EdmType.STRING, Package.key),
    Property("Description", EdmType.STRING, Package.description),
    Property("Published", EdmType.DATE_TIME_OFFSET, Package.published_at),
    Property("IsLatestVersion", EdmType.BOOLEAN, Package.is_latest_version),
    Property("OldVersion", EdmType.STRING),
    Property("ReleaseNotes", EdmType.STRING, Package.release_notes, filterable=False),
    Property("Authors", EdmType.STRING, Package.authors),
    Property("ProjectType", EdmType.STRING, Computed(PACKAGE_TYPE.word, Package.package_type)),
    Property("Tags", EdmType.STRING, Package.tags),
    Property("IsCompiled", EdmType.BOOLEAN, Package.is_compiled),
    Property("LicenseUrl", EdmType.STRING, Package.license_url),
    Property("ProjectUrl", EdmType.STRING, Package.project_url),
    Property("ResourceTags", TAG, Computed(_no_tags, Package.key), collection=True),
    # The package's name, the same for all its versions; what tells them apart is the key.
    Property("Id", EdmType.STRING, Package.name, nullable=False),
)
"""What processes and libraries have in common; tags are given to releases here, never to packages."""

PACKAGE = EntityType(
    name="ProcessDto",
    model=Package,
    key="Key",
    properties=(
        Property("IsActive", EdmType.BOOLEAN, Expression(is_in_use), nullable=False),
        Property(
            "Arguments",
            ARGUMENT_METADATA,
            Computed(
                lambda taken, given: {"Input": taken, "Output": given},
                Package.input_arguments,
                Package.output_arguments,
            ),
        ),
        Property("SupportsMultipleEntryPoints", EdmType.BOOLEAN, Expression(has_several_entry_points)),
        Property("MainEntryPointPath", EdmType.STRING, Package.main_entry_point_path),
        Property("RequiresUserInteraction", EdmType.BOOLEAN, Package.requires_user_interaction),
        Property("IsAttended", EdmType.BOOLEAN, Package.is_attended),
        Property("TargetFramework", TARGET_FRAMEWORK, Package.target_framework),
        Property("PackageType", PACKAGE_TYPE, Package.package_type),
        *PACKAGE_PROPERTIES,
    ),
    navigations=(
        Navigation(
            "EntryPoints", lambda: ENTRY_POINT, local=Package.id, remote=PackageEntryPoint.package_id, collection=True
        ),
    ),
)

PROCESSES = EntitySet(name="Processes", entity_type=PACKAGE)
ENTRY_POINTS = EntitySet(name="EntryPoints", entity_type=ENTRY_POINT)
