"""How a package looks in the vendor's API."""

from stagedoor.orchestrator.entity import (
    ComplexType,
    Computed,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.schemas import PACKAGE_TYPE, TARGET_FRAMEWORK
from stagedoor.orchestrator.processes.store import is_in_use

ARGUMENT_METADATA = ComplexType(
    "ArgumentMetadata", (Property("Input", EdmType.STRING), Property("Output", EdmType.STRING))
)

ENTRY_POINT = EntityType(
    name="EntryPointDto",
    model=Package,
    properties=(
        Property("UniqueId", EdmType.GUID),
        Property("Path", EdmType.STRING, Package.main_entry_point_path),
        Property("InputArguments", EdmType.STRING, Package.input_arguments, filterable=False),
        Property("OutputArguments", EdmType.STRING, Package.output_arguments, filterable=False),
        Property("Id", EdmType.INT64, Package.id, nullable=False),
    ),
)

PACKAGE = EntityType(
    name="ProcessDto",
    model=Package,
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
        Property("MainEntryPointPath", EdmType.STRING, Package.main_entry_point_path),
        Property("RequiresUserInteraction", EdmType.BOOLEAN, Package.requires_user_interaction),
        Property("IsAttended", EdmType.BOOLEAN, Package.is_attended),
        Property("TargetFramework", TARGET_FRAMEWORK, Package.target_framework),
        Property("PackageType", PACKAGE_TYPE, Package.package_type),
        Property("Title", EdmType.STRING, Package.title, folded=Package.name_folded),
        Property("Version", EdmType.STRING, Package.version),
        Property("Key", EdmType.STRING, Package.key, folded=Package.key_folded),
        Property("Description", EdmType.STRING, Package.description),
        Property("Published", EdmType.DATE_TIME_OFFSET, Package.published_at),
        Property("IsLatestVersion", EdmType.BOOLEAN, Package.is_latest_version),
        Property("OldVersion", EdmType.STRING),
        Property("ReleaseNotes", EdmType.STRING, Package.release_notes, filterable=False),
        Property("Authors", EdmType.STRING, Package.authors),
        Property("ProjectType", EdmType.STRING, Computed(PACKAGE_TYPE.word, Package.package_type)),
        Property("Tags", EdmType.STRING, Package.tags),
        Property("IsCompiled", EdmType.BOOLEAN, Package.is_compiled),
        Property("Id", EdmType.STRING, Package.key, nullable=False, folded=Package.key_folded),
    ),
    navigations=(Navigation("EntryPoints", lambda: ENTRY_POINT, local=Package.id, remote=Package.id, collection=True),),
)

PROCESSES = EntitySet(name="Processes", entity_type=PACKAGE)
