"""How an export looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.exports.models import Export
from stagedoor.orchestrator.exports.schemas import EXPORT_STATUS, EXPORT_TYPE

EXPORT = EntityType(
    "ExportModel",
    Export,
    (
        Property("Id", EdmType.INT64, Export.id, nullable=False, writable=False),
        Property("Name", EdmType.STRING, Export.name, writable=False),
        Property("Type", EXPORT_TYPE, Export.type, nullable=False, writable=False),
        Property("Status", EXPORT_STATUS, Export.status, nullable=False, writable=False),
        Property("RequestedAt", EdmType.DATE_TIME_OFFSET, Export.requested_at, nullable=False, writable=False),
        Property("ExecutedAt", EdmType.DATE_TIME_OFFSET, Export.executed_at, writable=False),
        Property("Size", EdmType.INT64, Export.size, writable=False),
    ),
)

EXPORTS = EntitySet("Exports", EXPORT)
