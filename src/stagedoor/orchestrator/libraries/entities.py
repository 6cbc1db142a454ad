"""How a library looks in the vendor's API."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, func, type_coerce

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.processes.entities import PACKAGE_PROPERTIES
from stagedoor.orchestrator.processes.models import Package


def _is_pre_release(package: Any) -> ColumnElement[bool]:
    # A dash ends the numbers of a version; what a build adds after a plus sign may hold one, too.
    # SQLite answers with a number, which is no boolean in JSON.
    return type_coerce(package.version.regexp_match("^[0-9.]+-"), Boolean)


LIBRARY = EntityType(
    name="LibraryDto",
    model=Package,
    key="Key",
    properties=(
        Property("Created", EdmType.DATE_TIME_OFFSET, Package.published_at),
        Property("LastUpdated", EdmType.DATE_TIME_OFFSET, Package.published_at),
        Property("Owners", EdmType.STRING, Package.owners),
        Property("IconUrl", EdmType.STRING, Package.icon_url),
        Property("Summary", EdmType.STRING, Package.summary),
        Property("PackageSize", EdmType.INT64, Expression(lambda package: func.coalesce(package.file_size, 0))),
        Property("IsPrerelease", EdmType.BOOLEAN, Expression(_is_pre_release)),
        *PACKAGE_PROPERTIES,
    ),
)

LIBRARIES = EntitySet(name="Libraries", entity_type=LIBRARY)
