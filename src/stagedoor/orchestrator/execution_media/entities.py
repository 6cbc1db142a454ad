"""How a recording looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.execution_media.models import ExecutionMedium

EXECUTION_MEDIUM = EntityType(
    "ExecutionMediaDto",
    ExecutionMedium,
    (
        Property("StorageLocation", EdmType.STRING, ExecutionMedium.storage_location),
        Property("Name", EdmType.STRING, ExecutionMedium.name),
        Property("JobId", EdmType.INT64, ExecutionMedium.job_id, nullable=False),
        Property("ReleaseName", EdmType.STRING, ExecutionMedium.release_name),
        Property("Id", EdmType.INT64, ExecutionMedium.id, nullable=False, writable=False),
    ),
)

EXECUTION_MEDIA = EntitySet("ExecutionMedia", EXECUTION_MEDIUM)
