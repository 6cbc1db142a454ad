"""How a folder looks to clients that know organization units."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.folders.models import Folder

ORGANIZATION_UNIT = EntityType(
    "OrganizationUnitDto",
    Folder,
    (
        Property("DisplayName", EdmType.STRING, Folder.display_name, nullable=False, folded=Folder.name_folded),
        Property("Id", EdmType.INT64, Folder.id, nullable=False, writable=False),
    ),
)
ORGANIZATION_UNITS = EntitySet("OrganizationUnits", ORGANIZATION_UNIT)
